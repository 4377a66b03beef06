using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Rondo.Engagement.Contracts;

namespace Rondo.Engagement.Channels.Smtp;

/// <summary>One signed-in connection to a mail server, used for one message after another.</summary>
internal sealed class SmtpConnection : IDisposable
{
    private readonly SmtpClient _client;

    private SmtpConnection(SmtpClient client) => _client = client;

    /// <summary>Whether it carried a message already: the server may have closed it since.</summary>
    public bool IsUsed { get; private set; }

    public bool IsConnected => _client.IsConnected;

    /// <summary>How settings name their kind of security.</summary>
    public static SecureSocketOptions? SecurityOf(string name) => name switch
    {
        "none" => SecureSocketOptions.None,
        "startTls" => SecureSocketOptions.StartTls,
        "tls" => SecureSocketOptions.SslOnConnect,
        _ => null,
    };

    /// <summary>Connects and signs in.</summary>
    public static async Task<SmtpConnection> OpenAsync(SmtpSettings settings, string localDomain, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var client = new SmtpClient { Timeout = (int)timeout.TotalMilliseconds, LocalDomain = localDomain };
        try
        {
            await client.ConnectAsync(settings.Host, settings.Port, SecurityOf(settings.Security) ?? SecureSocketOptions.StartTls, cancellationToken);
            if (settings.User is { Length: > 0 } user)
            {
                await client.AuthenticateAsync(user, settings.Password ?? string.Empty, cancellationToken);
            }

            return new SmtpConnection(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends one message; <paramref name="progress"/> learns how much of it has left.</summary>
    public async Task<string> SendAsync(MimeKit.MimeMessage message, ITransferProgress progress, CancellationToken cancellationToken)
    {
        var response = await _client.SendAsync(message, cancellationToken, progress);
        IsUsed = true;
        return response;
    }

    /// <summary>Says goodbye where the server still listens.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        if (_client.IsConnected)
        {
            await _client.DisconnectAsync(quit: true, cancellationToken);
        }
    }

    public void Dispose() => _client.Dispose();
}
