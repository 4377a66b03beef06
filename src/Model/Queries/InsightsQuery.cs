using System.Collections.Immutable;
using NodaTime;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>What is counted of an event.</summary>
public enum Measure
{
    /// <summary>Distinct persons; events of nobody do not count.</summary>
    Uniques = 1,

    /// <summary>Events.</summary>
    Total = 2,
}

/// <summary>One event and what is counted of it.</summary>
public sealed record Metric(EventSelector Event, Measure Measure = Measure.Uniques);

/// <summary>How many, over time (Mixpanel reference, 3.1).</summary>
/// <remarks>
/// Uniques are distinct per bucket and, for the total, over the whole range; they do not add up. With a breakdown a person
/// counts in every segment touched.
/// </remarks>
public sealed record InsightsQuery
{
    /// <summary>1 to <see cref="QueryLimits.MaximumMetrics"/> metrics.</summary>
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
    /// Segments shown per metric, largest total first, then by text; the rest becomes <see cref="Segment.Other"/>, counted
    /// with its own uniques.
    /// </summary>
    public int Limit { get; init; } = QueryLimits.DefaultSegments;
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
}

/// <summary>One line of the chart.</summary>
/// <param name="Metric">Index of the metric.</param>
/// <param name="Segment">The segment it shows.</param>
/// <param name="Values">One number per bucket.</param>
/// <param name="Total">Over the whole range: the sum for totals, distinct persons for uniques.</param>
public sealed record InsightsSeries(int Metric, Segment Segment, ImmutableArray<long> Values, long Total);
