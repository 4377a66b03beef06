using System.Collections.Concurrent;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Rondo.Engagement.Contracts;

namespace Rondo.Engagement.Channels.Smtp;

/// <summary>A mail server: a few connections, each carrying one message after another.</summary>
internal sealed class SmtpChannel : IChannelProvider
{
    private readonly SmtpSettings _settings;
    private readonly EngagementOptions _options;
    private readonly MailboxAddress _from;
    private readonly MailboxAddress? _replyTo;
    private readonly SemaphoreSlim _seats;
    private readonly ConcurrentBag<SmtpConnection> _idle = [];

    public SmtpChannel(SmtpSettings settings, EngagementOptions options)
    {
        _settings = settings;
        _options = options;
        _from = MailboxAddress.Parse(settings.From);
        _replyTo = settings.ReplyTo is { Length: > 0 } replyTo ? MailboxAddress.Parse(replyTo) : null;
        _seats = new SemaphoreSlim(options.MaximumSmtpConnections);
    }

    public async Task<ProviderAnswer> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (message.Content is not EmailContent email)
        {
            throw new InvalidOperationException("A mail server carries e-mails only.");
        }

        if (!MailboxAddress.TryParse(message.Address, out var to))
        {
            return new Refused("address");
        }

        using var mail = MailMessage.Of(message, email, _from, _replyTo, to, _options.PublicUrl.Host);
        await _seats.WaitAsync(cancellationToken);
        try
        {
            // A server may close an idle connection at any time; a message that met a closed one goes out on a new one.
            return await SendAsync(mail, mayReuse: true, cancellationToken)
                ?? await SendAsync(mail, mayReuse: false, cancellationToken)
                ?? throw new InvalidOperationException("A new connection always answers.");
        }
        finally
        {
            _seats.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var goodbye = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        while (_idle.TryTake(out var connection))
        {
            using (connection)
            {
                try
                {
                    await connection.QuitAsync(goodbye.Token);
                }
                catch (Exception failure) when (failure is IOException or ProtocolException or OperationCanceledException)
                {
                    // The server is gone already.
                }
            }
        }

        _seats.Dispose();
    }

    /// <summary>Sends over an idle or a new connection; null when an idle one turned out to be closed.</summary>
    private async Task<ProviderAnswer?> SendAsync(MimeMessage mail, bool mayReuse, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_options.ProviderTimeout);
        var progress = new Progress();
        SmtpConnection? connection = null;
        var isReusable = false;
        try
        {
            if (!mayReuse || !_idle.TryTake(out connection))
            {
                connection = await SmtpConnection.OpenAsync(_settings, _options.PublicUrl.Host, _options.ProviderTimeout, timeout.Token);
            }

            await connection.SendAsync(mail, progress, timeout.Token);
            isReusable = true;
            return new Accepted(mail.MessageId);
        }
        catch (SmtpCommandException refused)
        {
            isReusable = connection is { IsConnected: true };
            return connection is null ? new TryLater(((int)refused.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)) : SmtpAnswer.Of(refused);
        }
        catch (Exception failure) when (failure is AuthenticationException or ServiceNotAuthenticatedException or SaslException or NotSupportedException or SslHandshakeException)
        {
            return new NotReady(failure.GetType().Name);
        }
        catch (Exception failure) when (IsBroken(failure, cancellationToken))
        {
            return progress switch
            {
                { IsComplete: true } => new Lost(failure.GetType().Name),
                { HasBegun: false } when mayReuse && connection is { IsUsed: true } => null,
                _ => new TryLater(failure.GetType().Name),
            };
        }
        finally
        {
            if (isReusable)
            {
                _idle.Add(connection!);
            }
            else
            {
                connection?.Dispose();
            }
        }
    }

    private static bool IsBroken(Exception failure, CancellationToken cancellationToken) =>
        failure is IOException or SocketException or ProtocolException or TimeoutException or ServiceNotConnectedException
        || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>How much of the message has left: once all of it may have, the server may have taken it.</summary>
    private sealed class Progress : ITransferProgress
    {
        public bool HasBegun { get; private set; }

        public bool IsComplete { get; private set; }

        public void Report(long bytesTransferred, long totalSize)
        {
            HasBegun = true;
            IsComplete |= bytesTransferred >= totalSize;
        }

        public void Report(long bytesTransferred) => HasBegun = true;
    }
}
