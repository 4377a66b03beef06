using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests;

/// <summary>
/// What a question allocates does not grow with the persons it looks at: the difference between a small and a large store, for
/// each further person, is less than a byte (sets of people take one bit each).
/// </summary>
[Collection(nameof(AllocationBudgets))]
public sealed class AllocationBudgets
{
    private const int FewPersons = 2_000;
    private const int ManyPersons = 42_000;

    /// <summary>Every so many persons were a device at first.</summary>
    private const int MergedShare = 50;
    private static readonly QueryContext Context = new() { Calendar = ProjectCalendar.Utc, Now = Start + Duration.FromDays(60) };
    private static readonly DateRange January = DateRange.Between(new LocalDate(2026, 1, 1), new LocalDate(2026, 1, 31));

    private static readonly Predicate IsPaid = new PropertyPredicate(PropertySource.Event, "level", PropertyOperator.Equals, [PropertyValue.Of("paid")]);

    private static readonly (string Name, Func<EventStore, Task> Ask)[] Questions =
    [
        ("uniques", store => store.InsightsAsync(new InsightsQuery { Metrics = [new Metric(new EventSelector("Play Song"), Measure.Uniques)], Range = January }, Context, default)),
        ("totals with a filter", store => store.InsightsAsync(new InsightsQuery { Metrics = [new Metric(new EventSelector("Play Song", new PropertyPredicate(PropertySource.Event, "genre", PropertyOperator.Equals, [PropertyValue.Of("jazz")])), Measure.Total)], Range = January }, Context, default)),
        ("funnel", store => store.FunnelAsync(new FunnelQuery { Steps = [new EventSelector("Visit"), new EventSelector("Play Song")], Range = January, ReEntry = ReEntry.Optimized }, Context, default)),
        ("funnel by an event property", store => store.FunnelAsync(new FunnelQuery { Steps = [new EventSelector("Play Song"), new EventSelector("Visit")], Range = January, Breakdowns = [new Breakdown(PropertySource.Event, "genre")] }, Context, default)),
        ("funnel of three steps with a filter, by a user property", store => store.FunnelAsync(new FunnelQuery { Steps = [new EventSelector("Visit", IsPaid), new EventSelector("Play Song", IsPaid), new EventSelector("Play Song", IsPaid)], Range = January, ReEntry = ReEntry.Optimized, Breakdowns = [new Breakdown(PropertySource.User, "platform")] }, Context, default)),
        ("funnel within a session", store => store.FunnelAsync(new FunnelQuery { Steps = [new EventSelector("Visit"), new EventSelector("Play Song")], Range = January, Window = new ConversionWindow(1, WindowUnit.Session) }, Context, default)),
        ("funnel of any order", store => store.FunnelAsync(new FunnelQuery { Steps = [new EventSelector("Visit"), new EventSelector("Play Song")], Range = January, Order = StepOrder.Any }, Context, default)),
        ("retention", store => store.RetentionAsync(new RetentionQuery { Birth = new EventSelector("Visit"), Return = new EventSelector("Play Song"), Range = January }, Context, default)),
        ("retention by a user property", store => store.RetentionAsync(new RetentionQuery { Birth = new EventSelector("Visit"), Return = new EventSelector("Play Song"), Range = January, Breakdowns = [new Breakdown(PropertySource.User, "platform")] }, Context, default)),
        ("flow", store => store.FlowAsync(new FlowQuery { Anchor = new EventSelector("Visit"), Range = January }, Context, default)),
        ("who did it twice", store => store.PeopleWhereAsync(new DidPredicate(new EventSelector("Play Song"), CountComparison.AtLeast, 2, January), Context, default)),
    ];

    public static TheoryData<string> Names => [.. Questions.Select(question => question.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Nothing_is_allocated_per_person(string name) => CompareAsync(name, FillOnePartAsync);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Nothing_is_allocated_per_person_of_overlapping_parts_a_head_and_late_merges(string name) => CompareAsync(name, FillPartsAndHeadAsync);

    private static async Task CompareAsync(string name, Func<EventStore, int, Task> fill)
    {
        var ask = Questions.Single(question => question.Name == name).Ask;
        var (few, many) = (await AllocatedAsync(FewPersons, fill, ask), await AllocatedAsync(ManyPersons, fill, ask));
        ((double)(many - few) / (ManyPersons - FewPersons)).ShouldBeLessThan(1.0, $"{few} bytes with {FewPersons} persons, {many} with {ManyPersons}");
    }

    private static async Task<long> AllocatedAsync(int personCount, Func<EventStore, int, Task> fill, Func<EventStore, Task> ask)
    {
        await using var temporary = new TemporaryStore(new EngineOptions { SealAfter = TimeSpan.FromDays(1), QueryThreads = 2 });
        await temporary.Store.AppendAsync(ProfileBatch([.. Enumerable.Range(0, personCount).Select(person => Set($"person-{person}", P("platform", person % 2 == 0 ? "iOS" : "Android")))]), default);
        await fill(temporary.Store, personCount);
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            // The first rounds make caches; of the others the least counts, since the runtime allocates at times of its own.
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await ask(temporary.Store);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }

    private static async Task FillOnePartAsync(EventStore store, int personCount)
    {
        await store.AppendAsync(Batch([.. Enumerable.Range(0, personCount).SelectMany(Acts)]), default);
        await store.SealAsync(default);
    }

    /// <summary>What each person did lies in two parts of the same days and in the head; some devices became persons' after the first.</summary>
    private static async Task FillPartsAndHeadAsync(EventStore store, int personCount)
    {
        for (var stretch = 0; stretch < 3; stretch++)
        {
            await store.AppendAsync(Batch([.. Enumerable.Range(0, personCount).Select(person => Told(person, stretch))]), default);
            if (stretch < 2)
            {
                await store.SealAsync(default);
            }
        }
    }

    private static TrackedEvent Told(int person, int stretch)
    {
        var act = Acts(person)[(person + stretch) % 3];
        return person % MergedShare != 0 ? act
            : stretch == 0 ? act with { DistinctId = $"$device:phone-{person}", UserId = null, DeviceId = $"phone-{person}" }
            : act with { DeviceId = $"phone-{person}" };
    }

    private static TrackedEvent[] Acts(int person) =>
    [
        Event("Visit", $"person-{person}", 1 + (person % 200), null, P("level", person % 4 == 0 ? "free" : "paid")),
        Event("Play Song", $"person-{person}", 1.1 + (person % 200), null, P("genre", person % 3 == 0 ? "jazz" : "pop"), P("level", "paid")),
        Event("Play Song", $"person-{person}", 30 + (person % 200), null, P("genre", "jazz"), P("level", person % 5 == 0 ? "free" : "paid")),
    ];
}

/// <summary>What is allocated is counted for the whole process, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(AllocationBudgets), DisableParallelization = true)]
public sealed class AloneWhileCounting;
