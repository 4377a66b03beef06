using System.Net;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Channels;
using Rondo.Engagement.Channels.Fcm;

namespace Rondo.Engagement.Tests.Channels;

public sealed class FcmChannelTests : ChannelConformance
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal override async Task<IChannelUnderTest> CreateAsync() => await UnderTest.CreateAsync();

    [Fact]
    public async Task The_assertion_is_signed_and_one_token_serves_until_it_expires()
    {
        await using var channel = await UnderTest.CreateAsync();
        for (var index = 0; index < 3; index++)
        {
            await channel.Provider.SendAsync(Message(channel, $"token-{index}"), Token);
        }

        channel.Server.TokenCount.ShouldBe(1);
        channel.Clock.Advance(TimeSpan.FromHours(2));
        await channel.Provider.SendAsync(Message(channel, "token-later"), Token);
        channel.Server.TokenCount.ShouldBe(2);
        channel.Server.Messages.Count.ShouldBe(4);
        channel.Server.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_body_is_what_FCM_v1_takes()
    {
        await using var channel = await UnderTest.CreateAsync();
        var content = new PushContent("Hello", "We miss you", "https://example.org/plans", "https://example.org/cat.png", Ids);
        await channel.Provider.SendAsync(Message(channel, "token-ada") with { Content = content }, Token);
        var message = channel.Server.Messages.ShouldHaveSingleItem();
        message.GetRawText().ShouldBe(
            """{"token":"token-ada","notification":{"title":"Hello","body":"We miss you","image":"https://example.org/cat.png"},"data":{"campaign_id":"7","campaign_name":"Come back","link":"musicfinder://home"},"android":{"priority":"HIGH"},"webpush":{"fcm_options":{"link":"https://example.org/plans"}}}""");
    }

    [Theory]
    [InlineData("gone-1", typeof(Bounced), "UNREGISTERED")]
    [InlineData("bad-1", typeof(Bounced), "INVALID_ARGUMENT")]
    [InlineData("payload-1", typeof(Refused), "INVALID_ARGUMENT")]
    [InlineData("sender-1", typeof(Bounced), "SENDER_ID_MISMATCH")]
    [InlineData("third-1", typeof(NotReady), "THIRD_PARTY_AUTH_ERROR")]
    [InlineData("quota-1", typeof(TryLater), "QUOTA_EXCEEDED")]
    [InlineData("down-1", typeof(TryLater), "UNAVAILABLE")]
    [InlineData("drop-1", typeof(Lost), null)]
    public async Task Every_refusal_has_its_meaning(string token, Type meaning, string? detail)
    {
        await using var channel = await UnderTest.CreateAsync();
        var answer = await channel.Provider.SendAsync(Message(channel, token), Token);
        answer.ShouldBeOfType(meaning);
        if (detail is not null)
        {
            answer.Detail.ShouldBe(detail);
        }
    }

    [Theory]
    [InlineData(429, "7", 7.0)]
    [InlineData(429, null, 60.0)]
    [InlineData(503, "Mon, 02 Mar 2026 09:02:00 GMT", 120.0)]
    [InlineData(503, null, null)]
    [InlineData(500, null, null)]
    public void A_refusal_for_now_says_how_long_to_wait(int status, string? retryAfter, double? seconds)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        if (retryAfter is not null)
        {
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        }

        var answer = FcmAnswer.Of(response.StatusCode, response.Headers.RetryAfter, "not json", Instant.FromUtc(2026, 3, 2, 9, 0)).ShouldBeOfType<TryLater>();
        answer.After?.TotalSeconds.ShouldBe(seconds!.Value);
        (answer.After is null).ShouldBe(seconds is null);
    }

    [Theory]
    [InlineData(200, "", typeof(Accepted))]
    [InlineData(200, "[]", typeof(Accepted))]
    [InlineData(404, "<html>not found</html>", typeof(NotReady))]
    [InlineData(400, """{"error":"text"}""", typeof(Refused))]
    [InlineData(400, """{"error":{"details":[1]}}""", typeof(Refused))]
    [InlineData(401, "", typeof(NotReady))]
    [InlineData(403, "", typeof(NotReady))]
    [InlineData(502, "<html>bad gateway</html>", typeof(TryLater))]
    public void What_is_not_FCM_s_answer_is_understood_by_its_status(int status, string body, Type meaning) =>
        FcmAnswer.Of((HttpStatusCode)status, null, body, default).ShouldBeOfType(meaning);

    [Fact]
    public async Task A_token_that_is_refused_early_is_fetched_anew()
    {
        await using var channel = await UnderTest.CreateAsync();
        await channel.Provider.SendAsync(Message(channel, "token-1"), Token);
        channel.Server.ForgetTokens();
        (await channel.Provider.SendAsync(Message(channel, "token-2"), Token)).ShouldBeOfType<NotReady>();
        (await channel.Provider.SendAsync(Message(channel, "token-2"), Token)).ShouldBeOfType<Accepted>();
        channel.Server.TokensOf().ShouldBe(["token-1", "token-2"]);
    }

    [Fact]
    public async Task An_account_that_Google_refuses_is_a_matter_of_settings()
    {
        await using var channel = await UnderTest.CreateAsync();
        channel.Server.RefusesAssertions = true;
        (await channel.Provider.SendAsync(Message(channel, "token-1"), Token)).ShouldBeOfType<NotReady>().Detail.ShouldBe("token: invalid_grant");
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("192.168.1.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("224.0.0.1", true)]
    [InlineData("142.250.185.74", false)]
    [InlineData("2a00:1450:4001:82b::200a", false)]
    public void Private_addresses_are_known(string address, bool isPrivate) => GuardedHandler.IsPrivate(IPAddress.Parse(address)).ShouldBe(isPrivate);

    [Fact]
    public async Task An_endpoint_in_a_private_network_is_not_connected_to_unless_allowed()
    {
        await using var channel = await UnderTest.CreateAsync(allowsPrivate: false);
        (await channel.Provider.SendAsync(Message(channel, "token-1"), Token)).ShouldBeOfType<TryLater>();
        channel.Server.TokenCount.ShouldBe(0);
    }

    internal sealed class UnderTest : IChannelUnderTest, IOtherEnd
    {
        private UnderTest(FcmServer server, FakeTimeProvider clock, bool allowsPrivate)
        {
            Server = server;
            Clock = clock;
            var options = new EngagementOptions { DataDirectory = "unused", PublicUrl = new Uri("http://rondo.test"), AllowPrivateProviderAddresses = allowsPrivate };
            Provider = new FcmChannel(ServiceAccount.Read(server.KeyFile, string.Empty).Account!, new Uri(server.Address), GuardedHandler.Create(options.ProviderTimeout, options.AllowPrivateProviderAddresses), options, clock);
        }

        public FcmServer Server { get; }

        public FakeTimeProvider Clock { get; }

        public IChannelProvider Provider { get; }

        public string DeadAddress => "gone-1";

        public string BusyAddress => "quota-1";

        public static async Task<UnderTest> CreateAsync(bool allowsPrivate = true)
        {
            var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
            return new UnderTest(await FcmServer.StartAsync(clock), clock, allowsPrivate);
        }

        public MessageContent Content(string title, string body) => new PushContent(title, body, "musicfinder://home", null, Ids);

        public string Address(string name) => $"token-{name}";

        public Task<IReadOnlyList<Arrival>> ArrivalsAsync()
        {
            Server.Violations.ShouldBeEmpty();
            return Task.FromResult<IReadOnlyList<Arrival>>([.. Server.Messages.Select(message => new Arrival(
                message.GetProperty("token").GetString()!,
                message.GetProperty("notification").GetProperty("title").GetString()!,
                message.GetProperty("notification").GetProperty("body").GetString()!))]);
        }

        public ValueTask CloseOtherEndAsync() => Server.DisposeAsync();

        public async ValueTask DisposeAsync()
        {
            await Provider.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
