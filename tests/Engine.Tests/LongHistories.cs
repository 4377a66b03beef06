using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Engine.Tests;

/// <summary>
/// One person with very many events: whatever a report asks is answered. What takes the square of the history would be at it
/// for many minutes; the time-out only ends such a test.
/// </summary>
public sealed class LongHistories(LongHistories.Loaded loaded) : IClassFixture<LongHistories.Loaded>
{
    private const int EventCount = 1_000_000;
    private const int KindCount = 50;
    private const int TimeoutMilliseconds = 120_000;

    private static readonly DateRange Whole = DateRange.Between(new LocalDate(2026, 1, 1), new LocalDate(2026, 12, 31));

    private static EventSelector A => new("A");

    private static EventSelector B => new("B");

    public static TheoryData<string> Funnels => [.. FunnelsByName.Keys];

    public static TheoryData<string> Flows => [.. FlowsByName.Keys];

    public static TheoryData<string> Retentions => [.. RetentionsByName.Keys];

    private static Dictionary<string, FunnelQuery> FunnelsByName { get; } = new()
    {
        ["uniques"] = Funnel(),
        ["totals"] = Funnel() with { Counting = FunnelCounting.Totals },
        ["optimized uniques"] = Funnel() with { ReEntry = ReEntry.Optimized },
        ["optimized totals"] = Funnel() with { ReEntry = ReEntry.Optimized, Counting = FunnelCounting.Totals },
        ["of the same event"] = Funnel() with { Steps = [A, A, A], Counting = FunnelCounting.Totals },
        ["with an exclusion"] = Funnel() with { Counting = FunnelCounting.Totals, Exclusions = [new FunnelExclusion(new EventSelector("C"))] },
        ["held constant"] = Funnel() with { Counting = FunnelCounting.Totals, ReEntry = ReEntry.Optimized, HoldConstant = [new PropertyName(PropertySource.Event, "item")] },
        ["within a session"] = Funnel() with { Counting = FunnelCounting.Sessions },
        ["by a session property"] = Funnel() with { Counting = FunnelCounting.Sessions, Sessions = new PropertySessions("item") },
        ["in any order"] = Funnel() with { Order = StepOrder.Any, Counting = FunnelCounting.Totals },
        ["with an optional step"] = Funnel() with { Steps = [A, new EventSelector("C"), B], Optional = [1], Counting = FunnelCounting.Totals },
        ["broken down"] = Funnel() with { ReEntry = ReEntry.Optimized, Breakdowns = [new Breakdown(PropertySource.Event, "item")] },
        ["over time"] = Funnel() with { Counting = FunnelCounting.Totals, TrendUnit = CalendarUnit.Day },
        ["with session edges"] = Funnel() with { Steps = [new EventSelector(WellKnownEvents.SessionStart), A, new EventSelector(WellKnownEvents.SessionEnd)], Counting = FunnelCounting.Totals },
        ["with sums by fifty values"] = Funnel() with { Counting = FunnelCounting.Totals, Sum = Price, Breakdowns = [new Breakdown(PropertySource.Event, "kind")], Limit = 50 },
        ["twenty steps in totals"] = Funnel() with { Steps = [.. Enumerable.Range(0, 20).Select(step => step % 2 == 0 ? A : B)], Counting = FunnelCounting.Totals },
        ["twenty steps"] = Funnel() with { Steps = [.. Enumerable.Range(0, 20).Select(step => step % 2 == 0 ? A : B)], ReEntry = ReEntry.Optimized },
    };

