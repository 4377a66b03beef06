using NodaTime;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Analytics.Words;

/// <summary>The people behind one point of a report, in words.</summary>
internal static class PointWords
{
    public static string Of(ReportPoint point, Func<CohortId, string?> cohortName) => point switch
    {
        InsightsPoint insights => OfInsights(insights, cohortName),
        FunnelPoint funnel => OfFunnel(funnel, cohortName),
        RetentionPoint retention => OfRetention(retention, cohortName),
        FlowPoint flow => OfFlow(flow, cohortName),
        _ => throw new InvalidOperationException($"{point.GetType().Name} is not a kind of point."),
    };

    private static string OfInsights(InsightsPoint point, Func<CohortId, string?> cohortName)
    {
        var query = point.Query;
        var when = point.Bucket is { } bucket ? InBucket(query.Unit, bucket) : PlainWords.During(query.Range);
        return $"People who did {PredicateWords.Of(query.Metrics[point.Metric].Event, cohortName)} {when}"
            + QueryWords.Where(query.Filter, cohortName) + BreakdownWords.In(point.Segment, query.Breakdowns, cohortName);
    }

    private static string OfFunnel(FunnelPoint point, Func<CohortId, string?> cohortName)
    {
        var query = point.Query;
        var reached = point.Outcome == FunnelOutcome.Converted ? point.Step : point.Step - 1;
        var steps = query.Steps.Select(step => PredicateWords.Of(step, cohortName)).ToList();
        var done = string.Join(", then ", steps.Take(reached + 1));
        var dropped = point.Outcome == FunnelOutcome.DroppedOff ? $", and did not go on to {steps[point.Step]}" : string.Empty;
        var window = query.Steps.Length > 1 && (reached > 0 || dropped.Length > 0) ? $" {PlainWords.Of(query.Window)}" : string.Empty;
        return $"People who did {done}{dropped}{window}, entering {PlainWords.During(query.Range)}"
            + QueryWords.Where(query.Filter, cohortName) + BreakdownWords.In(point.Segment, query.Breakdowns, cohortName);
    }

    private static string OfRetention(RetentionPoint point, Func<CohortId, string?> cohortName)
    {
        var query = point.Query;
        var unit = PlainWords.Of(query.Unit);
        var born = $"did {PredicateWords.Of(query.Birth, cohortName)}{(query.BirthKind == RetentionBirth.FirstEver ? " for the first time ever" : string.Empty)} "
            + (point.Row is { } row ? InBucket(query.Unit, row) : PlainWords.During(query.Range));
        var back = PredicateWords.Of(query.Return, cohortName);
        var when = $"in {unit} {point.Bucket} after{(query.Criterion == RetentionCriterion.OnOrAfter ? " or later" : string.Empty)}";
        var outcome = point.Outcome switch
        {
            RetentionOutcome.Retained => $" and did {back} {when}",
            RetentionOutcome.NotRetained => $" and did not do {back} {when}",
            _ => string.Empty,
        };
        return $"People who {born}{outcome}" + QueryWords.Where(query.Filter, cohortName) + BreakdownWords.In(point.Segment, query.Breakdowns, cohortName);
    }

    private static string OfFlow(FlowPoint point, Func<CohortId, string?> cohortName)
    {
        var query = point.Query;
        var path = point.To is { } to ? $"{NodeWords(point.Node)}, then {NodeWords(to)}" : NodeWords(point.Node);
        var anchor = $"People who did {PredicateWords.Of(query.Anchor, cohortName)} {PlainWords.During(query.Range)}";
        return (point.Node.Column == 0 && point.To is null ? anchor : $"{anchor}, with {path}") + QueryWords.Where(query.Filter, cohortName);
    }

    private static string NodeWords(FlowNodeKey node)
    {
        var what = node.Kind switch
        {
            FlowNodeKind.Event => PlainWords.Quoted(node.Event!),
            FlowNodeKind.Other => "another event",
            FlowNodeKind.DropOff => "no further event",
            _ => "the event itself",
        };
        return node.Column switch
        {
            0 => what,
            > 0 => $"{what} as step {node.Column} after",
            _ => $"{what} as step {-node.Column} before",
        };
    }

    private static string InBucket(CalendarUnit unit, Instant start) => unit switch
    {
        CalendarUnit.Day => $"on the day from {PlainWords.Of(start)}",
        _ => $"in the {PlainWords.Of(unit)} from {PlainWords.Of(start)}",
    };
}
