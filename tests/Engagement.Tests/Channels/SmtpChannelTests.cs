using System.Text;
using MimeKit;
using Rondo.Engagement.Channels;
using Rondo.Engagement.Channels.Smtp;
using Rondo.Engagement.Contracts;

namespace Rondo.Engagement.Tests.Channels;

public sealed class SmtpChannelTests : ChannelConformance
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal override Task<IChannelUnderTest> CreateAsync() => Task.FromResult<IChannelUnderTest>(new UnderTest());

    [Fact]
    public async Task A_mail_has_both_texts_and_the_headers_of_one_click_unsubscribing()
    {
        await using var channel = new UnderTest();
        var content = new EmailContent("Grüße 안녕", "<p>Hello <b>Ada</b></p>", "Hello Ada\n.a line that starts with a dot\n.\nend", "http://rondo.test/m/u/token", Ids);
        var message = Message(channel, "ada@example.org") with { Content = content };
        (await channel.Provider.SendAsync(message, Token)).ShouldBeOfType<Accepted>();

        var arrived = channel.Server.Mails.ShouldHaveSingleItem();
        arrived.From.ShouldBe("news@musicfinder.example");
        arrived.To.ShouldBe("ada@example.org");
        var mail = await ParseAsync(arrived);
        mail.Subject.ShouldBe("Grüße 안녕");
        mail.From.ToString().ShouldBe("\"Music Finder\" <news@musicfinder.example>");
        mail.ReplyTo.ToString().ShouldBe("help@musicfinder.example");
        mail.Headers["List-Unsubscribe"].ShouldBe("<http://rondo.test/m/u/token>");
        mail.Headers["List-Unsubscribe-Post"].ShouldBe("List-Unsubscribe=One-Click");
        mail.MessageId.ShouldBe($"{message.Key}@rondo.test");
        mail.Date.ShouldBe(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
        mail.Body.ShouldBeOfType<MultipartAlternative>().Count.ShouldBe(2);
        mail.TextBody!.ReplaceLineEndings("\n").TrimEnd().ShouldBe("Hello Ada\n.a line that starts with a dot\n.\nend");
        mail.HtmlBody!.TrimEnd().ShouldBe("<p>Hello <b>Ada</b></p>");
        channel.Server.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("gone-ada@example.org", typeof(Bounced), "550 5.1.1")]
    [InlineData("late-gone-ada@example.org", typeof(Bounced), "550 5.1.1")]
    [InlineData("later-ada@example.org", typeof(TryLater), "451 4.7.1")]
    [InlineData("spam-ada@example.org", typeof(Refused), "554 5.7.1")]
    [InlineData("drop-in-data-ada@example.org", typeof(TryLater), null)]
    [InlineData("drop-after-dot-ada@example.org", typeof(Lost), null)]
    [InlineData("not an address", typeof(Refused), "address")]
    public async Task Every_refusal_has_its_meaning(string address, Type meaning, string? detail)
    {
        await using var channel = new UnderTest();

        // More than the sockets between them hold: a server that hangs up in the middle has not been sent the end.
        var length = address.StartsWith("drop-in-data-", StringComparison.Ordinal) ? 32_000_000 : 200_000;
        var content = new EmailContent("Hello", new string('x', length), "text", "http://rondo.test/m/u/token", Ids);
        var answer = await channel.Provider.SendAsync(Message(channel, address) with { Content = content }, Token);
        answer.ShouldBeOfType(meaning, answer.Detail);
        if (detail is not null)
        {
            answer.Detail.ShouldBe(detail);
        }
    }

    [Fact]
    public async Task A_refused_recipient_does_not_spoil_the_connection_for_the_next()
    {
        await using var channel = new UnderTest(connections: 1);
        foreach (var address in new[] { "a@example.org", "gone-b@example.org", "spam-c@example.org", "d@example.org" })
        {
            await channel.Provider.SendAsync(Message(channel, address), Token);
        }

        channel.Server.Mails.Select(mail => (mail.To, mail.Connection)).ShouldBe([("a@example.org", 1), ("d@example.org", 1)]);
        channel.Server.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_is_replaced_without_losing_a_mail()
    {
        await using var channel = new UnderTest(new MailServer(mailsPerConnection: 2), connections: 1);
        for (var index = 0; index < 7; index++)
        {
            (await channel.Provider.SendAsync(Message(channel, $"p{index}@example.org"), Token)).ShouldBeOfType<Accepted>();
        }

        channel.Server.Mails.Select(mail => mail.To).ShouldBe(Enumerable.Range(0, 7).Select(index => $"p{index}@example.org"));
        channel.Server.ConnectionCount.ShouldBe(4);
    }

    [Fact]
    public async Task Signing_in_works_and_a_wrong_password_is_a_matter_of_settings()
    {
        await using var right = new UnderTest(new MailServer(login: ("rondo", "secret")), user: "rondo", password: "secret");
        (await right.Provider.SendAsync(Message(right, "ada@example.org"), Token)).ShouldBeOfType<Accepted>();

        await using var wrong = new UnderTest(new MailServer(login: ("rondo", "secret")), user: "rondo", password: "guess");
        (await wrong.Provider.SendAsync(Message(wrong, "ada@example.org"), Token)).ShouldBeOfType<NotReady>().Detail.ShouldBe("AuthenticationException");

        await using var missing = new UnderTest(new MailServer(login: ("rondo", "secret")));
        (await missing.Provider.SendAsync(Message(missing, "ada@example.org"), Token)).ShouldBeOfType<NotReady>();
    }

    [Fact]
    public async Task Encryption_that_was_asked_for_is_not_given_up()
    {
        await using var plain = new UnderTest(security: "startTls");
        (await plain.Provider.SendAsync(Message(plain, "ada@example.org"), Token)).ShouldBeOfType<NotReady>().Detail.ShouldBe("NotSupportedException");

        await using var untrusted = new UnderTest(new MailServer(offersTls: true), security: "startTls");
        (await untrusted.Provider.SendAsync(Message(untrusted, "ada@example.org"), Token)).ShouldBeOfType<NotReady>().Detail.ShouldBe("SslHandshakeException");
        untrusted.Server.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_line_break_in_a_subject_starts_no_header()
    {
        await using var channel = new UnderTest();
        var content = new EmailContent("Hello\r\nBcc: eve@example.org", "<p>x</p>", "x", "http://rondo.test/m/u/token", Ids);
        await channel.Provider.SendAsync(Message(channel, "ada@example.org") with { Content = content }, Token);
        var mail = await ParseAsync(channel.Server.Mails.ShouldHaveSingleItem());
        mail.Bcc.ShouldBeEmpty();
        mail.Headers.Select(header => header.Field).ShouldNotContain("Bcc");
    }

    private static Task<MimeMessage> ParseAsync(ArrivedMail mail) => MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(mail.Data)), Token);

    internal sealed class UnderTest : IChannelUnderTest, IOtherEnd
    {
        public UnderTest(MailServer? server = null, int connections = 4, string security = "none", string? user = null, string? password = null)
        {
            Server = server ?? new MailServer();
            Provider = new SmtpChannel(
                new SmtpSettings("127.0.0.1", Server.Port, security, user, password, "Music Finder <news@musicfinder.example>", "help@musicfinder.example"),
                new EngagementOptions { DataDirectory = "unused", PublicUrl = new Uri("http://rondo.test"), MaximumSmtpConnections = connections, ProviderTimeout = TimeSpan.FromSeconds(10) });
        }

        public MailServer Server { get; }

        public IChannelProvider Provider { get; }

        public string DeadAddress => "gone-1@example.org";

        public string BusyAddress => "later-1@example.org";

        public MessageContent Content(string title, string body) => new EmailContent(title, $"<p>{body}</p>", body, "http://rondo.test/m/u/token", Ids);

        public string Address(string name) => $"{name}@example.org";

        public async Task<IReadOnlyList<Arrival>> ArrivalsAsync()
        {
            Server.Violations.ShouldBeEmpty();
            var arrivals = new List<Arrival>();
            foreach (var arrived in Server.Mails)
            {
                var mail = await ParseAsync(arrived);
                arrivals.Add(new Arrival(arrived.To, mail.Subject!, mail.TextBody!.TrimEnd()));
            }

            return arrivals;
        }

        public ValueTask CloseOtherEndAsync() => Server.DisposeAsync();

        public async ValueTask DisposeAsync()
        {
            await Provider.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
