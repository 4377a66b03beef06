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
        FunnelPoint funnel => FunnelWords.Of(funnel, cohortName),
        RetentionPoint retention => RetentionWords.Of(retention, cohortName),
        FrequencyPoint frequency => RetentionWords.Of(frequency, cohortName),
        FlowPoint flow => FlowWords.Of(flow, cohortName),
        FlowPathPoint path => FlowWords.Of(path, cohortName),
        _ => throw new InvalidOperationException($"{point.GetType().Name} is not a kind of point."),
    };

    private static string OfInsights(InsightsPoint point, Func<CohortId, string?> cohortName)
    {
        var query = point.Query;
        var metric = query.Metrics[point.Metric];
        if (metric.People is { } people)
        {
            return PredicateWords.People(people, cohortName);
        }

        if (metric.Cohort is { } cohort)
        {
            return $"People who {(point.Bucket is { } end ? $"were, {InBucket(query.Unit, end)}," : "are")} in cohort {PlainWords.Quoted(cohortName(cohort) ?? $"no. {cohort}, deleted")}";
        }

        var when = point.Bucket is { } bucket ? InBucket(query.Unit, bucket) : PlainWords.During(query.Range);
        return $"People who did {PredicateWords.Of(metric.Event!, cohortName)} {when}"
            + QueryWords.Where(query.Filter, cohortName) + BreakdownWords.In(point.Segment, query.Breakdowns, cohortName);
    }

    public static string InBucket(CalendarUnit unit, Instant start) => unit switch
    {
        CalendarUnit.Day => $"on the day from {PlainWords.Of(start)}",
        _ => $"in the {PlainWords.Of(unit)} from {PlainWords.Of(start)}",
    };
}
