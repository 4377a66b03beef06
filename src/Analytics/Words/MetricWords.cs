using System.Globalization;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Words;

/// <summary>What a metric counts, in words.</summary>
internal static class MetricWords
{
    public static string Of(Metric metric, Func<CohortId, string?> cohortName)
    {
        var counted = metric switch
        {
            { Formula: { } formula } => $"the formula {PlainWords.Quoted(formula)}",
            { Cohort: { } cohort } => $"how many people are in cohort {PlainWords.Quoted(cohortName(cohort) ?? $"no. {cohort}, deleted")}",
            { People: { } people, Property: null } => $"how many {Lower(PredicateWords.People(people, cohortName))} there are",
            { People: { } people } => $"{OfProperty(metric)} of {Lower(PredicateWords.People(people, cohortName))}",
            _ => OfEvent(metric, PredicateWords.Of(metric.Event!, cohortName)),
        };
        return counted + (metric.Rolling is { } width ? $" (rolling average of {width})" : metric.Cumulative ? " (running total)" : string.Empty);
    }

    public static string ComparedWith(PastPeriod? past) => past switch
    {
        null => string.Empty,
        EarlierPeriod earlier => $", compared with {PlainWords.Plural(earlier.Count, PlainWords.Of(earlier.Unit))} earlier",
        _ => ", compared with the period before",
    };

    private static string OfEvent(Metric metric, string events) => metric switch
    {
        { PerPerson: { } inner } => $"{MeasureOf(metric)} per person who did {events} of {InnerOf(inner, metric)}",
        { Measure: Measure.Uniques, PersonSegment: PersonSegment.First } => $"how many people did {events}, each counted in the first segment",
        { Measure: Measure.Uniques, PersonSegment: PersonSegment.Last } => $"how many people did {events}, each counted in the last segment",
        { Measure: Measure.Uniques } => $"how many people did {events}",
        { Measure: Measure.Total } => $"how many times {events} happened",
        { Measure: Measure.DailyActive } => $"how many people did {events} on the last day",
        { Measure: Measure.WeeklyActive } => $"how many people did {events} within 7 days",
        { Measure: Measure.MonthlyActive } => $"how many people did {events} within 30 days",
        { Measure: Measure.CumulativeUniques } => $"how many people did {events} so far",
        { Measure: Measure.Sessions } => $"in how many sessions {events} happened",
        _ => $"{OfProperty(metric)} of {events}",
    };

    public static string OfProperty(Metric metric) => $"{MeasureOf(metric)} of {PlainWords.Quoted(metric.Property!.Property)}";

    private static string MeasureOf(Metric metric) => metric.Measure switch
    {
        Measure.Sum => "the sum",
        Measure.Average => "the average",
        Measure.Median => "the median",
        Measure.Percentile => string.Create(CultureInfo.InvariantCulture, $"percentile {metric.Percentile}"),
        Measure.Minimum => "the least",
        Measure.Maximum => "the greatest",
        _ => "the number of different values",
    };

    private static string InnerOf(PerPerson inner, Metric metric) => inner switch
    {
        PerPerson.Count => "the number of times",
        PerPerson.Sum => $"the sum of {PlainWords.Quoted(metric.Property!.Property)}",
        PerPerson.Average => $"the average of {PlainWords.Quoted(metric.Property!.Property)}",
        PerPerson.Minimum => $"the least {PlainWords.Quoted(metric.Property!.Property)}",
        PerPerson.Maximum => $"the greatest {PlainWords.Quoted(metric.Property!.Property)}",
        _ => $"the number of different values of {PlainWords.Quoted(metric.Property!.Property)}",
    };

    private static string Lower(string words) => char.ToLowerInvariant(words[0]) + words[1..];
}
