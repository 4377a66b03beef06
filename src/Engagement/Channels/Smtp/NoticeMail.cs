using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MailKit;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using MimeKit;
using MimeKit.Text;
using Rondo.Engagement.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Channels.Smtp;

/// <summary>Sends notices through the mail server that the project's campaigns use. They are few, so each has its connection.</summary>
internal sealed partial class NoticeMail(ChannelDesk desk, EngagementOptions options, TimeProvider time, ILogger<NoticeMail> logger) : INoticeMail
{
    public async Task<NoticeOutcome> SendAsync(ProjectId project, string name, string to, string subject, string text, CancellationToken cancellationToken)
    {
        if (await desk.WithSecretsAsync(project, cancellationToken) is not { Email: Provider.Smtp, Smtp: { } smtp } || !MailboxAddress.TryParse(to, out var recipient))
        {
            return NoticeOutcome.NoMailServer;
        }

        using var mail = new MimeMessage
        {
            Subject = subject,
            Date = time.GetUtcNow(),
            MessageId = $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{project}/{name}/{to}")).AsSpan(0, 16))}@{options.PublicUrl.Host}",
            Body = new TextPart(TextFormat.Plain) { Text = text },
        };
        mail.From.Add(MailboxAddress.Parse(smtp.From));
        mail.To.Add(recipient);

        // Nothing that answers by itself is to answer it (RFC 3834).
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.ProviderTimeout);
        try
        {
            using var connection = await SmtpConnection.OpenAsync(smtp, options.PublicUrl.Host, options.ProviderTimeout, timeout.Token);
            await connection.SendAsync(mail, Ignored.Instance, timeout.Token);
            await connection.QuitAsync(timeout.Token);
            return NoticeOutcome.Sent;
        }
        catch (Exception failure) when (IsOfMail(failure, cancellationToken))
        {
            // Replies may quote addresses, so only their kind is kept.
            LogFailed(project, failure.GetType().Name);
            return NoticeOutcome.Failed;
        }
    }

    private static bool IsOfMail(Exception failure, CancellationToken cancellationToken) =>
        failure is IOException or SocketException or ProtocolException or CommandException or TimeoutException or ServiceNotConnectedException or ServiceNotAuthenticatedException
            or AuthenticationException or SaslException or SslHandshakeException or NotSupportedException
        || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    [LoggerMessage(LogLevel.Warning, "A notice of project {Project} could not be handed to its mail server ({Kind}); it is tried again.")]
    private partial void LogFailed(ProjectId project, string kind);

    private sealed class Ignored : ITransferProgress
    {
        public static Ignored Instance { get; } = new();

        public void Report(long bytesTransferred, long totalSize)
        {
        }

        public void Report(long bytesTransferred)
        {
        }
    }
}
