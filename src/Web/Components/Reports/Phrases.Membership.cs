using Rondo.Analytics.Contracts;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Web.Components.Reports;

/// <summary>Why somebody belongs to a cohort: the condition, what it comes to, and when it last happened.</summary>
internal sealed partial class Phrases
{
    public string Of(ConditionFact fact, ProjectCalendar calendar)
    {
        var condition = called.In<Predicate>(fact.IsNegated ? new NotPredicate(fact.Condition) : fact.Condition);
        var text = IsEnglish ? Wording.Of(condition, cohorts.GetValueOrDefault) : Part(condition);
        foreach (var more in new[] { FigureOf(fact), fact.LastAt is { } last ? words["last {0}", Figures.Moment(last, calendar)].Value : null })
        {
            text = more is null ? text : $"{text} · {more}";
        }

        return text;
    }

    private string? FigureOf(ConditionFact fact) => fact switch
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
