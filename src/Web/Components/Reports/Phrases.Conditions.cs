using System.Globalization;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Web.Components.Filters;

namespace Rondo.Web.Components.Reports;

/// <summary>Who is meant: audiences, filters and cohorts.</summary>
internal sealed partial class Phrases
{
    /// <summary>The people of an audience or a filter.</summary>
    public string Of(Predicate where, string english) => IsEnglish ? english : Part(called.In(where));

    /// <summary>The people of a cohort.</summary>
    public string Of(CohortDefinition definition, string english) => IsEnglish ? english : called.In(definition) switch
    {
        FilterCohort filter => Part(filter.Where),
        PointCohort point => words["From a point of a report: {0}", QuestionOf(point.Point)],
        _ => words["A fixed list of people"],
    };

    /// <summary>A condition, or several joined.</summary>
    private string Part(Predicate part) => part switch
    {
        AllPredicate { Of.Length: 0 } => words["Everyone"],
        AllPredicate all => string.Join(words[" and "], all.Of.Select(one => Inner(one, isAny: false))),
        AnyPredicate any => string.Join(words[" or "], any.Of.Select(one => Inner(one, isAny: true))),
        NotPredicate not => words["not: {0}", Part(not.Of)],
        PropertyPredicate property => $"{property.Property} {words[OperatorChoice.Title(property.Operator)]} {string.Join(", ", property.Values.Select(value => value.ToText()))}".TrimEnd(),
        CohortPredicate cohort => words[cohort.IsMember ? "member of {0}" : "not a member of {0}", Quoted(cohort.Cohort)],
        DidPredicate did => OfDid(did),
        FigurePredicate figure => words["{0} of {1} over {2} {3} {4}", words[MetricTitle.KeyOf(figure.Measure)], figure.Property.Property, Of(figure.Event), words["comparison:" + figure.Comparison], figure.Number],
        SequencePredicate sequence => words[sequence.Outcome == SequenceOutcome.Completed ? "did in order: {0}" : "began and did not complete: {0}", string.Join(" → ", sequence.Steps.Select(Of))],
        _ => throw new InvalidOperationException($"{part.GetType().Name} is not a kind of filter."),
    };

    private string Inner(Predicate part, bool isAny) =>
        part is AllPredicate { Of.Length: > 1 } && isAny || part is AnyPredicate { Of.Length: > 1 } && !isAny
            ? $"({Part(part)})"
            : Part(part);

    private string OfDid(DidPredicate did)
    {
        var name = Of(did.Event);
        var during = did.During is null ? words["in the whole history"].Value : Of(did.During);
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

    private string QuestionOf(ReportPoint point) => point switch
    {
        InsightsPoint insights => OfCalled(insights.Query),
        FunnelPoint funnel => OfCalled(funnel.Query),
        RetentionPoint retention => OfCalled(retention.Query),
        FrequencyPoint frequency => OfCalled(frequency.Query),
        FlowPoint flow => OfCalled(flow.Query),
        FlowPathPoint path => OfCalled(path.Query),
        _ => throw new InvalidOperationException($"{point.GetType().Name} is not a point of a report."),
    };
}
