using System.Globalization;
using Microsoft.Extensions.Localization;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Web.Components.Filters;
using Rondo.Web.Resources;

namespace Rondo.Web.Components.Reports;

/// <summary>Who is meant, in words. In English it is the sentence of the analytics half; in other languages it is built here, by meaning.</summary>
internal static class ConditionWords
{
    /// <summary>The people of an audience or a filter.</summary>
    public static string Of(Predicate where, string english, IStringLocalizer<Words> words) =>
        QuestionWords.IsEnglish ? english : PartOf(where, words);

    /// <summary>The people of a cohort.</summary>
    public static string Of(CohortDefinition definition, string english, IStringLocalizer<Words> words) => QuestionWords.IsEnglish ? english : definition switch
    {
        FilterCohort filter => PartOf(filter.Where, words),
        PointCohort point => words["From a point of a report: {0}", QuestionOf(point.Point, words) ?? string.Empty],
        _ => words["A fixed list of people"],
    };

    /// <summary>A condition, or several joined.</summary>
    public static string PartOf(Predicate part, IStringLocalizer<Words> words) => part switch
    {
        AllPredicate { Of.Length: 0 } => words["Everyone"],
        AllPredicate all => string.Join(words[" and "], all.Of.Select(one => Inner(one, words, isAny: false))),
        AnyPredicate any => string.Join(words[" or "], any.Of.Select(one => Inner(one, words, isAny: true))),
        NotPredicate not => words["not: {0}", PartOf(not.Of, words)],
        PropertyPredicate property => $"{property.Property} {words[OperatorChoice.Title(property.Operator)]} {string.Join(", ", property.Values.Select(value => value.ToText()))}".TrimEnd(),
        CohortPredicate cohort => $"{words[cohort.IsMember ? "In cohort" : "Not in cohort"]} #{cohort.Cohort}",
        DidPredicate did => OfDid(did, words),
        FigurePredicate figure => words["{0} of {1} over {2} {3} {4}", words[MetricTitle.KeyOf(figure.Measure)], figure.Property.Property, QuestionWords.NameOf(figure.Event, words), words["comparison:" + figure.Comparison], figure.Number],
        SequencePredicate sequence => words[sequence.Outcome == SequenceOutcome.Completed ? "did in order: {0}" : "began and did not complete: {0}", string.Join(" → ", sequence.Steps.Select(step => QuestionWords.NameOf(step, words)))],
        _ => throw new InvalidOperationException($"{part.GetType().Name} is not a kind of filter."),
    };

    private static string Inner(Predicate part, IStringLocalizer<Words> words, bool isAny) =>
        part is AllPredicate { Of.Length: > 1 } && isAny || part is AnyPredicate { Of.Length: > 1 } && !isAny
            ? $"({PartOf(part, words)})"
            : PartOf(part, words);

    private static string OfDid(DidPredicate did, IStringLocalizer<Words> words)
    {
        var name = QuestionWords.NameOf(did.Event, words);
        var during = did.During is null ? words["in the whole history"].Value : QuestionWords.RangeOf(did.During, words);
        var count = did.Count.ToString("N0", CultureInfo.CurrentCulture);
        return (did.Comparison, did.Count) switch
        {
            (CountComparison.AtLeast, 1) => words["did {0}, {1}", name, during],
            (CountComparison.Exactly, 0) or (CountComparison.AtMost, 0) => words["did not do {0}, {1}", name, during],
            (CountComparison.AtLeast, _) => words["did {0} at least {2} times, {1}", name, during, count],
            (CountComparison.AtMost, _) => words["did {0} at most {2} times, {1}", name, during, count],
            _ => words["did {0} exactly {2} times, {1}", name, during, count],
        };
    }

    private static string? QuestionOf(ReportPoint point, IStringLocalizer<Words> words) => point switch
    {
        InsightsPoint insights => QuestionWords.Of(insights.Query, null, words),
        FunnelPoint funnel => QuestionWords.Of(funnel.Query, null, words),
        RetentionPoint retention => QuestionWords.Of(retention.Query, null, words),
        FlowPoint flow => QuestionWords.Of(flow.Query, null, words),
        _ => null,
    };
}
