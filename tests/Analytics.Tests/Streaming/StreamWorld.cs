using System.Text.Json;
using NodaTime;
using Rondo.Analytics.AudienceSync;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming;
using Rondo.Engine;
using Rondo.Model.Events;
using Rondo.Model.Stores;
using Rondo.StandIns;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.Streaming;

/// <summary>A project whose message events go to a strict receiver of Currents and to a strict Mixpanel.</summary>
internal sealed class StreamWorld : IAsyncDisposable
{
    private StreamWorld(World world, CurrentsServer currents, MixpanelServer mixpanel) => (World, Currents, Mixpanel) = (world, currents, mixpanel);

    public World World { get; }

    public CurrentsServer Currents { get; }

    public MixpanelServer Mixpanel { get; }

    public IEventStreams Streams => World.Get<IEventStreams>();

    public IConnections Connections => World.Get<IConnections>();

    public ConnectionSettings ToCurrents => new CurrentsConnection(Currents.Address + "/currents", Currents.Token);

    public ConnectionSettings ToMixpanel => new MixpanelConnection(Mixpanel.Address, Mixpanel.Token, "secret-of-the-project");

    public static async Task<StreamWorld> CreateAsync(Func<IntegrationOptions, IntegrationOptions>? change = null)
    {
        var integrations = new IntegrationOptions { AllowPrivateAddresses = true, CallTimeout = TimeSpan.FromSeconds(5) };
        var world = await World.CreateAsync(options => options with { Integrations = change?.Invoke(integrations) ?? integrations });
        return new StreamWorld(world, await CurrentsServer.StartAsync(), await MixpanelServer.StartAsync(world.Clock));
    }

    public async Task<EventStream> StreamAsync(ConnectionSettings settings, EventChoice? choice = null, Instant? backfillFrom = null, StreamFileFormat? format = null, Duration? fileInterval = null)
    {
        var name = Guid.NewGuid().ToString("n");
        var connection = await Connections.CreateAsync(World.Project, name, settings, default);
        connection.Problems.ShouldBeEmpty();
        var stream = await Streams.CreateAsync(World.Project, new NewStream(connection.Value!.Id, new StreamSettings(name, choice ?? EventChoice.MessageEvents, format, fileInterval), backfillFrom), default);
        stream.Problems.ShouldBeEmpty();
        return stream.Value!;
    }

    /// <summary>Sends what can be sent now.</summary>
    public Task RunAsync() => World.Get<StreamLoop>().RunDueAsync(default);

    public async Task<EventStream> FindAsync(EventStream stream) => (await Streams.FindAsync(World.Project, stream.Id, default))!;

    public async Task<IReadOnlyList<StreamRecordLine>> RecordAsync(EventStream stream)
    {
        var lines = new List<StreamRecordLine>();
        await foreach (var line in Streams.RecordAsync(World.Project, stream.Id, default))
        {
            lines.Add(line);
        }

        return lines;
    }

    public async Task<EventStore> StoreAsync() => (EventStore)await World.Get<IEventStores>().OpenAsync(World.Project, default);

    /// <summary>An open of a push as Rondo's campaigns report it; the number tells it from every other.</summary>
    public static TrackedEvent Open(int number, string person = "ann", Instant? time = null) => new()
    {
        Name = WellKnownEvents.PushOpen,
        DistinctId = person,
        UserId = DeviceIds.IsDevice(person) ? null : person,
        DeviceId = DeviceIds.IsDevice(person) ? person[DeviceIds.Prefix.Length..] : null,
        Time = time ?? Noon - Duration.FromMinutes(1),
        InsertId = $"open-{number}",
        Properties = [P("campaign_id", "c-1"), P("campaign_name", "Early Bird Renewal"), P("dispatch_id", $"d-{number}"), P("send_id", "s-1"), P("channel", "push"), P("platform", "android")],
    };

    public Task OpenedAsync(params IEnumerable<int> numbers) => World.AddAsync([.. numbers.Select(number => Open(number))]);

    public static IEnumerable<string> Keys(params IEnumerable<int> numbers) => numbers.Select(number => $"d-{number}");

    /// <summary>The events of every request so far.</summary>
    public List<JsonElement> Sent() => [.. Currents.Bodies.SelectMany(body => body.GetProperty("events").EnumerateArray())];

    public async ValueTask DisposeAsync()
    {
        Currents.Violations.ShouldBeEmpty();
        Mixpanel.Violations.ShouldBeEmpty();
        await World.DisposeAsync();
        await Currents.DisposeAsync();
        await Mixpanel.DisposeAsync();
    }
}
