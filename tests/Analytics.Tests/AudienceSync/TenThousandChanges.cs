using NodaTime;
using Rondo.Analytics.Contracts;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.AudienceSync;

/// <summary>
/// A cohort changes ten thousand times while the other side loses answers, breaks connections, is busy, refuses keys, and Rondo
/// is stopped at any instant and started again. In the end both sides hold the same people, and the record says how.
/// </summary>
public sealed class TenThousandChanges
{
    private const int Rounds = 40;
    private const int ChangesPerRound = 250;
    private const int People = 3000;

    [Theory]
    [InlineData(1)]
    [InlineData(20261124)]
    public async Task Both_sides_end_with_the_same_members(int seed)
    {
        var random = new Random(seed);
        await using var world = await SyncWorld.CreateAsync(options => options with { CallTimeout = TimeSpan.FromMilliseconds(150), RefusalsBeforePause = 5 });
        world.Braze.IsKnown = id => !id.EndsWith('7');
        world.Braze.RefusedMember = "ext-13";
        await world.World.Ingestion.AcceptAsync(
            world.World.Project,
            [],
            [.. Enumerable.Range(0, People).Where(number => number % 11 != 0).Select(number => new Rondo.Model.Profiles.ProfileUpdate
            {
                // Some share their identifier with the next one.
                DistinctId = Name(number),
                Operator = Rondo.Model.Profiles.ProfileOperator.Set,
                Properties = [P("ext", $"ext-{(number % 50 == 1 ? number + 1 : number)}")],
                Time = Noon,
            })],
            default);
        var pro = new HashSet<int>();
        var sync = await world.SyncAsync(new IdentityMapping(Property: "ext"));
        var changes = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var changing = Enumerable.Range(0, ChangesPerRound).Select(_ => random.Next(People)).Distinct().ToList();
            changes += changing.Count;
            foreach (var (plan, people) in new[] { ("Free", changing.Where(pro.Contains).ToList()), ("Pro", changing.Where(person => !pro.Contains(person)).ToList()) })
            {
                await world.PlanAsync(plan, people.Select(Name));
            }

            pro.SymmetricExceptWith(changing);
            world.Braze.NextFault = () => random.Next(100) switch
            {
                < 6 => Fault.SilenceAfterTaking,
                < 15 => Fault.ResetAfterTaking,
                < 22 => Fault.ResetBefore,
                < 28 => Fault.Broken500,
                < 34 => Fault.Busy429,
                < 38 => Fault.Locked423,
                < 39 => Fault.Unauthorized401,
                _ => Fault.None,
            };
            for (var attempt = 0; attempt < 4; attempt++)
            {
                await AttemptAsync(world, random);
                await ResumeAsync(world, sync);
                world.World.Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 20)));
            }
        }

        changes.ShouldBeGreaterThan(9000);
        world.Braze.NextFault = null;
        await InStepAsync(world, sync);

        var expected = pro.Where(number => number % 11 != 0).Select(number => $"ext-{(number % 50 == 1 ? number + 1 : number)}").ToHashSet();
        world.Held(sync).ShouldBe(expected.Where(id => id != "ext-13" && !id.EndsWith('7')).Select(id => "user:" + id).Order(StringComparer.Ordinal));
        world.Braze.Violations.ShouldBeEmpty();
        await RecordAgreesAsync(world, sync, expected, pro);
    }

    /// <summary>Takes up what is due; now and then the server is stopped in the midst of it and started again.</summary>
    private static async Task AttemptAsync(SyncWorld world, Random random)
    {
        using var stopping = new CancellationTokenSource();
        var isStopped = random.Next(3) == 0;
        if (isStopped)
        {
            stopping.CancelAfter(TimeSpan.FromMilliseconds(random.Next(0, 60)));
        }

        try
        {
            await world.Loop.RunDueAsync(stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopped before anything was taken up.
        }

        if (isStopped)
        {
            await world.World.RestartAsync();
        }
    }

    /// <summary>Somebody mends the keys.</summary>
    private static async Task ResumeAsync(SyncWorld world, CohortSync sync)
    {
        if (await world.FindAsync(sync) is { State: SyncState.Paused } paused)
        {
            paused.Trouble!.Advice.ShouldBe(SyncAdvice.RenewKeys, paused.Trouble.Message);
            (await world.Syncs.ResumeAsync(world.World.Project, sync.Id, default)).Problems.ShouldBeEmpty();
        }
    }

    private static async Task InStepAsync(SyncWorld world, CohortSync sync)
    {
        await ResumeAsync(world, sync);
        await world.RefreshAsync();
        for (var attempt = 0; attempt < 20; attempt++)
        {
            await world.TickAsync(700);
        }

        var found = await world.FindAsync(sync);
        found.Trouble.ShouldBeNull();
        found.Counts.Waiting.ShouldBe(0);
        found.BehindSince.ShouldBeNull();
    }

    /// <summary>Adding up the record gives what the counts say, member by member.</summary>
    private static async Task RecordAgreesAsync(SyncWorld world, CohortSync sync, HashSet<string> expected, HashSet<int> pro)
    {
        var sent = new HashSet<string>();
        var lines = await world.AuditAsync(sync);
        foreach (var line in lines.Where(line => line.Operation != AuditOperation.NoOp))
        {
            (line.Operation == AuditOperation.Add ? sent.Add(line.Identifier) : sent.Remove(line.Identifier)).ShouldBeTrue($"{line} is recorded twice");
        }

        sent.Order(StringComparer.Ordinal).ShouldBe(expected.Where(id => id != "ext-13").Order(StringComparer.Ordinal));
        var counts = (await world.FindAsync(sync)).Counts;
        counts.Unmatched.ShouldBe(pro.Count(number => number % 11 == 0));
        counts.Refused.ShouldBe(pro.Contains(13) ? 1 : 0);
        var runs = await world.Syncs.RunsAsync(world.World.Project, sync.Id, 10_000, default);
        runs.Sum(run => run.Added - run.Removed).ShouldBe(sent.Count);
        runs.ShouldAllBe(run => run.EndedAt != null);
    }

    private static string Name(int number) => $"person-{number}";
}
