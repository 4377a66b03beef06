using System.Collections.Immutable;
using System.Text.Json.Serialization;
using NodaTime;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>How many, over time (Mixpanel reference, 3.1).</summary>
/// <remarks>
/// Uniques are distinct per bucket and, for the total, over the whole range; they do not add up. With a breakdown a person
/// counts in every segment touched, unless the metric counts each once.
/// </remarks>
public sealed record InsightsQuery
{
    /// <summary>1 to <see cref="QueryLimits.MaximumMetrics"/> metrics and formulas.</summary>
    public required ImmutableArray<Metric> Metrics { get; init; }

    /// <summary>The days of the report.</summary>
    public required DateRange Range { get; init; }

    /// <summary>The buckets of the time axis.</summary>
    public CalendarUnit Unit { get; init; } = CalendarUnit.Day;

    /// <summary>Filter on all events of the report.</summary>
    public Predicate? Filter { get; init; }

    /// <summary>At most <see cref="QueryLimits.MaximumBreakdowns"/>.</summary>
    public ImmutableArray<Breakdown> Breakdowns { get; init; } = [];

    /// <summary>
    /// Segments shown per metric, largest first, then by text; the rest becomes <see cref="Segment.Other"/>, counted for itself.
    /// What makes a segment large: events for totals, the sum for sums, the value for the least and the greatest, sessions,
    /// distinct values, the rows that contribute for averages and percentiles, distinct persons for everything else.
    /// </summary>
    public int Limit { get; init; } = QueryLimits.DefaultSegments;

    /// <summary>An earlier stretch of the same length to set beside it; null for none.</summary>
    public PastPeriod? Past { get; init; }
}

/// <summary>Which earlier stretch a report is compared with.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(PreviousPeriod), "previous")]
[JsonDerivedType(typeof(EarlierPeriod), "earlier")]
public abstract record PastPeriod
{
    /// <summary>The stretch for a report over <paramref name="window"/>.</summary>
    public abstract TimeWindow Of(TimeWindow window, ProjectCalendar calendar);
}

/// <summary>As many days as the report has, up to its first day.</summary>
public sealed record PreviousPeriod : PastPeriod
{
    /// <inheritdoc/>
    public override TimeWindow Of(TimeWindow window, ProjectCalendar calendar)
    {
        var days = Period.DaysBetween(calendar.DateOf(window.Start), calendar.DateOf(window.End));
        return days == 0
            ? new TimeWindow(window.Start - (window.End - window.Start), window.Start)
            : EarlierPeriod.Shift(window, calendar, date => date.PlusDays(-days));
    }
}

/// <summary>The same days so many units earlier.</summary>
/// <param name="Count">1 or more.</param>
/// <param name="Unit">Day, week, month or quarter.</param>
public sealed record EarlierPeriod(int Count, CalendarUnit Unit) : PastPeriod
{
    /// <inheritdoc/>
    public override TimeWindow Of(TimeWindow window, ProjectCalendar calendar) => Shift(window, calendar, date => Unit switch
    {
        CalendarUnit.Day => date.PlusDays(-Count),
        CalendarUnit.Week => date.PlusWeeks(-Count),
        CalendarUnit.Month => date.PlusMonths(-Count),
        _ => date.PlusMonths(-3 * Count),
    });

    /// <summary>Moves both ends by days and keeps their time of day.</summary>
    internal static TimeWindow Shift(TimeWindow window, ProjectCalendar calendar, Func<LocalDate, LocalDate> shift)
    {
        return new TimeWindow(Moved(window.Start), Moved(window.End));

        Instant Moved(Instant instant)
        {
            var local = instant.InZone(calendar.Zone).LocalDateTime;
            return calendar.Zone.AtLeniently(shift(local.Date).At(local.TimeOfDay)).ToInstant();
        }
    }
}

/// <summary>The answer to an <see cref="InsightsQuery"/>.</summary>
public sealed record InsightsResult
{
    /// <summary>The start of every bucket, ascending.</summary>
    public required ImmutableArray<Instant> Buckets { get; init; }

    /// <summary>Index of the first bucket that has not ended yet; the number of buckets when all have.</summary>
    public required int FirstIncompleteBucket { get; init; }

    /// <summary>
    /// Per metric, in order: without breakdown one series of <see cref="Segment.Overall"/>; with one, the overall first and
    /// then the segments, largest first, <see cref="Segment.Other"/> last.
    /// </summary>
    public required ImmutableArray<InsightsSeries> Series { get; init; }

    /// <summary>Per metric: how many segments were folded into <see cref="Segment.Other"/>.</summary>
    public required ImmutableArray<int> FoldedSegments { get; init; }

    /// <summary>The start of every bucket of the earlier stretch; empty without comparison. It may have one bucket more or less.</summary>
    public ImmutableArray<Instant> PastBuckets { get; init; } = [];

    /// <summary>The same series, in the same order, over the earlier stretch; empty without comparison.</summary>
    public ImmutableArray<InsightsSeries> Past { get; init; } = [];
}

/// <summary>One line of the chart.</summary>
/// <param name="Metric">Index of the metric.</param>
/// <param name="Segment">The segment it shows.</param>
/// <param name="Values">One number per bucket; null where there is none, as the average of nothing.</param>
/// <param name="Total">
/// Over the whole range: the sum for totals, distinct persons for uniques, and so on; of active persons and of a cohort the
/// number at the end of the range; of a formula the formula of the totals.
/// </param>
public sealed record InsightsSeries(int Metric, Segment Segment, ImmutableArray<double?> Values, double? Total);
