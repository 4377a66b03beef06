using System.Collections.Immutable;
using NodaTime;

namespace Rondo.Model.Queries;

/// <summary>The answer to a <see cref="FunnelQuery"/>.</summary>
/// <param name="Segments">The overall first, then, with a breakdown, its segments.</param>
/// <param name="FoldedSegments">How many segments were folded into <see cref="Segment.Other"/>.</param>
public sealed record FunnelResult(ImmutableArray<FunnelSegment> Segments, int FoldedSegments)
{
    /// <summary>Start of every interval of the trend; empty when none was asked for.</summary>
    public ImmutableArray<Instant> Intervals { get; init; } = [];

    /// <summary>Index of the first interval whose entries may still convert or begin; the number of intervals when all are over.</summary>
    public int FirstIncompleteInterval { get; init; }
}

/// <summary>One funnel.</summary>
public sealed record FunnelSegment(Segment Segment, ImmutableArray<FunnelStep> Steps)
{
    /// <summary>Per interval and step, how many reached it; empty when no trend was asked for.</summary>
    public ImmutableArray<ImmutableArray<long>> Trend { get; init; } = [];

    /// <summary>How long it took; null when not asked for.</summary>
    public FunnelTimes? Times { get; init; }

    /// <summary>
    /// How sure it is, 0 to 1, that the segment converts differently from all together, or from <see cref="FunnelQuery.Control"/>:
    /// 1 − p of the hypergeometric test (Mixpanel reference, 3.2), the whole being both together in the second case. Null for the
    /// overall and the control itself, with fewer than <see cref="Significance.FewestEntries"/> entries, and where the segment is
    /// no part of the whole.
    /// </summary>
    public double? Confidence { get; init; }
}

/// <summary>One step of a funnel.</summary>
/// <param name="Count">Who (or how many attempts, or sessions) reached the step.</param>
/// <param name="ConversionFromPrevious">Count over the nearest step before that is not optional, 0 to 1; 1 for the first step; null when nobody was there to convert.</param>
/// <param name="ConversionFromFirst">Count over the first step, 0 to 1; null when nobody entered.</param>
/// <param name="AverageSecondsFromPrevious">Mean seconds from the step reached before it, among those who reached this one; null for the first step or when nobody did. Within the grace it may be negative.</param>
/// <param name="AverageSecondsFromFirst">Mean seconds from the entry; null likewise.</param>
public sealed record FunnelStep(
    long Count,
    double? ConversionFromPrevious,
    double? ConversionFromFirst,
    double? AverageSecondsFromPrevious,
    double? AverageSecondsFromFirst)
{
    /// <summary>Sum of <see cref="FunnelQuery.Sum"/> over the events that were this step; null when not asked for.</summary>
    public double? Sum { get; init; }
}

/// <summary>How long it took those counted to get from one step to the other, in seconds.</summary>
/// <param name="Count">Those who reached both.</param>
/// <param name="Average">Mean; null when nobody did, as are the others.</param>
/// <param name="Minimum">Shortest.</param>
/// <param name="Maximum">Longest.</param>
/// <param name="P25">A quarter took at most this; between two values the distance is shared in proportion.</param>
/// <param name="Median">Half took at most this.</param>
/// <param name="P75">Three quarters took at most this.</param>
/// <param name="P90">Nine in ten took at most this.</param>
/// <param name="Buckets">How many took from <see cref="TimeToConvertBuckets.Edges"/>[i] to below the next; the last has no end.</param>
public sealed record FunnelTimes(
    long Count,
    double? Average,
    double? Minimum,
    double? Maximum,
    double? P25,
    double? Median,
    double? P75,
    double? P90,
    ImmutableArray<long> Buckets);

/// <summary>The bars of a time-to-convert chart.</summary>
public static class TimeToConvertBuckets
{
    private const int Minute = 60;
    private const int Hour = 3600;
    private const int Day = 86_400;

    /// <summary>Where each bar begins, in seconds. The first also holds what came earlier, which the grace allows.</summary>
    public static ImmutableArray<int> Edges { get; } =
    [
        0, 10, 30, Minute, 2 * Minute, 5 * Minute, 10 * Minute, 20 * Minute, 30 * Minute, Hour, 2 * Hour, 4 * Hour, 8 * Hour, 12 * Hour,
        Day, 2 * Day, 3 * Day, 5 * Day, 7 * Day, 14 * Day, 30 * Day, 60 * Day, 90 * Day, 180 * Day,
    ];

    /// <summary>The bar of a length of time.</summary>
    public static int IndexOf(long milliseconds)
    {
        var index = 0;
        while (index + 1 < Edges.Length && milliseconds >= Edges[index + 1] * 1000L)
        {
            index++;
        }

        return index;
    }
}
