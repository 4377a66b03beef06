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
        var metrics = query.Metrics.Select(metric => metric.Measure == Measure.Uniques
            ? $"how many people did {PredicateWords.Of(metric.Event, cohortName)}"
            : $"how many times {PredicateWords.Of(metric.Event, cohortName)} happened");
        return PlainWords.Capitalised(PlainWords.Joined([.. metrics], "and"))
            + $", each {PlainWords.Of(query.Unit)}{Where(query.Filter, cohortName)}{By(query.Breakdowns, cohortName)}, {PlainWords.Of(query.Range)}";
    }

    public static string Of(FunnelQuery query, Func<CohortId, string?> cohortName)
    {
        var steps = query.Steps.Select(step => PredicateWords.Of(step, cohortName)).ToList();
        return $"Of people who did {steps[0]}, how many did {string.Join(", then ", steps.Skip(1))} {PlainWords.Of(query.Window)}{Best(query.ReEntry)}"
            + $"{Where(query.Filter, cohortName)}{By(query.Breakdowns, cohortName)}, {PlainWords.Of(query.Range)}";
    }

    public static string Of(RetentionQuery query, Func<CohortId, string?> cohortName)
    {
        var unit = PlainWords.Of(query.Unit);
        var birth = PredicateWords.Of(query.Birth, cohortName) + (query.BirthKind == RetentionBirth.FirstEver ? " for the first time ever" : string.Empty);
        var criterion = query.Criterion == RetentionCriterion.On ? $"in the 1st, 2nd, 3rd … {unit} after" : $"in the 1st, 2nd, 3rd … {unit} after, or later";
        var alignment = query.Alignment == RetentionAlignment.Calendar ? $" (calendar {unit}s)" : string.Empty;
        return $"Of people who did {birth}, how many came back and did {PredicateWords.Of(query.Return, cohortName)} {criterion}{alignment}"
            + $"{Where(query.Filter, cohortName)}{By(query.Breakdowns, cohortName)}, {PlainWords.Of(query.Range)}";
    }

    public static string Of(FlowQuery query, Func<CohortId, string?> cohortName)
    {
        var anchor = PredicateWords.Of(query.Anchor, cohortName);
        var sides = new List<string>();
        if (query.StepsBefore > 0)
        {
            sides.Add($"{PlainWords.Plural(query.StepsBefore, "step")} before");
        }

        if (query.StepsAfter > 0)
        {
            sides.Add($"{PlainWords.Plural(query.StepsAfter, "step")} after");
        }

        var hidden = query.Hidden.Length == 0 ? string.Empty : $", without {PlainWords.Joined([.. query.Hidden.Select(PlainWords.Quoted)], "and")}";
        return $"What people do in the {PlainWords.Joined(sides, "and")} {anchor} {PlainWords.Of(query.Window)}{Where(query.Filter, cohortName)}{hidden}, {PlainWords.Of(query.Range)}";
    }

    public static string Where(Predicate? filter, Func<CohortId, string?> cohortName) =>
        PredicateWords.IsEmpty(filter) ? string.Empty : $", where {PredicateWords.Of(filter!, cohortName)}";

    private static string By(ImmutableArray<Breakdown> breakdowns, Func<CohortId, string?> cohortName) =>
        breakdowns.Length == 0 ? string.Empty : $", by {PlainWords.Joined([.. breakdowns.Select(breakdown => BreakdownWords.Of(breakdown, cohortName))], "and")}";

    private static string Best(ReEntry reEntry) => reEntry == ReEntry.Optimized ? " (best attempt)" : string.Empty;
}
