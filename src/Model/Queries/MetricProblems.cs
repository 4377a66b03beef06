using System.Collections.Immutable;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>Says what is wrong with the metrics of an Insights report.</summary>
internal static class MetricProblems
{
    public static IEnumerable<Problem> Of(InsightsQuery query, QueryContext context) => query.Metrics.IsDefaultOrEmpty || query.Metrics.Length > QueryLimits.MaximumMetrics
        ? [new Problem("metrics", $"must hold 1 to {QueryLimits.MaximumMetrics} metrics")]
        : query.Metrics.SelectMany((metric, index) => metric is null ? [new Problem($"metrics[{index}]", "must not be null")] : Of(metric, $"metrics[{index}]", query, context));

    private static IEnumerable<Problem> Of(Metric metric, string field, InsightsQuery query, QueryContext context)
    {
        var given = (metric.Event is null ? 0 : 1) + (metric.IsFormula ? 1 : 0) + (metric.Cohort is null ? 0 : 1) + (metric.People is null ? 0 : 1);
        var ofSubject = given switch
        {
            0 => [new Problem($"{field}.event", "is required, unless there is a formula, a cohort or people")],
            > 1 => [new Problem(field, "must be one of event, formula, cohort and people")],
            _ when metric.IsFormula => OfFormula(metric.Formula!, $"{field}.formula", query.Metrics),
            _ when metric.People is not null => PredicateProblems.OfPersonFilter(metric.People, $"{field}.people", context),
            _ when metric.Cohort is not null => [],
            _ => SelectorProblems.Of(metric.Event, $"{field}.event", context),
        };
        return ofSubject.Concat(OfMeasure(metric, field, query.Unit, context)).Concat(OfAnalysis(metric, field));
    }

    private static IEnumerable<Problem> OfFormula(string text, string field, ImmutableArray<Metric> metrics)
    {
        var formula = Formula.Parse(text);
        if (!formula.IsAccepted)
        {
            return [new Problem(field, formula.Problems[0].Rule)];
        }

        return formula.Value.Metrics
            .Where(metric => metric >= metrics.Length || metrics[metric] is null or { IsFormula: true })
            .Take(1)
            .Select(metric => new Problem(field, metric >= metrics.Length ? $"there is no metric {Formula.LetterOf(metric)}" : $"{Formula.LetterOf(metric)} is a formula itself"));
    }

    private static IEnumerable<Problem> OfMeasure(Metric metric, string field, CalendarUnit unit, QueryContext context)
    {
        if (!Enum.IsDefined(metric.Measure))
        {
            yield return new Problem($"{field}.measure", $"must be {string.Join(", ", Enum.GetNames<Measure>().SkipLast(1).Select(CamelCase))} or {CamelCase(nameof(Measure.DistinctValues))}");
            yield break;
        }

        if (metric.Measure is Measure.DailyActive or Measure.WeeklyActive or Measure.MonthlyActive && unit == CalendarUnit.Hour)
        {
            yield return new Problem($"{field}.measure", "looks at whole days: choose a unit of a day or more");
        }

        if (metric.PerPerson is { } inner && (!Enum.IsDefined(inner) || metric.Measure is < Measure.Sum or > Measure.Maximum || metric.Event is null))
        {
            yield return new Problem($"{field}.perPerson", "must be count, sum, average, minimum, maximum or distinctValues of an event, with a measure from sum to maximum");
        }

        if (metric.People is not null && metric.Measure is > Measure.Uniques and < Measure.Sum)
        {
            yield return new Problem($"{field}.measure", "of people must be uniques, or a measure of a property");
        }

        if (metric.PersonSegment != PersonSegment.All && (!Enum.IsDefined(metric.PersonSegment) || metric.Measure != Measure.Uniques))
        {
            yield return new Problem($"{field}.personSegment", "must be all, first or last, and first and last are for uniques");
        }

        if (metric.Measure == Measure.Percentile != metric.Percentile is not null || metric.Percentile is not (null or (>= 0 and <= 100)))
        {
            yield return new Problem($"{field}.percentile", "must be 0 to 100, for the measure percentile and for no other");
        }

        foreach (var problem in OfProperty(metric, field, context))
        {
            yield return problem;
        }
    }

    private static IEnumerable<Problem> OfProperty(Metric metric, string field, QueryContext context)
    {
        if (metric is { IsFormula: false, Cohort: null } && metric.NeedsProperty != metric.Property is not null)
        {
            return [new Problem($"{field}.property", metric.NeedsProperty ? "is required for this measure" : "has no place in this measure")];
        }

        return metric.Property is { } property ? PropertyProblems.Of(property.Source, property.Property, $"{field}.property", context, metric.People is not null) : [];
    }

    private static IEnumerable<Problem> OfAnalysis(Metric metric, string field)
    {
        if (metric.Rolling is < 2 or > QueryLimits.MaximumRolling)
        {
            yield return new Problem($"{field}.rolling", $"must be 2 to {QueryLimits.MaximumRolling} buckets");
        }

        if (metric.Rolling is not null && (metric.Cumulative || metric.Measure == Measure.CumulativeUniques || metric.Cohort is not null || metric.People is not null))
        {
            yield return new Problem($"{field}.rolling", "cannot be taken of a running sum, a cohort or people");
        }
    }

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