    private static Dictionary<string, FlowQuery> FlowsByName { get; } = new()
    {
        ["uniques"] = new FlowQuery { Anchor = A, Range = Whole },
        ["totals"] = new FlowQuery { Anchor = A, Range = Whole, Counting = FunnelCounting.Totals, StepsBefore = 3 },
        ["between anchors"] = new FlowQuery { Anchor = A, Range = Whole, Counting = FunnelCounting.Totals, Then = [new FlowAnchor(B, 2, 2)], TopPaths = 50 },
        ["sessions"] = new FlowQuery { Anchor = new EventSelector(WellKnownEvents.SessionStart), Range = Whole, Counting = FunnelCounting.Sessions },
        ["expanded"] = new FlowQuery { Anchor = A, Range = Whole, Counting = FunnelCounting.Totals, Expand = [new FlowExpansion("B", "item")] },
    };

    private static Dictionary<string, RetentionQuery> RetentionsByName { get; } = new()
    {
        ["on"] = Retention(RetentionCriterion.On),
        ["on or after"] = Retention(RetentionCriterion.OnOrAfter),
        ["streak"] = Retention(RetentionCriterion.Streak),
        ["sums"] = Retention(RetentionCriterion.OnOrBefore) with { SumProperty = "price" },
        ["by the return"] = Retention(RetentionCriterion.On) with { BreakdownOn = RetentionEvent.Return, Breakdowns = [new Breakdown(PropertySource.Event, "item")] },
    };

    public static TheoryData<string> Metrics => [.. MetricsByName.Keys];

    public static TheoryData<string> Conditions => [.. ConditionsByName.Keys];

    private static PropertyName Price => new(PropertySource.Event, "price");

    private static Dictionary<string, Metric> MetricsByName { get; } = Enum.GetValues<Measure>().ToDictionary(
            measure => measure.ToString(),
            measure => new Metric(A, measure) { Property = measure >= Measure.Sum ? Price : null, Percentile = measure == Measure.Percentile ? 90 : null })
        .Concat(Enum.GetValues<PerPerson>().ToDictionary(
            inner => $"per person {inner}",
            inner => new Metric(A, Measure.Average) { PerPerson = inner, Property = inner == PerPerson.Count ? null : Price }))
        .Append(new("starts of sessions", new Metric(new EventSelector(WellKnownEvents.SessionStart), Measure.Total)))
        .Append(new("lengths of sessions", new Metric(new EventSelector(WellKnownEvents.SessionEnd), Measure.Maximum) { Property = new PropertyName(PropertySource.Event, BuiltInProperties.SessionEventCount) }))
        .ToDictionary();

    private static Dictionary<string, Predicate> ConditionsByName { get; } = new()
    {
        ["did"] = new DidPredicate(A, CountComparison.AtLeast, 100_000, null),
        ["a figure"] = new FigurePredicate(A, Measure.Median, Price, FigureComparison.AtLeast, 1, null),
        ["different days"] = new FigurePredicate(A, Measure.DistinctValues, new PropertyName(PropertySource.Event, BuiltInProperties.Time), FigureComparison.AtLeast, 2, null) { Buckets = new DateBuckets(DatePart.Day) },
        ["a sequence"] = new SequencePredicate([A, B, A, B], new ConversionWindow(3, WindowUnit.Day), SequenceOutcome.Completed, null),
        ["long sessions"] = new DidPredicate(new EventSelector(WellKnownEvents.SessionEnd, new PropertyPredicate(PropertySource.Event, BuiltInProperties.SessionEventCount, PropertyOperator.AtLeast, [PropertyValue.Of(2)])), CountComparison.AtLeast, 2, null),
    };

    [Theory(Timeout = TimeoutMilliseconds)]
    [MemberData(nameof(Metrics))]
    public async Task A_measure_of_a_long_history_is_answered(string name)
    {
        var query = new InsightsQuery { Metrics = [MetricsByName[name]], Range = Whole, Breakdowns = [new Breakdown(PropertySource.Event, "kind")], Limit = 50 };
        var result = await loaded.Store.Store.InsightsAsync(query, Context, TestContext.Current.CancellationToken);
        result.Series[0].Total.ShouldNotBeNull();
        result.Series.Length.ShouldBeGreaterThan(KindCount / 2);
    }

