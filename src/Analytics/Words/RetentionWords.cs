using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Words;

/// <summary>Retention and its frequency view, and the people of their cells, in words.</summary>
internal static class RetentionWords
{
    public static string Of(RetentionQuery query, Func<CohortId, string?> cohortName)
    {
        var unit = PlainWords.Of(query.Unit);
        var places = query.Brackets.IsEmpty ? $"in the 1st, 2nd, 3rd … {unit} after" : $"in {PlainWords.Joined([.. Enumerable.Range(0, query.BucketCount()).Select(bucket => Bucket(query, bucket))], "and")} after";
        var criterion = query.Criterion switch
        {
            RetentionCriterion.OnOrAfter => $"{places}, or later",
            RetentionCriterion.OnOrBefore => $"{places}, or before",
            RetentionCriterion.Streak => $"{places}, without a break",
            _ => places,
        };
        var alignment = query.Alignment == RetentionAlignment.Calendar ? $" (calendar {unit}s)" : string.Empty;
        var sum = query.SumProperty is { } property ? $", with the sum of {PlainWords.Quoted(property)}" : string.Empty;
        var on = query.BreakdownOn == RetentionEvent.Return && !query.Breakdowns.IsEmpty ? " of the return" : string.Empty;
        return $"Of people who did {Birth(query, cohortName)}, how many came back and did {PredicateWords.Of(query.Return, cohortName)} {criterion}{alignment}{sum}"
            + $"{QueryWords.Where(query.Filter, cohortName)}{QueryWords.By(query.Breakdowns, cohortName)}{on}, {PlainWords.Of(query.Range)}";
    }

    public static string Of(RetentionPoint point, Func<CohortId, string?> cohortName)
    {
        var query = point.Query;
        var born = $"did {Birth(query, cohortName)} "
            + (point.Row is { } row ? PointWords.InBucket(query.Unit, row) : PlainWords.During(query.Range));
        var back = PredicateWords.Of(query.Return, cohortName);
        var when = $"in {Bucket(query, point.Bucket)} after" + query.Criterion switch
        {
            RetentionCriterion.OnOrAfter => " or later",
            RetentionCriterion.OnOrBefore => " or before",
            RetentionCriterion.Streak => " and in each before it",
            _ => string.Empty,
        };
        var outcome = point.Outcome switch
        {
            RetentionOutcome.Retained => $" and did {back} {when}",
            RetentionOutcome.NotRetained => $" and did not do {back} {when}",
            _ => string.Empty,
        };
        return $"People who {born}{outcome}" + QueryWords.Where(query.Filter, cohortName) + BreakdownWords.In(point.Segment, query.Breakdowns, cohortName);
    }

    public static string Of(FrequencyQuery query, Func<CohortId, string?> cohortName) =>
        $"On how many {PlainWords.Of(query.Within)}s of a {PlainWords.Of(query.Period)} people did {PredicateWords.Of(query.Event, cohortName)}"
        + $"{QueryWords.Where(query.Filter, cohortName)}{QueryWords.By(query.Breakdowns, cohortName)}, {PlainWords.Of(query.Range)}";

    public static string Of(FrequencyPoint point, Func<CohortId, string?> cohortName)
    {
        var query = point.Query;
        var comparison = query.Comparison == CountComparison.Exactly ? "exactly" : "at least";
        return $"People who did {PredicateWords.Of(query.Event, cohortName)} on {comparison} {PlainWords.Plural(point.Count, PlainWords.Of(query.Within))} {PointWords.InBucket(query.Period, point.Row)}"
            + QueryWords.Where(query.Filter, cohortName) + BreakdownWords.In(point.Segment, query.Breakdowns, cohortName);
    }

    private static string Birth(RetentionQuery query, Func<CohortId, string?> cohortName) => PredicateWords.Of(query.Birth, cohortName) + query.BirthKind switch
    {
        RetentionBirth.FirstEver => " for the first time ever",
        RetentionBirth.FirstInRange => " for the first time",
        _ => string.Empty,
    };

    /// <summary>"week 3", or "week 3 to 5".</summary>
    private static string Bucket(RetentionQuery query, int bucket)
    {
        var edges = query.BucketEdges();
        var unit = PlainWords.Of(query.Unit);
        return edges[bucket + 1] - edges[bucket] == 1 ? $"{unit} {edges[bucket]}" : $"{unit} {edges[bucket]} to {edges[bucket + 1] - 1}";
    }
}
