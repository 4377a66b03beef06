using System.Collections.Immutable;
using NodaTime;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>
/// On how many hours or days of a period people did something (Mixpanel reference, 3.3: frequency, "addiction").
/// </summary>
/// <remarks>
/// A period is a day, week or month of the project's calendar; a person who did the event in it is active in as many of its
/// hours (days) as hold such an event. With a breakdown a person counts in every segment touched, by the events of the segment.
/// </remarks>
public sealed record FrequencyQuery
{
    /// <summary>What being active means; an event of null means any.</summary>
    public required EventSelector Event { get; init; }

    /// <summary>The days of the report.</summary>
    public required DateRange Range { get; init; }

    /// <summary>Day, week or month. Default week.</summary>
    public CalendarUnit Period { get; init; } = CalendarUnit.Week;

    /// <summary>What is counted within a period: hours or days. Default days.</summary>
    public CalendarUnit Within { get; init; } = CalendarUnit.Day;

    /// <summary>Active in at least so many (the default) or exactly so many.</summary>
    public CountComparison Comparison { get; init; } = CountComparison.AtLeast;

    /// <summary>Filter on the events.</summary>
    public Predicate? Filter { get; init; }

    /// <summary>At most <see cref="QueryLimits.MaximumBreakdowns"/>.</summary>
    public ImmutableArray<Breakdown> Breakdowns { get; init; } = [];

    /// <summary>Segments shown, most active persons (over all periods) first, then by text; the rest becomes <see cref="Segment.Other"/>.</summary>
    public int Limit { get; init; } = QueryLimits.DefaultSegments;
}

/// <summary>The answer to a <see cref="FrequencyQuery"/>.</summary>
/// <param name="Segments">The overall first, then, with a breakdown, its segments.</param>
/// <param name="FoldedSegments">How many segments were folded into <see cref="Segment.Other"/>.</param>
/// <param name="FirstIncompletePeriod">Index of the first period that has not ended yet; the number of periods when all have.</param>
public sealed record FrequencyResult(ImmutableArray<FrequencySegment> Segments, int FoldedSegments, int FirstIncompletePeriod);

/// <summary>The table of one segment.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Rows">One per period, in order.</param>
/// <param name="Average">Per number of hours (days) the share of the active persons over all periods that have ended; null when nobody was active.</param>
public sealed record FrequencySegment(Segment Segment, ImmutableArray<FrequencyRow> Rows, ImmutableArray<double?> Average);

/// <summary>One period.</summary>
/// <param name="Start">Start of the period.</param>
/// <param name="Size">Persons active in it.</param>
/// <param name="Counts">Element i: persons active in at least (exactly) i + 1 of its hours (days).</param>
public sealed record FrequencyRow(Instant Start, long Size, ImmutableArray<long> Counts);