    [Theory(Timeout = TimeoutMilliseconds)]
    [MemberData(nameof(Conditions))]
    public async Task A_condition_on_a_long_history_is_answered(string name) =>
        (await loaded.Store.Store.PeopleWhereAsync(ConditionsByName[name], Context, TestContext.Current.CancellationToken)).Count.ShouldBe(1);

    [Fact(Timeout = TimeoutMilliseconds)]
    public async Task The_frequency_of_a_long_history_is_answered() =>
        (await loaded.Store.Store.FrequencyAsync(new FrequencyQuery { Event = A, Range = Whole, Breakdowns = [new Breakdown(PropertySource.Event, "kind")], Limit = 50 }, Context, TestContext.Current.CancellationToken))
        .Segments.Length.ShouldBe(1 + KindCount);

    [Theory(Timeout = TimeoutMilliseconds)]
    [MemberData(nameof(Funnels))]
    public async Task A_funnel_of_a_long_history_is_answered(string name) =>
        (await loaded.Store.Store.FunnelAsync(FunnelsByName[name], Context, TestContext.Current.CancellationToken)).Segments[0].Steps[0].Count.ShouldBeGreaterThan(0);

    [Theory(Timeout = TimeoutMilliseconds)]
    [MemberData(nameof(Flows))]
    public async Task A_flow_of_a_long_history_is_answered(string name) =>
        (await loaded.Store.Store.FlowAsync(FlowsByName[name], Context, TestContext.Current.CancellationToken)).Entered.ShouldBeGreaterThan(0);

    [Theory(Timeout = TimeoutMilliseconds)]
    [MemberData(nameof(Retentions))]
    public async Task Retention_of_a_long_history_is_answered(string name) =>
        (await loaded.Store.Store.RetentionAsync(RetentionsByName[name], Context, TestContext.Current.CancellationToken)).Segments[0].Rows.Sum(row => row.Size).ShouldBeGreaterThan(0);

    private static QueryContext Context => new() { Calendar = ProjectCalendar.Utc, Now = Instant.FromUtc(2027, 1, 1, 0, 0) };

    private static FunnelQuery Funnel() => new() { Steps = [A, B], Range = Whole, Window = new ConversionWindow(30, WindowUnit.Day) };

    private static RetentionQuery Retention(RetentionCriterion criterion) => new() { Birth = A, Return = B, Range = Whole, Unit = CalendarUnit.Week, Criterion = criterion, Buckets = 26 };

    public sealed class Loaded : IAsyncLifetime
    {
        internal TemporaryStore Store { get; } = new();

        public async ValueTask InitializeAsync() => await FillAsync(Store.Store, EventCount);

        public async ValueTask DisposeAsync() => await Store.DisposeAsync();

        /// <summary>Bursts of a thousand events at one instant, a second apart, with pauses of hours: the grace and ties are everywhere.</summary>
        private static async Task FillAsync(EventStore store, int count)
        {
            var chance = new Random(7);
            string[] names = ["A", "A", "B", "B", "C"];
            var time = Music.Start;
            foreach (var chunk in Enumerable.Range(0, count).Chunk(10_000))
            {
                var events = chunk.Select(number =>
                {
                    time += number % 5000 == 0 ? Duration.FromHours(9) : number % 1000 == 0 ? Duration.FromSeconds(1) : number % 3 == 0 ? Duration.FromMilliseconds(200) : Duration.Zero;
                    return new TrackedEvent
                    {
                        Name = names[chance.Next(names.Length)],
                        DistinctId = "ann",
                        UserId = "ann",
                        Time = time,
                        Properties = [Music.P("item", $"i{chance.Next(12)}"), Music.P("price", chance.Next(100)), Music.P("kind", $"k{chance.Next(KindCount)}")],
                    };
                });
                await store.AppendAsync(Music.Batch([.. events]), default);
            }

            await store.SealAsync(default);
        }
    }
}
