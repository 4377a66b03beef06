using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Rondo.Engagement.Tests.Channels;

/// <summary>A mail as it arrived: the envelope, and the text with its dots unstuffed.</summary>
internal sealed record ArrivedMail(string From, string To, string Data, int Connection);

/// <summary>
/// A mail server that speaks SMTP (RFC 5321) strictly: every line ends with CRLF, commands come in order, no line is longer
/// than 1000 bytes, dots are stuffed. What breaks a rule is refused and noted. The recipient's name says what it does with a
/// mail: gone-, later-, late-gone-, spam-, drop-in-data-, drop-after-dot-.
/// </summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentBag<Task> _sessions = [];
    private readonly ConcurrentDictionary<string, bool> _seen = [];
    private readonly X509Certificate2? _certificate;
    private readonly (string User, string Password)? _login;
    private readonly int _mailsPerConnection;
    private readonly Task _accepting;
    private int _connectionCount;

    public MailServer((string User, string Password)? login = null, bool offersTls = false, int mailsPerConnection = int.MaxValue)
    {
        _login = login;
        _mailsPerConnection = mailsPerConnection;
        _certificate = offersTls ? SelfSigned() : null;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentQueue<ArrivedMail> Mails { get; } = [];

    /// <summary>What clients did against the protocol.</summary>
    public ConcurrentQueue<string> Violations { get; } = [];

    public int ConnectionCount => _connectionCount;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await Task.WhenAll([_accepting, .. _sessions]);
        _certificate?.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_ending.Token);
                _sessions.Add(Task.Run(() => ServeAsync(client, Interlocked.Increment(ref _connectionCount))));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client, int connection)
    {
        using (client)
        {
            try
            {
                await new Session(this, client.GetStream(), connection).RunAsync(_ending.Token);
            }
            catch (Exception end) when (end is IOException or OperationCanceledException or SocketException or EndOfStreamException)
            {
                // The client is gone, or the test is over.
            }
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var created = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(130));
        return X509CertificateLoader.LoadPkcs12(created.Export(X509ContentType.Pfx), null);
    }

    private sealed class Session(MailServer server, Stream stream, int connection)
    {
        private readonly List<byte> _line = [];
        private readonly byte[] _buffer = new byte[1];
        private Stream _stream = stream;
        private bool _isGreeted;
        private bool _isSignedIn = server._login is null;
        private string? _from;
        private string? _to;
        private int _mailCount;

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            await ReplyAsync("220 mail.test ESMTP", cancellationToken);
            while (await ReadLineAsync(cancellationToken) is { } line)
            {
                var verb = line.Split(' ', ':')[0].ToUpperInvariant();
                switch (verb)
                {
                    case "EHLO":
                        _isGreeted = true;
                        await GreetAsync(cancellationToken);
                        break;
                    case "STARTTLS" when server._certificate is not null:
                        await ReplyAsync("220 go ahead", cancellationToken);
                        var secure = new SslStream(_stream);
                        await secure.AuthenticateAsServerAsync(server._certificate);
                        (_stream, _isGreeted) = (secure, false);
                        break;
                    case "AUTH":
                        await SignInAsync(line, cancellationToken);
                        break;
                    case "MAIL" when _isGreeted && _isSignedIn && _from is null:
                        _from = AddressOf(line, "MAIL FROM:");
                        await ReplyAsync("250 2.1.0 sender ok", cancellationToken);
                        break;
                    case "MAIL" when !_isSignedIn:
                        await ReplyAsync("530 5.7.0 authentication required", cancellationToken);
                        break;
                    case "RCPT" when _from is not null:
                        await TakeRecipientAsync(AddressOf(line, "RCPT TO:"), cancellationToken);
                        break;
                    case "DATA" when _to is not null:
                        if (!await TakeDataAsync(cancellationToken))
                        {
                            return;
                        }

                        break;
                    case "RSET":
                        (_from, _to) = (null, null);
                        await ReplyAsync("250 2.0.0 reset", cancellationToken);
                        break;
                    case "NOOP":
                        await ReplyAsync("250 2.0.0 ok", cancellationToken);
                        break;
                    case "QUIT":
                        await ReplyAsync("221 2.0.0 bye", cancellationToken);
                        return;
                    default:
                        server.Violations.Enqueue($"out of order or unknown: {line}");
                        await ReplyAsync("503 5.5.1 bad sequence", cancellationToken);
                        break;
                }
            }
        }

        private async Task GreetAsync(CancellationToken cancellationToken)
        {
            var lines = new List<string> { "mail.test" };
            if (server._certificate is not null && _stream is not SslStream)
            {
                lines.Add("STARTTLS");
            }

            if (server._login is not null)
            {
                lines.Add("AUTH PLAIN");
            }

            lines.Add("ENHANCEDSTATUSCODES");
            for (var index = 0; index < lines.Count; index++)
            {
                await ReplyAsync($"250{(index == lines.Count - 1 ? ' ' : '-')}{lines[index]}", cancellationToken);
            }
        }

        private async Task SignInAsync(string line, CancellationToken cancellationToken)
        {
            var given = Encoding.UTF8.GetString(Convert.FromBase64String(line["AUTH PLAIN ".Length..])).Split('\0');
            _isSignedIn = server._login is { } login && given[1] == login.User && given[2] == login.Password;
            await ReplyAsync(_isSignedIn ? "235 2.7.0 welcome" : "535 5.7.8 bad credentials", cancellationToken);
        }

        private async Task TakeRecipientAsync(string recipient, CancellationToken cancellationToken)
        {
            var answer = recipient switch
            {
                _ when recipient.StartsWith("gone-", StringComparison.Ordinal) => $"550 5.1.1 no such mailbox: {recipient}",
                _ when recipient.StartsWith("later-", StringComparison.Ordinal) && server._seen.TryAdd(recipient, true) => $"451 4.7.1 {recipient} is greylisted",
                _ => "250 2.1.5 recipient ok",
            };
            _to = answer.StartsWith("250", StringComparison.Ordinal) ? recipient : _to;
            await ReplyAsync(answer, cancellationToken);
        }

        private async Task<bool> TakeDataAsync(CancellationToken cancellationToken)
        {
            await ReplyAsync("354 end with <CRLF>.<CRLF>", cancellationToken);
            var text = new StringBuilder();
            while (await ReadLineAsync(cancellationToken) is { } line && line != ".")
            {
                if (_to!.StartsWith("drop-in-data-", StringComparison.Ordinal) && server._seen.TryAdd(_to, true))
                {
                    return false;
                }

                if (line.StartsWith('.') && !line.StartsWith("..", StringComparison.Ordinal))
                {
                    server.Violations.Enqueue("a dot at the start of a line was not doubled");
                }

                text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            }

            var (from, to) = (_from!, _to!);
            (_from, _to) = (null, null);
            if (to.StartsWith("late-gone-", StringComparison.Ordinal))
            {
                await ReplyAsync($"550 5.1.1 {to} does not live here", cancellationToken);
                return true;
            }

            if (to.StartsWith("spam-", StringComparison.Ordinal))
            {
                await ReplyAsync("554 5.7.1 looks like spam", cancellationToken);
                return true;
            }

            server.Mails.Enqueue(new ArrivedMail(from, to, text.ToString(), connection));
            if (to.StartsWith("drop-after-dot-", StringComparison.Ordinal))
            {
                return false;
            }

            await ReplyAsync("250 2.0.0 taken", cancellationToken);
            return ++_mailCount < server._mailsPerConnection;
        }

        private string AddressOf(string line, string verb)
        {
            if (!line.StartsWith(verb + "<", StringComparison.OrdinalIgnoreCase))
            {
                server.Violations.Enqueue($"not {verb}<address>: {line}");
            }

            return line[(line.IndexOf('<') + 1)..line.IndexOf('>')];
        }

        private async Task ReplyAsync(string line, CancellationToken cancellationToken) =>
            await _stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), cancellationToken);

        private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
        {
            _line.Clear();
            while (await _stream.ReadAsync(_buffer, cancellationToken) == 1)
            {
                if (_buffer[0] == '\n')
                {
                    if (_line.Count == 0 || _line[^1] != '\r')
                    {
                        server.Violations.Enqueue("a line ended without CR");
                    }

                    if (_line.Count > 999)
                    {
                        server.Violations.Enqueue($"a line of {_line.Count + 1} bytes");
                    }

                    return Encoding.UTF8.GetString([.. _line]).TrimEnd('\r');
                }

                _line.Add(_buffer[0]);
            }

            return null;
        }
    }
}
