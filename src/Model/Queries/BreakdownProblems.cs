using System.Collections.Immutable;
using Rondo.Model.Predicates;

namespace Rondo.Model.Queries;

/// <summary>Says what is wrong with the breakdowns of a report.</summary>
public static class BreakdownProblems
{
    /// <summary>All problems; none when the report can be broken down so.</summary>
    public static IEnumerable<Problem> Of(ImmutableArray<Breakdown> breakdowns, QueryContext context)
    {
        if (breakdowns.IsDefault || breakdowns.Length > QueryLimits.MaximumBreakdowns)
        {
            return [new Problem("breakdowns", $"must be a list of at most {QueryLimits.MaximumBreakdowns}")];
        }

        return breakdowns.SelectMany((breakdown, index) => Of(breakdown, $"breakdowns[{index}]", context));
    }

    private static IEnumerable<Problem> Of(Breakdown? breakdown, string field, QueryContext context)
    {
        if (breakdown is { IsByCohort: true })
        {
            return OfCohorts(breakdown, field);
        }

        if (breakdown is null || string.IsNullOrEmpty(breakdown.Property) || !Enum.IsDefined(breakdown.Source))
        {
            return [new Problem(field, "must name a source (event, user, expression or custom) and a property, or cohorts")];
        }

        return PropertyProblems.Of(breakdown.Source, breakdown.Property, field, context, isOfPerson: false).Concat(OfBuckets(breakdown.Buckets, $"{field}.buckets"));
    }

    private static IEnumerable<Problem> OfCohorts(Breakdown breakdown, string field)
    {
        if (!string.IsNullOrEmpty(breakdown.Property) || breakdown.Buckets is not null)
        {
            yield return new Problem(field, "must be by cohorts or by a property, not both");
        }

        if (breakdown.Cohorts.Length > QueryLimits.MaximumBreakdownCohorts || breakdown.Cohorts.Distinct().Count() < breakdown.Cohorts.Length)
        {
            yield return new Problem($"{field}.cohorts", $"must hold 1 to {QueryLimits.MaximumBreakdownCohorts} different cohorts");
        }
    }

    internal static IEnumerable<Problem> OfBuckets(Bucketing? buckets, string field) => buckets switch
    {
        EvenBuckets even when !double.IsFinite(even.Size) || !double.IsFinite(even.Min) || !double.IsFinite(even.Max) || even.Size <= 0 || even.Max <= even.Min =>
            [new Problem(field, "must have a size above 0 and a max above its min")],
        EvenBuckets even when (even.Max - even.Min) / even.Size > QueryLimits.MaximumEvenBuckets =>
            [new Problem($"{field}.size", $"gives more than {QueryLimits.MaximumEvenBuckets} buckets: choose a larger one")],
        VariedBuckets varied when varied.Breakpoints.IsDefaultOrEmpty || varied.Breakpoints.Length > QueryLimits.MaximumBreakpoints || !IsAscending(varied.Breakpoints) =>
            [new Problem($"{field}.breakpoints", $"must hold 1 to {QueryLimits.MaximumBreakpoints} ascending numbers")],
        DateBuckets date when !Enum.IsDefined(date.Part) =>
            [new Problem($"{field}.part", "must be hour, day, week, month, quarter, year, hourOfDay or dayOfWeek")],
        TextGroups groups when groups.Groups.IsDefaultOrEmpty || groups.Groups.Length > QueryLimits.MaximumTextGroups =>
            [new Problem($"{field}.groups", $"must hold 1 to {QueryLimits.MaximumTextGroups} groups")],
        TextGroups groups => groups.Groups.SelectMany((group, index) => OfGroup(group, $"{field}.groups[{index}]")),
        _ => [],
    };

    private static IEnumerable<Problem> OfGroup(TextGroup? group, string field)
    {
        if (group is null || string.IsNullOrWhiteSpace(group.Name) || group.Values.IsDefaultOrEmpty || group.Values.Any(value => value is null))
        {
            yield return new Problem(field, "must have a name and at least one value");
        }
        else if (group.Match is not (PropertyOperator.Equals or PropertyOperator.Contains or PropertyOperator.StartsWith or PropertyOperator.EndsWith))
        {
            yield return new Problem($"{field}.match", "must be equals, contains, startsWith or endsWith");
        }
    }

    private static bool IsAscending(ImmutableArray<double> numbers) => numbers.All(double.IsFinite) && numbers.Zip(numbers.Skip(1)).All(pair => pair.First < pair.Second);
}
