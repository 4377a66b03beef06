using System.Collections.Immutable;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Words;

/// <summary>The four questions in words, as they stand above a chart.</summary>
internal static class QueryWords
{
    public static string Of(InsightsQuery query, Func<CohortId, string?> cohortName)
    {
        var metrics = query.Metrics.Select(metric => MetricWords.Of(metric, cohortName));
        return PlainWords.Capitalised(PlainWords.Joined([.. metrics], "and"))
            + $", each {PlainWords.Of(query.Unit)}{Where(query.Filter, cohortName)}{By(query.Breakdowns, cohortName)}, {PlainWords.Of(query.Range)}{MetricWords.ComparedWith(query.Past)}";
    }

    public static string Where(Predicate? filter, Func<CohortId, string?> cohortName) =>
        PredicateWords.IsEmpty(filter) ? string.Empty : $", where {PredicateWords.Of(filter!, cohortName)}";

    public static string By(ImmutableArray<Breakdown> breakdowns, Func<CohortId, string?> cohortName) =>
        breakdowns.Length == 0 ? string.Empty : $", by {PlainWords.Joined([.. breakdowns.Select(breakdown => BreakdownWords.Of(breakdown, cohortName))], "and")}";
}
