using Rondo.Analytics.Reports;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Analytics.Cohorts;

/// <summary>Says what is wrong with a cohort that somebody wants to make or change.</summary>
internal static class CohortProblems
{
    private const int MaximumNameLength = 200;
    private const int MaximumDescriptionLength = 2000;

    public static IEnumerable<Problem> OfText(string? name, string? description)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaximumNameLength)
        {
            yield return new Problem("name", $"must be 1 to {MaximumNameLength} characters");
        }

        if (description is null || description.Length > MaximumDescriptionLength)
        {
            yield return new Problem("description", $"must be at most {MaximumDescriptionLength} characters");
        }
    }

    public static IEnumerable<Problem> OfDefinition(CohortDefinition? definition, QueryContext context) => definition switch
    {
        null => [new Problem("definition", "is required")],
        FilterCohort { Where: null } => [new Problem("definition.where", "is required")],
        FilterCohort filter => PersonFilterProblems.Of(filter.Where, "definition.where", context),
        PointCohort { Point: null } => [new Problem("definition.point", "is required")],
        PointCohort point => PointProblems.Of(point.Point, context).Select(problem => problem with { Field = $"definition.point.{problem.Field}" }),
        _ => [new Problem("definition.kind", "must be filter or point: a static cohort is made from people")],
    };

    /// <summary>Whether following the definitions from <paramref name="start"/> leads back to <paramref name="cohort"/>.</summary>
    public static bool Leads(IEnumerable<CohortId> start, CohortId cohort, IReadOnlyDictionary<CohortId, CohortDefinition> definitions)
    {
        var seen = new HashSet<CohortId>();
        var ahead = new Stack<CohortId>(start);
        while (ahead.TryPop(out var next))
        {
            if (next == cohort)
            {
                return true;
            }

            if (seen.Add(next) && definitions.TryGetValue(next, out var definition))
            {
                foreach (var reference in CohortReferences.Of(definition))
                {
                    ahead.Push(reference);
                }
            }
        }

        return false;
    }
}

/// <summary>Says what is wrong with a filter on persons, the days of its "did" included.</summary>
internal static class PersonFilterProblems
{
    private const int MaximumCount = 3660;

    public static IReadOnlyList<Problem> Of(Predicate? where, string field, QueryContext context)
    {
        var problems = PredicateProblems.OfPersonFilter(where, field, context).ToList();
        return problems.Count > 0 ? problems : [.. OfDays(where, field, context)];
    }

    private static IEnumerable<Problem> OfDays(Predicate? predicate, string field, QueryContext context) => predicate switch
    {
        AllPredicate all => all.Of.SelectMany((part, index) => OfDays(part, $"{field}.of[{index}]", context)),
        AnyPredicate any => any.Of.SelectMany((part, index) => OfDays(part, $"{field}.of[{index}]", context)),
        NotPredicate not => OfDays(not.Of, $"{field}.of", context),
        DidPredicate did when !Enum.IsDefined(did.Comparison) => [new Problem($"{field}.comparison", "must be atLeast, atMost or exactly")],
        DidPredicate did => OfDuring(did.During, field, context),
        FigurePredicate figure => OfDuring(figure.During, field, context),
        SequencePredicate sequence => OfDuring(sequence.During, field, context),
        _ => [],
    };

    private static IEnumerable<Problem> OfDuring(DateRange? during, string field, QueryContext context) => during switch
    {
        LastRange last when last.Count is < 1 or > MaximumCount || !Enum.IsDefined(last.Unit) =>
            [new Problem($"{field}.during", $"must be the last 1 to {MaximumCount} hours, days, weeks, months or quarters")],
        BetweenRange between when between.To < between.From || between.From.Year < 1971 || between.To.Year > 2200 =>
            [new Problem($"{field}.during", "must run forward, between 1971 and 2200")],
        SinceRange since when since.From.Year < 1971 || since.From > context.Calendar.DateOf(context.Now) =>
            [new Problem($"{field}.during.from", "must lie between 1971 and today")],
        _ => [],
    };
}
