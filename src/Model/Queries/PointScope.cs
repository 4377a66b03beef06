using System.Collections.Immutable;

namespace Rondo.Model.Queries;

/// <summary>
/// What decides whether somebody is at a point of a report: mostly the person alone. Only "other", and a bucket whose bounds
/// follow the numbers of all events, depend on what everybody else did.
/// </summary>
public static class PointScope
{
    /// <summary>Whether a person's own events, profile and cohorts decide.</summary>
    public static bool IsPersonal(ReportPoint point) => point switch
    {
        InsightsPoint insights => IsOwn(insights.Segment, insights.Query.Breakdowns),
        FunnelPoint funnel => IsOwn(funnel.Segment, funnel.Query.Breakdowns),
        RetentionPoint retention => IsOwn(retention.Segment, retention.Query.Breakdowns),
        FrequencyPoint frequency => IsOwn(frequency.Segment, frequency.Query.Breakdowns),
        FlowPoint flow => IsOwn(flow.Segment, flow.Query.Breakdowns) && flow.Node.Kind != FlowNodeKind.Other && flow.To?.Kind != FlowNodeKind.Other,
        _ => true,
    };

    /// <summary>
    /// The same point in a report that folds nothing: people in a segment or at a node stay the same when it is too small to be
    /// shown by now. A point that is not personal keeps its limits, since they are what it means.
    /// </summary>
    public static ReportPoint Unfolded(ReportPoint point) => !IsPersonal(point) ? point : point switch
    {
        InsightsPoint insights => insights with { Query = insights.Query with { Limit = int.MaxValue } },
        FunnelPoint funnel => funnel with { Query = funnel.Query with { Limit = int.MaxValue } },
        RetentionPoint retention => retention with { Query = retention.Query with { Limit = int.MaxValue } },
        FrequencyPoint frequency => frequency with { Query = frequency.Query with { Limit = int.MaxValue } },
        FlowPoint flow => flow with { Query = flow.Query with { Limit = int.MaxValue, Top = int.MaxValue } },
        _ => point,
    };

    private static bool IsOwn(Segment segment, ImmutableArray<Breakdown> breakdowns) =>
        segment == Segment.Overall || (segment != Segment.Other && !breakdowns.Any(breakdown => breakdown.Buckets is AutoBuckets));
}
