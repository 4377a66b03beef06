using System.Globalization;
using Microsoft.Extensions.Localization;
using Rondo.Model.Queries;
using Rondo.Web.Resources;

namespace Rondo.Web.Components.Reports;

/// <summary>What a metric counts, in words.</summary>
internal static class MetricTitle
{
    /// <summary>The words of a measure (a key of the words).</summary>
    public static string KeyOf(Measure measure) => measure switch
    {
        Measure.Uniques => "Unique users",
        Measure.Total => "Total events",
        Measure.DailyActive => "Daily active users",
        Measure.WeeklyActive => "Weekly active users",
        Measure.MonthlyActive => "Monthly active users",
        Measure.CumulativeUniques => "Unique users so far",
        Measure.Sessions => "Sessions",
        Measure.Sum => "Sum",
        Measure.Average => "Average",
        Measure.Median => "Median",
        Measure.Percentile => "Percentile",
        Measure.Minimum => "Least value",
        Measure.Maximum => "Greatest value",
        _ => "Different values",
    };

    /// <summary>The words of a figure per person (a key of the words).</summary>
    public static string KeyOf(PerPerson inner) => inner switch
    {
        PerPerson.Count => "times per user",
        PerPerson.Sum => "sum per user",
        PerPerson.Average => "average per user",
        PerPerson.Minimum => "least value per user",
        PerPerson.Maximum => "greatest value per user",
        _ => "different values per user",
    };

    /// <summary>What is counted: "Sum of price".</summary>
    public static string MeasureOf(Metric metric, IStringLocalizer<Words> words)
    {
        var measure = metric.Measure == Measure.Percentile ? $"{words[KeyOf(metric.Measure)]} {metric.Percentile?.ToString(CultureInfo.CurrentCulture)}" : words[KeyOf(metric.Measure)].Value;
        var parts = new List<string> { measure };
        if (metric.PerPerson is { } inner)
        {
            parts.Add(words[KeyOf(inner)]);
        }

        if (metric.Property is { } property)
        {
            parts.Add(property.Property);
        }

        if (metric.Rolling is { } width)
        {
            parts.Add(words["rolling {0}", width]);
        }
        else if (metric.Cumulative)
        {
            parts.Add(words["running total"]);
        }

        return string.Join(" · ", parts);
    }
}
