using Microsoft.Extensions.Time.Testing;
using Rondo.Engagement.Channels;
using Rondo.Engagement.Channels.Sandbox;
using Rondo.Engagement.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Tests.Channels;

public sealed class SandboxChannelTests : ChannelConformance
{
    internal override Task<IChannelUnderTest> CreateAsync() => Task.FromResult<IChannelUnderTest>(new UnderTest());

    [Fact]
    public async Task Those_who_listen_hear_each_message_once_and_bounces_never()
    {
        await using var channel = new UnderTest();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var heard = new List<SandboxMessage>();
        var listening = ListenAsync();
        foreach (var address in new[] { "token-a", "bounce-b", "token-a", "token-c" })
        {
            await channel.Provider.SendAsync(Message(channel, address), ending.Token);
        }

        await listening.WaitAsync(TimeSpan.FromSeconds(10), ending.Token);
        heard.Select(message => message.Address).ShouldBe(["token-a", "token-c"]);
        heard[0].Link.ShouldBe("musicfinder://home");
        heard[0].Data["campaign_id"].ShouldBe("7");

        // It listens when this returns: nothing is waited for before the first message.
        async Task ListenAsync()
        {
            await foreach (var message in ((ISandbox)channel.Provider).ReadAsync(ending.Token))
            {
                heard.Add(message);
                if (heard.Count == 2)
                {
                    break;
                }
            }
        }
    }

    private sealed class UnderTest : IChannelUnderTest
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("rondo-sandbox-").FullName;
        private readonly SandboxStore _store;

        public UnderTest()
        {
            var options = new EngagementOptions { DataDirectory = _directory, PublicUrl = new Uri("http://rondo.test"), SandboxLatency = TimeSpan.Zero };
            _store = new SandboxStore(options);
            Provider = new SandboxChannel(_store, options, new FakeTimeProvider());
        }

        public IChannelProvider Provider { get; }

        public string DeadAddress => "bounce-1";

        public string BusyAddress => "busy-1";

        public MessageContent Content(string title, string body) => new PushContent(title, body, "musicfinder://home", null, Ids);

        public string Address(string name) => $"token-{name}";

        public async Task<IReadOnlyList<Arrival>> ArrivalsAsync() =>
            [.. (await _store.LatestAsync(new ProjectId(1), 1000, CancellationToken.None)).Select(record => new Arrival(record.Message.Address, record.Message.Title, record.Message.Body))];

        public async ValueTask DisposeAsync()
        {
            await _store.DisposeAsync();
            Directory.Delete(_directory, recursive: true);
        }
    }
}
