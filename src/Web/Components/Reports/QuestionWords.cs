using System.Globalization;
using Microsoft.Extensions.Localization;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components.Pickers;
using Rondo.Web.Resources;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Components.Reports;

/// <summary>
/// The question in words above a chart. In English it is the sentence of the analytics half, which the API gives too; in
/// other languages the sentence is built here, by meaning.
/// </summary>
internal static class QuestionWords
{
    public static string? Of(InsightsQuery query, string? english, IStringLocalizer<Words> words) => IsEnglish ? english : words[
        "insights: {0}, by {1}{2}, {3}",
        string.Join(", ", query.Metrics.Select(metric => metric.Event is null ? MetricTitle.Of(metric, words) : $"{NameOf(metric.Event, words)} ({MetricTitle.MeasureOf(metric, words)})")),
        UnitOf(query.Unit, words),
        ByOf(query.Breakdowns, words) + FilterOf(query.Filter, words),
        RangeOf(query.Range, words)];

    public static string? Of(FunnelQuery query, string? english, IStringLocalizer<Words> words) => IsEnglish ? english : words[
        "funnel: {0} within {1}{2}, {3}",
        string.Join(" → ", query.Steps.Select(step => NameOf(step, words))),
        $"{query.Window.Count.ToString(CultureInfo.CurrentCulture)}{words["window:" + query.Window.Unit]}",
        ByOf(query.Breakdowns, words) + FilterOf(query.Filter, words),
        RangeOf(query.Range, words)];

    public static string? Of(RetentionQuery query, string? english, IStringLocalizer<Words> words) => IsEnglish ? english : words[
        query.Criterion switch
        {
            RetentionCriterion.On => "retention on: {0}, {1}, by {2}{3}, {4}",
            RetentionCriterion.OnOrBefore => "retention on or before: {0}, {1}, by {2}{3}, {4}",
            RetentionCriterion.Streak => "retention streak: {0}, {1}, by {2}{3}, {4}",
            _ => "retention on or after: {0}, {1}, by {2}{3}, {4}",
        },
        NameOf(query.Birth, words),
        NameOf(query.Return, words),
        UnitOf(query.Unit, words),
        ByOf(query.Breakdowns, words) + FilterOf(query.Filter, words),
        RangeOf(query.Range, words)];

    public static string? Of(FrequencyQuery query, string? english, IStringLocalizer<Words> words) => IsEnglish ? english : words[
        query.Within == CalendarUnit.Hour ? "frequency in hours: {0}, by {1}{2}, {3}" : "frequency in days: {0}, by {1}{2}, {3}",
        NameOf(query.Event, words),
        UnitOf(query.Period, words),
        ByOf(query.Breakdowns, words) + FilterOf(query.Filter, words),
        RangeOf(query.Range, words)];

    public static string? Of(FlowQuery query, string? english, IStringLocalizer<Words> words) => IsEnglish ? english : words[
        query.StepsAfter > 0 ? "flow after: {0}, {1} steps{2}, {3}" : "flow before: {0}, {1} steps{2}, {3}",
        string.Join(" → ", query.Then.Select(anchor => anchor.Event).Prepend(query.Anchor).Select(selector => NameOf(selector, words))),
        query.StepsAfter > 0 ? query.StepsAfter : query.StepsBefore,
        ByOf(query.Breakdowns, words) + FilterOf(query.Filter, words),
        RangeOf(query.Range, words)];

    internal static bool IsEnglish => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";

    internal static string NameOf(EventSelector selector, IStringLocalizer<Words> words)
    {
        var name = selector.FirstTime ? words["{0}, first time ever", EventTitle.Of(selector, words)].Value : EventTitle.Of(selector, words);
        return selector.Filter is null ? name : $"{name} ({ConditionWords.PartOf(selector.Filter, words)})";
    }

    private static string ByOf(IReadOnlyList<Breakdown> breakdowns, IStringLocalizer<Words> words) =>
        breakdowns.Count == 0 ? string.Empty : words[", broken down by {0}", string.Join(", ", breakdowns.Select(breakdown => breakdown.IsByCohort ? words["In a cohort or not"].Value : breakdown.Property))];

    private static string FilterOf(Predicate? filter, IStringLocalizer<Words> words) =>
        filter is null ? string.Empty : words[", only where {0}", ConditionWords.PartOf(filter, words)];

    private static string UnitOf(CalendarUnit unit, IStringLocalizer<Words> words) => words[unit.ToString()];

    internal static string RangeOf(DateRange range, IStringLocalizer<Words> words) => range switch
    {
        LastRange { Count: 1, Unit: CalendarUnit.Day } => words["only today"],
        LastRange last => words["last {0} {1}", last.Count, words[last.Unit switch { CalendarUnit.Hour => "hours", CalendarUnit.Day => "days", CalendarUnit.Week => "weeks", CalendarUnit.Month => "months", _ => "quarters" }]],
        BetweenRange between => $"{between.From:uuuu-MM-dd} – {between.To:uuuu-MM-dd}",
        SinceRange since => words["since {0}", since.From.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture)],
        _ => string.Empty,
    };
}
