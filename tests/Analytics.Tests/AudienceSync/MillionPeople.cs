using System.Diagnostics;
using System.Globalization;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Tests.AudienceSync;

/// <summary>
/// How long many people take, and the hourly change of one in a hundred: 20,000 of them, or as many as RONDO_SYNC_PEOPLE says.
/// docs/benchmarks.md says what came out of a million.
/// </summary>
public sealed class MillionPeople
{
    private const int AtATime = 20_000;
    private static readonly int People = int.Parse(Environment.GetEnvironmentVariable("RONDO_SYNC_PEOPLE") ?? "20000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_large_cohort_is_sent_and_kept_the_same()
    {
        await using var world = await SyncWorld.CreateAsync(options => options with { CallTimeout = TimeSpan.FromSeconds(30) });
        for (var first = 0; first < People; first += AtATime)
        {
            await world.World.AddAsync([.. Enumerable.Range(first, AtATime).Select(number => World.Event("Play", $"person-{number}"))]);
        }

        var store = await world.World.Get<IEventStores>().OpenAsync(world.World.Project, default);
        var everyone = await store.EveryoneAsync(default);
        everyone.Count.ShouldBe(People);
        var cohort = (await world.World.Cohorts.CreateStaticAsync(world.World.Project, "Everyone", "a list", everyone, default)).Value!;
        var sync = (await world.Syncs.CreateAsync(world.World.Project, new NewSync(cohort.Id, world.Connection.Id, Duration.FromHours(1), new IdentityMapping()), default)).Value!;

        await MeasureAsync("Everyone sent", world);
        world.Held(sync).Count.ShouldBe(People);

        // One in two hundred leaves, and as many come.
        var newcomers = Enumerable.Range(People, People / 200).Select(number => World.Event("Play", $"person-{number}")).ToArray();
        await world.World.AddAsync(newcomers);
        var leaving = PersonSet.Of(everyone.Where((_, index) => index % 200 == 0));
        await world.World.Cohorts.ChangeMembersAsync(world.World.Project, cohort.Id, (await store.EveryoneAsync(default)).Except(everyone), leaving, default);
        world.World.Clock.Advance(TimeSpan.FromHours(1));
        await MeasureAsync("One in a hundred changed, everyone compared", world);
        world.Held(sync).Count.ShouldBe(People);

        world.World.Clock.Advance(TimeSpan.FromHours(1));
        await MeasureAsync("Nothing changed, everyone compared", world);
        foreach (var run in await world.Syncs.RunsAsync(world.World.Project, sync.Id, 10, default))
        {
            Write($"run {run.Id}: added {run.Added}, removed {run.Removed}, full {run.IsFull}");
        }
    }

    private static async Task MeasureAsync(string what, SyncWorld world)
    {
        var started = Stopwatch.StartNew();
        await world.Loop.RunDueAsync(default);
        Write(string.Create(CultureInfo.InvariantCulture, $"{what}: {started.Elapsed.TotalSeconds:f2} s, managed memory {GC.GetTotalMemory(forceFullCollection: true) >> 20} MiB (both sides)"));
    }

    private static void Write(string line) => TestContext.Current.SendDiagnosticMessage(line);
}
