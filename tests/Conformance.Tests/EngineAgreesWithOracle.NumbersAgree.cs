using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests;

/// <content>The reports agree with each other: the same question asked in two of them has one answer.</content>
public sealed partial class EngineAgreesWithOracle
{
    [Fact]
    public Task The_first_column_of_a_flow_is_the_first_step_of_a_funnel() => CheckSame(RandomWorld.GenFlow, async (store, query, context) =>
    {
        var flow = await store.FlowAsync(query with { Then = [new FlowAnchor(new EventSelector("B"))] }, context, default);
        var funnel = await store.FunnelAsync(new FunnelQuery { Steps = [query.Anchor, new EventSelector("B")], Range = query.Range, Window = query.Window, Filter = query.Filter }, context, default);
        return ($"{flow.Entered} {flow.Completed}", $"{funnel.Segments[0].Steps[0].Count} {funnel.Segments[0].Steps[1].Count}");
    });

    [Fact]
    public Task A_row_of_retention_is_the_uniques_of_the_birth_event() => CheckSame(RandomWorld.GenRetention, async (store, query, context) =>
    {
        var rows = (await store.RetentionAsync(query with { BirthKind = RetentionBirth.Recurring, Breakdowns = [] }, context, default)).Segments[0].Rows;
        return (string.Join(' ', rows.Select(row => row.Size)), string.Join(' ', await UniquesAsync(query.Birth, query.Range, query.Unit, query.Filter, store, context)));
    });

    [Fact]
    public Task A_period_of_frequency_is_the_uniques_of_the_event() => CheckSame(RandomWorld.GenFrequency, async (store, query, context) =>
    {
        var rows = (await store.FrequencyAsync(query with { Breakdowns = [] }, context, default)).Segments[0].Rows;
        return (string.Join(' ', rows.Select(row => row.Size)), string.Join(' ', await UniquesAsync(query.Event, query.Range, query.Period, query.Filter, store, context)));
    });

    [Fact]
    public Task Attempts_in_segments_add_up_to_all_attempts() => CheckSame(RandomWorld.GenRichFunnel, async (store, query, context) =>
    {
        // In a cohort or not: an attempt lies in one of the two.
        var result = await store.FunnelAsync(
            query with { Counting = FunnelCounting.Totals, Limit = QueryLimits.MaximumSegments, Breakdowns = [Breakdown.Of(new CohortId(1))] }, context, default);
        var parts = result.Segments.Skip(1).Where(segment => segment.Segment.Kind != SegmentKind.Overall);
        return (string.Join(' ', result.Segments[0].Steps.Select(step => step.Count)), string.Join(' ', Enumerable.Range(0, query.Steps.Length).Select(step => parts.Sum(segment => segment.Steps[step].Count))));
    });

    private static async Task<IEnumerable<double>> UniquesAsync(EventSelector selector, DateRange range, CalendarUnit unit, Predicate? filter, Model.Stores.IEventStore store, QueryContext context)
    {
        var insights = await store.InsightsAsync(new InsightsQuery { Metrics = [new Metric(selector)], Range = range, Unit = unit, Filter = filter }, context, default);
        return insights.Series[0].Values.Select(value => value ?? 0);
    }

    private static Task CheckSame<TQuery>(CsCheck.Gen<TQuery> genQuery, Func<Model.Stores.IEventStore, TQuery, QueryContext, Task<(string One, string Other)>> ask) => Check(
        genQuery,
        async (store, query, context) => await ask(store, query, context) is var (one, other) && one != other ? $"{one} | {other}" : "the same",
        (_, _) => "the same",
        answer => answer);
}
