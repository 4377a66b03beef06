using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming;
using Rondo.StandIns;
using static Rondo.Analytics.Tests.Streaming.StreamWorld;

namespace Rondo.Analytics.Tests.Streaming;

/// <summary>
/// Events go out while the other side loses answers, breaks connections, is busy, refuses keys, events and sizes, and Rondo is
/// stopped at any instant and started again. In the end all of them are there, those that came twice under one id.
/// </summary>
public sealed class TwentyThousandEvents
{
    private const int Rounds = 40;
    private const int EventsPerRound = 500;

    [Theory]
    [InlineData("currents", 1)]
    [InlineData("currents", 20261124)]
    [InlineData("mixpanel", 2)]
    public async Task All_arrive_and_duplicates_come_under_one_id(string kind, int seed)
    {
        var random = new Random(seed);
        await using var world = await StreamWorld.CreateAsync(options => options with { CallTimeout = TimeSpan.FromMilliseconds(500) });
        EventServer server = kind == "currents" ? world.Currents : world.Mixpanel;
        (server.KeepsBodies, server.IsRefused) = (false, item => item.GetProperty("properties").GetProperty("dispatch_id").GetString()!.EndsWith("99", StringComparison.Ordinal));
        var stream = await world.StreamAsync(kind == "currents" ? world.ToCurrents : world.ToMixpanel);
        for (var round = 0; round < Rounds; round++)
        {
            for (var sent = 0; sent < EventsPerRound;)
            {
                var count = Math.Min(EventsPerRound - sent, random.Next(1, 200));
                var first = (round * EventsPerRound) + sent;
                await world.World.AddAsync([.. Enumerable.Range(first, count).Select(number => Open(number, $"person-{number % 50}", world.World.Clock.GetCurrentInstant()))]);
                sent += count;
            }

            server.NextFault = () => random.Next(100) switch
            {
                < 4 => StreamFault.SilenceAfterTaking,
                < 14 => StreamFault.ResetAfterTaking,
                < 20 => StreamFault.ResetBefore,
                < 26 => StreamFault.Broken500,
                < 32 => StreamFault.Busy429,
                < 36 => StreamFault.TooLarge413,
                < 38 => StreamFault.Unauthorized401,
                _ => StreamFault.None,
            };
            for (var attempt = 0; attempt < 3; attempt++)
            {
                await AttemptAsync(world, random);
                world.World.Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 400)));
            }
        }

        await server.WhenIdleAsync(TestContext.Current.CancellationToken);
        server.NextFault = null;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            world.World.Clock.Advance(TimeSpan.FromMinutes(10));
            await world.RunAsync();
        }

        var all = Enumerable.Range(0, Rounds * EventsPerRound).ToList();
        var missing = Keys(all).Except(server.Keys()).ToHashSet();
        missing.Order(StringComparer.Ordinal).ShouldBe(Keys(all.Where(number => number % 100 == 99)).Order(StringComparer.Ordinal), "only what was refused is missing");
        server.DuplicateCount.ShouldBeGreaterThan(0);
        var found = await world.FindAsync(stream);
        (found.State, found.Trouble, found.Lag, found.Counts.LostBatches).ShouldBe((StreamState.Active, null, StreamLag.None, 0));
        (found.Counts.Sent, found.Counts.Refused).ShouldBe((all.Count - missing.Count, missing.Count));
        (await world.RecordAsync(stream)).Count.ShouldBe(missing.Count, "each refusal is recorded once, however often its batch was sent");
        TestContext.Current.TestOutputHelper?.WriteLine($"{all.Count} events, {server.RequestCount} requests, {server.DuplicateCount} came again, {missing.Count} refused");
    }

    /// <summary>Sends what is due; now and then the server is stopped in the midst of it and started again.</summary>
    private static async Task AttemptAsync(StreamWorld world, Random random)
    {
        using var stopping = new CancellationTokenSource();
        var isStopped = random.Next(3) == 0;
        if (isStopped)
        {
            stopping.CancelAfter(TimeSpan.FromMilliseconds(random.Next(0, 40)));
        }

        try
        {
            await world.World.Get<StreamLoop>().RunDueAsync(stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopped before anything was read.
        }

        if (isStopped)
        {
            await world.World.RestartAsync();
        }
    }
}
