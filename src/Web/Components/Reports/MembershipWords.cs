using Microsoft.Extensions.Localization;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using Rondo.Web.Resources;

namespace Rondo.Web.Components.Reports;

/// <summary>Why somebody belongs to a cohort, in words: the condition, what it comes to, and when it last happened.</summary>
internal static class MembershipWords
{
    public static string Of(ConditionFact fact, Func<CohortId, string?> cohortName, ProjectCalendar calendar, IStringLocalizer<Words> words)
    {
        Predicate condition = fact.IsNegated ? new NotPredicate(fact.Condition) : fact.Condition;
        var text = QuestionWords.IsEnglish ? Wording.Of(condition, cohortName) : ConditionWords.PartOf(condition, words);
        foreach (var more in new[] { FigureOf(fact, words), fact.LastAt is { } last ? words["last {0}", Figures.Moment(last, calendar)].Value : null })
        {
            text = more is null ? text : $"{text} · {more}";
        }

        return text;
    }

    private static string? FigureOf(ConditionFact fact, IStringLocalizer<Words> words) => fact switch
    {
        // "Did not" says it all.
        { Condition: DidPredicate, Figure: 0 } => null,
        { Condition: DidPredicate, Figure: 1 } => words["Once"],
        { Condition: DidPredicate, Figure: { } count } => words["{0} times", Figures.Count((long)count)],
        { Figure: { } figure } => Figures.Number(figure),
        { Condition: PropertyPredicate { Operator: not PropertyOperator.Equals }, Value.IsSet: true } => fact.Value.ToText(),
        _ => null,
    };
}
