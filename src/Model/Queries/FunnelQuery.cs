using System.Collections.Immutable;
using NodaTime;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>Which step-1 event a person's attempt starts from.</summary>
public enum ReEntry
{
    /// <summary>The first one in the range, and no other.</summary>
    FirstEntry = 1,

    /// <summary>
    /// Every one in the range is tried. The attempt that counts is the one that reaches the most steps; of several, the one
    /// whose last step comes first; of several still, the one that starts last (Mixpanel's "optimized re-entry").
    /// </summary>
    Optimized = 2,
}

/// <summary>How many persons get through steps in order (Mixpanel reference, 3.2: loose order, uniques, one attempt).</summary>
/// <remarks>
/// The range bounds step 1 only. The window runs from the attempt's step-1 event, its end included. From a step satisfied
/// by an event at t, the next step is the earliest matching event (by time, then by arrival) that is at or after
/// t − <see cref="Grace"/>, within the window's end, and has not satisfied a step of this attempt. So equal timestamps are
/// in any order, and one event never fills two steps. In a window of n sessions all steps also fall into the entry's
/// session and the n − 1 sessions after it.
/// </remarks>
public sealed record FunnelQuery
{
    /// <summary>Steps at most this far apart may come in either order.</summary>
    public static readonly Duration Grace = Duration.FromSeconds(2);

    /// <summary><see cref="QueryLimits.MinimumSteps"/> to <see cref="QueryLimits.MaximumSteps"/> steps.</summary>
    public required ImmutableArray<EventSelector> Steps { get; init; }

    /// <summary>The days in which step 1 happens.</summary>
    public required DateRange Range { get; init; }

    /// <summary>How long the whole may take. Default 7 days.</summary>
    public ConversionWindow Window { get; init; } = new(7, WindowUnit.Day);

    /// <summary>Which step-1 event counts. Default the first.</summary>
    public ReEntry ReEntry { get; init; } = ReEntry.FirstEntry;

    /// <summary>Filter on the events of every step.</summary>
    public Predicate? Filter { get; init; }

    /// <summary>At most <see cref="QueryLimits.MaximumBreakdowns"/>; the value of the step-1 event of the attempt that counts.</summary>
    public ImmutableArray<Breakdown> Breakdowns { get; init; } = [];

    /// <summary>Segments shown, most entries first, then by text; the rest becomes <see cref="Segment.Other"/>.</summary>
    public int Limit { get; init; } = QueryLimits.DefaultSegments;
}

/// <summary>The answer to a <see cref="FunnelQuery"/>.</summary>
/// <param name="Segments">The overall first, then, with a breakdown, its segments.</param>
/// <param name="FoldedSegments">How many segments were folded into <see cref="Segment.Other"/>.</param>
public sealed record FunnelResult(ImmutableArray<FunnelSegment> Segments, int FoldedSegments);

/// <summary>One funnel.</summary>
public sealed record FunnelSegment(Segment Segment, ImmutableArray<FunnelStep> Steps);

/// <summary>One step of a funnel.</summary>
/// <param name="Count">Persons who reached the step.</param>
/// <param name="ConversionFromPrevious">Count over the step before, 0 to 1; 1 for the first step; null when nobody was there to convert.</param>
/// <param name="ConversionFromFirst">Count over the first step, 0 to 1; null when nobody entered.</param>
/// <param name="AverageSecondsFromPrevious">Mean seconds from the previous step among those who reached this one; null for the first step or when nobody did. Within the grace it may be negative.</param>
/// <param name="AverageSecondsFromFirst">Mean seconds from the entry; null likewise.</param>
public sealed record FunnelStep(
    long Count,
    double? ConversionFromPrevious,
    double? ConversionFromFirst,
    double? AverageSecondsFromPrevious,
    double? AverageSecondsFromFirst);
