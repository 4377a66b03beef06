using System.Globalization;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Reports;

/// <summary>Says what is wrong with a point of a report: first the report's own problems, then the point's place in it.</summary>
internal static class PointProblems
{
    public static IReadOnlyList<Problem> Of(ReportPoint point, QueryContext context)
    {
        var ofQuery = point switch
        {
            InsightsPoint { Query: null } or FunnelPoint { Query: null } or RetentionPoint { Query: null } or FrequencyPoint { Query: null } or FlowPoint { Query: null } or FlowPathPoint { Query: null } => [new Problem("query", "is required")],
            InsightsPoint insights => Within(QueryProblems.Of(insights.Query, context)),
            FunnelPoint funnel => Within(QueryProblems.Of(funnel.Query, context)),
            RetentionPoint retention => Within(QueryProblems.Of(retention.Query, context)),
            FrequencyPoint frequency => Within(QueryProblems.Of(frequency.Query, context)),
            FlowPoint flow => Within(QueryProblems.Of(flow.Query, context)),
            FlowPathPoint path => Within(QueryProblems.Of(path.Query, context)),
            _ => throw new InvalidOperationException($"{point.GetType().Name} is not a kind of point."),
        };
        return ofQuery.Count > 0 ? ofQuery : [.. OfPlace(point)];
    }

    private static List<Problem> Within(IReadOnlyList<Problem> problems) => [.. problems.Select(problem => problem with { Field = $"query.{problem.Field}" })];

    private static IEnumerable<Problem> OfPlace(ReportPoint point)
    {
        switch (point)
        {
            case InsightsPoint insights when insights.Metric < 0 || insights.Metric >= insights.Query.Metrics.Length:
                yield return new Problem("metric", $"must be 0 to {insights.Query.Metrics.Length - 1}");
                break;
            case InsightsPoint insights when insights.Query.Metrics[insights.Metric].IsFormula:
                yield return new Problem("metric", "must not be a formula: there are no people behind it");
                break;
            case FunnelPoint funnel:
                var firstStep = funnel.Outcome == FunnelOutcome.DroppedOff ? 1 : 0;
                if (!Enum.IsDefined(funnel.Outcome))
                {
                    yield return new Problem("outcome", "must be converted or droppedOff");
                }

                if (funnel.Step < firstStep || funnel.Step >= funnel.Query.Steps.Length)
                {
                    yield return new Problem("step", $"must be {firstStep} to {funnel.Query.Steps.Length - 1}");
                }

                if (funnel.Interval is not null && funnel.Query.TrendUnit is null)
                {
                    yield return new Problem("interval", "must be left out: the query asks for no trend");
                }

                if (funnel.TimeBucket is { } bucket && (funnel.Query.TimeToConvert is null || bucket < 0 || bucket >= TimeToConvertBuckets.Edges.Length))
                {
                    yield return new Problem("timeBucket", $"must be 0 to {TimeToConvertBuckets.Edges.Length - 1}, of a query that asks for the time to convert");
                }

                break;
            case RetentionPoint retention:
                if (!Enum.IsDefined(retention.Outcome))
                {
                    yield return new Problem("outcome", "must be retained, notRetained or born");
                }

                if (retention.Bucket < 0 || retention.Bucket >= retention.Query.BucketCount())
                {
                    yield return new Problem("bucket", $"must be 0 to {retention.Query.BucketCount() - 1}");
                }

                break;
            case FlowPathPoint path when path.Nodes.IsDefaultOrEmpty || path.Query.TopPaths == 0:
                yield return new Problem("nodes", "must be a path that the report lists");
                break;
            case FrequencyPoint { Count: < 1 }:
                yield return new Problem("count", "must be 1 or more");
                break;
            case FlowPoint flow:
                foreach (var problem in OfNode(flow.Node, flow.Query, "node").Concat(flow.To is { } to ? OfNode(to, flow.Query, "to") : []))
                {
                    yield return problem;
                }

                if (flow.To is { } end && end.Column <= flow.Node.Column)
                {
                    yield return new Problem("to.column", "must be after the node's column");
                }

                break;
        }

        if (SegmentOf(point) is { } segment && !IsSegment(segment))
        {
            yield return new Problem("segment", "must be overall, notSet, other, value, inCohort or notInCohort with its value, or combination with its parts");
        }
    }

    private static bool IsSegment(Segment segment) => segment.Kind switch
    {
        SegmentKind.Value => segment.Value is not null,
        SegmentKind.InCohort or SegmentKind.NotInCohort => int.TryParse(segment.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        SegmentKind.Combination => !segment.Parts.IsDefaultOrEmpty && segment.Parts.All(part =>
            part.Kind is SegmentKind.Value or SegmentKind.NotSet or SegmentKind.InCohort or SegmentKind.NotInCohort && IsSegment(new Segment(part.Kind, part.Value))),
        _ => Enum.IsDefined(segment.Kind),
    };

    private static Segment? SegmentOf(ReportPoint point) => point switch
    {
        InsightsPoint insights => insights.Segment,
        FunnelPoint funnel => funnel.Segment,
        RetentionPoint retention => retention.Segment,
        FrequencyPoint frequency => frequency.Segment,
        FlowPoint flow => flow.Segment,
        _ => null,
    };

    private static IEnumerable<Problem> OfNode(FlowNodeKey node, FlowQuery query, string field)
    {
        if (node.Column < -query.StepsBefore || node.Column > query.LastColumn())
        {
            yield return new Problem($"{field}.column", $"must be {-query.StepsBefore} to {query.LastColumn()}");
        }

        var isAnchorColumn = query.AnchorColumns().Contains(node.Column);
        var isAllowed = node.Kind == FlowNodeKind.DropOff ? node.Column != 0 : Enum.IsDefined(node.Kind) && (node.Kind == FlowNodeKind.Anchor) == isAnchorColumn;
        if (!isAllowed)
        {
            yield return new Problem($"{field}.kind", "must be anchor (or, after the first, dropOff) in the column of an anchor, and event, other or dropOff elsewhere");
        }

        if (node.Kind == FlowNodeKind.Event && string.IsNullOrEmpty(node.Event))
        {
            yield return new Problem($"{field}.event", "must be the event's name");
        }
    }
}
