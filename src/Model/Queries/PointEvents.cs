using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>What a point of a report looks at: its selectors, filters, breakdowns and days.</summary>
public static class PointEvents
{
    /// <summary>Every selector whose events the point looks at, those of sessions included.</summary>
    public static IEnumerable<EventSelector> SelectorsOf(ReportPoint point) => point switch
    {
        InsightsPoint { Query: var query, Metric: var metric } => query.Metrics[metric].Event is { } selector ? [selector] : [],
        FunnelPoint { Query: var query } => [.. query.Steps, .. query.Exclusions.Select(exclusion => exclusion.Event), .. SelectorsOf(query.Sessions)],
        RetentionPoint { Query: var query } => [query.Birth, query.Return],
        FrequencyPoint { Query: var query } => [query.Event],
        FlowPoint { Query: var query } => SelectorsOf(query),
        FlowPathPoint { Query: var query } => SelectorsOf(query),
        _ => [],
    };

    /// <summary>The filter on all events, the filter on people: conditions that stand outside the selectors.</summary>
    public static IEnumerable<Predicate> FiltersOf(ReportPoint point) => (point switch
    {
        InsightsPoint { Query: var query, Metric: var metric } => new[] { query.Filter, query.Metrics[metric].People },
        FunnelPoint { Query: var query } => [query.Filter],
        RetentionPoint { Query: var query } => [query.Filter],
        FrequencyPoint { Query: var query } => [query.Filter],
        FlowPoint { Query: var query } => [query.Filter],
        FlowPathPoint { Query: var query } => [query.Filter],
        _ => [],
    }).OfType<Predicate>();

    /// <summary>The breakdowns that say which segment somebody is in.</summary>
    public static IEnumerable<Breakdown> BreakdownsOf(ReportPoint point) => point switch
    {
        InsightsPoint { Query: var query } => query.Breakdowns,
        FunnelPoint { Query: var query } => query.Breakdowns,
        RetentionPoint { Query: var query } => query.Breakdowns,
        FrequencyPoint { Query: var query } => query.Breakdowns,
        FlowPoint { Query: var query } => query.Breakdowns,
        _ => [],
    };

    /// <summary>The days of the report.</summary>
    public static DateRange RangeOf(ReportPoint point) => point switch
    {
        InsightsPoint { Query: var query } => query.Range,
        FunnelPoint { Query: var query } => query.Range,
        RetentionPoint { Query: var query } => query.Range,
        FrequencyPoint { Query: var query } => query.Range,
        FlowPoint { Query: var query } => query.Range,
        FlowPathPoint { Query: var query } => query.Range,
        _ => throw new InvalidOperationException($"{point.GetType().Name} is no point of a report."),
    };

    /// <summary>Whether sessions or neighbours play a part, so that an event of any name may change who is there.</summary>
    public static bool LooksAtEveryEvent(ReportPoint point) => point switch
    {
        InsightsPoint { Query: var query, Metric: var metric } => query.Metrics[metric].Measure == Measure.Sessions,
        FunnelPoint { Query: var query } => query.Counting == FunnelCounting.Sessions || query.Window.IsSessions,
        FlowPoint or FlowPathPoint => true,
        _ => false,
    };

    private static IEnumerable<EventSelector> SelectorsOf(FlowQuery query) =>
        [query.Anchor, .. query.Then.Select(anchor => anchor.Event), .. query.Exclusions.Select(exclusion => exclusion.Event), .. SelectorsOf(query.Sessions)];

    private static IEnumerable<EventSelector> SelectorsOf(SessionDefinition? sessions) => sessions is EventSessions events ? [events.Start, events.End] : [];
}
