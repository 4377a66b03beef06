using System.Globalization;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components.Pickers;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Components.Reports;

/// <summary>The question in words above a chart.</summary>
internal sealed partial class Phrases
{
    public string? Of(InsightsQuery query, string? english) => IsEnglish ? english : OfCalled(called.In(query));

    public string? Of(FunnelQuery query, string? english) => IsEnglish ? english : OfCalled(called.In(query));

    public string? Of(RetentionQuery query, string? english) => IsEnglish ? english : OfCalled(called.In(query));

    public string? Of(FrequencyQuery query, string? english) => IsEnglish ? english : OfCalled(called.In(query));

    public string? Of(FlowQuery query, string? english) => IsEnglish ? english : OfCalled(called.In(query));

    /// <summary>A metric in lists, legends and tables: "Checkout (Sum of price)". Its events have the names that people read already.</summary>
    public string OfCalled(Metric metric) => metric switch
    {
        { Formula: { } formula } => formula,
        { Cohort: { } cohort } => $"{words["Cohort"]} {Of(cohort)}",
        { People: not null } => words["Users"],
        { Measure: Measure.Uniques, Rolling: null, Cumulative: false } => EventTitle.Of(metric.Event!, words),
        _ => $"{EventTitle.Of(metric.Event!, words)} ({MetricTitle.MeasureOf(metric, words)})",
    };

    private string OfCalled(InsightsQuery query) => words[
        "insights: {0}, by {1}{2}, {3}",
        string.Join(", ", query.Metrics.Select(metric => metric.Event is null ? OfCalled(metric) : $"{Of(metric.Event)} ({MetricTitle.MeasureOf(metric, words)})")),
        Of(query.Unit),
        By(query.Breakdowns) + Where(query.Filter),
        Of(query.Range)];

    private string OfCalled(FunnelQuery query) => words[
        "funnel: {0} within {1}{2}, {3}",
        string.Join(" → ", query.Steps.Select(Of)),
        $"{query.Window.Count.ToString(CultureInfo.CurrentCulture)}{words["window:" + query.Window.Unit]}",
        By(query.Breakdowns) + Where(query.Filter),
        Of(query.Range)];

    private string OfCalled(RetentionQuery query) => words[
        query.Criterion switch
        {
            RetentionCriterion.On => "retention on: {0}, {1}, by {2}{3}, {4}",
            RetentionCriterion.OnOrBefore => "retention on or before: {0}, {1}, by {2}{3}, {4}",
            RetentionCriterion.Streak => "retention streak: {0}, {1}, by {2}{3}, {4}",
            _ => "retention on or after: {0}, {1}, by {2}{3}, {4}",
        },
        Of(query.Birth),
        Of(query.Return),
        Of(query.Unit),
        By(query.Breakdowns) + Where(query.Filter),
        Of(query.Range)];

    private string OfCalled(FrequencyQuery query) => words[
        query.Within == CalendarUnit.Hour ? "frequency in hours: {0}, by {1}{2}, {3}" : "frequency in days: {0}, by {1}{2}, {3}",
        Of(query.Event),
        Of(query.Period),
        By(query.Breakdowns) + Where(query.Filter),
        Of(query.Range)];

    private string OfCalled(FlowQuery query) => words[
        query.StepsAfter > 0 ? "flow after: {0}, {1} steps{2}, {3}" : "flow before: {0}, {1} steps{2}, {3}",
        string.Join(" → ", query.Then.Select(anchor => anchor.Event).Prepend(query.Anchor).Select(Of)),
        query.StepsAfter > 0 ? query.StepsAfter : query.StepsBefore,
        By(query.Breakdowns) + Where(query.Filter),
        Of(query.Range)];

    private string Of(EventSelector selector)
    {
        var name = selector.FirstTime ? words["{0}, first time ever", EventTitle.Of(selector, words)].Value : EventTitle.Of(selector, words);
        return selector.Filter is null ? name : $"{name} ({Part(selector.Filter)})";
    }

    private string By(IReadOnlyList<Breakdown> breakdowns) =>
        breakdowns.Count == 0 ? string.Empty : words[", broken down by {0}", string.Join(", ", breakdowns.Select(Of))];

    private string Of(Breakdown breakdown) =>
        breakdown.IsByCohort ? words["in {0} or not", string.Join(", ", breakdown.Cohorts.Select(Quoted))] : breakdown.Property;

    private string Where(Predicate? filter) => filter is null ? string.Empty : words[", only where {0}", Part(filter)];

    private string Of(CalendarUnit unit) => words[unit.ToString()];

    private string Of(DateRange range) => range switch
    {
        LastRange { Count: 1, Unit: CalendarUnit.Day } => words["only today"],
        LastRange last => words["last {0} {1}", last.Count, words[last.Unit switch { CalendarUnit.Hour => "hours", CalendarUnit.Day => "days", CalendarUnit.Week => "weeks", CalendarUnit.Month => "months", _ => "quarters" }]],
        BetweenRange between => $"{between.From:uuuu-MM-dd} – {between.To:uuuu-MM-dd}",
        SinceRange since => words["since {0}", since.From.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture)],
        _ => string.Empty,
    };
}
