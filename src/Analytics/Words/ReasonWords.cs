using System.Globalization;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Words;

/// <summary>Why somebody belongs to a cohort, in words: the condition, and what it comes to.</summary>
internal static class ReasonWords
{
    public static string Of(ConditionFact fact, Func<CohortId, string?> cohortName)
    {
        var condition = PredicateWords.Of(fact.IsNegated ? new NotPredicate(fact.Condition) : fact.Condition, cohortName);
        return FigureOf(fact) is { } figure ? $"{condition}: {figure}" : condition;
    }

    private static string? FigureOf(ConditionFact fact) => fact switch
    {
        { Condition: DidPredicate, Figure: { } count } => PlainWords.Plural((int)Math.Min(count, int.MaxValue), "time"),
        { Figure: { } figure } => figure.ToString("#,0.######", CultureInfo.InvariantCulture),
        { Condition: PropertyPredicate { Operator: not PropertyOperator.Equals }, Value.IsSet: true } => PlainWords.Quoted(fact.Value.ToText() ?? string.Empty),
        _ => null,
    };
}
