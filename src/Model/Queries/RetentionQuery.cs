using System.Collections.Immutable;
using NodaTime;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>How buckets after the birth are cut.</summary>
public enum RetentionAlignment
{
    /// <summary>By time elapsed since the person's birth event: 24 hours, 7 days, 30 days.</summary>
    Rolling = 1,

    /// <summary>By the project's calendar: the bucket's distance from the birth's bucket.</summary>
    Calendar = 2,
}

/// <summary>When a person counts as retained in bucket k.</summary>
public enum RetentionCriterion
{
    /// <summary>Returned in bucket k.</summary>
    On = 1,

    /// <summary>Returned in bucket k or any later one.</summary>
    OnOrAfter = 2,
}

/// <summary>Which birth events count.</summary>
public enum RetentionBirth
{
    /// <summary>A person is born again in every row in which the event happens.</summary>
    Recurring = 1,

    /// <summary>A person is born once, by the first such event of the whole history; rows hold those whose first lies in the range.</summary>
    FirstEver = 2,
}

/// <summary>Who comes back (Mixpanel reference, 3.3).</summary>
/// <remarks>
/// Rows are the calendar buckets of the range; a person's birth in a row is the first birth event in it. A return is a
/// return event at the birth's time or later, other than the birth event itself (unless <see cref="CountBirthAsReturn"/>). Rolling: bucket k = floor((t − birth) / unit). Calendar: the number of calendar buckets between.
/// A cell is complete when its bucket has elapsed for the last possible birth of its row.
/// </remarks>
public sealed record RetentionQuery
{
    /// <summary>The event that starts a person; an event of null means any.</summary>
    public required EventSelector Birth { get; init; }

    /// <summary>The event that counts as coming back; an event of null means any.</summary>
    public required EventSelector Return { get; init; }

    /// <summary>The days in which births happen.</summary>
    public required DateRange Range { get; init; }

    /// <summary>Day, week or month: the size of rows and of buckets.</summary>
    public CalendarUnit Unit { get; init; } = CalendarUnit.Week;

    /// <summary>Number of buckets, bucket 0 included; 1 to <see cref="QueryLimits.MaximumRetentionBuckets"/>.</summary>
    public int Buckets { get; init; } = 13;

    /// <summary>Default rolling.</summary>
    public RetentionAlignment Alignment { get; init; } = RetentionAlignment.Rolling;

    /// <summary>Default on or after.</summary>
    public RetentionCriterion Criterion { get; init; } = RetentionCriterion.OnOrAfter;

    /// <summary>Default recurring.</summary>
    public RetentionBirth BirthKind { get; init; } = RetentionBirth.Recurring;

    /// <summary>Counts every person of a row as returned in bucket 0, as tools that draw day 0 at 100 % do. Default false.</summary>
    public bool CountBirthAsReturn { get; init; }

    /// <summary>Filter on births and returns.</summary>
    public Predicate? Filter { get; init; }

    /// <summary>At most <see cref="QueryLimits.MaximumBreakdowns"/>; the value of the birth event in each row.</summary>
    public ImmutableArray<Breakdown> Breakdowns { get; init; } = [];

    /// <summary>Segments shown, most births first, then by text; the rest becomes <see cref="Segment.Other"/>.</summary>
    public int Limit { get; init; } = QueryLimits.DefaultSegments;
}

/// <summary>The answer to a <see cref="RetentionQuery"/>.</summary>
/// <param name="Segments">The overall first, then, with a breakdown, its segments.</param>
/// <param name="FoldedSegments">How many segments were folded into <see cref="Segment.Other"/>.</param>
public sealed record RetentionResult(ImmutableArray<RetentionSegment> Segments, int FoldedSegments);

/// <summary>The table of one segment.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Rows">One per bucket of the range, in order; rows of nobody included.</param>
/// <param name="Average">
/// Per bucket the rate over complete cells only, weighted by row size squared as Mixpanel does: Σ(retained·size) / Σ(size²);
/// null where no cell is complete.
/// </param>
public sealed record RetentionSegment(Segment Segment, ImmutableArray<RetentionRow> Rows, ImmutableArray<double?> Average);

/// <summary>The people born in one bucket of the range.</summary>
/// <param name="Start">Start of the bucket.</param>
/// <param name="Size">Persons born in it.</param>
/// <param name="Retained">Per bucket, how many of them were retained.</param>
/// <param name="CompleteBuckets">How many buckets, from bucket 0 on, are complete; the rest may still grow.</param>
public sealed record RetentionRow(Instant Start, long Size, ImmutableArray<long> Retained, int CompleteBuckets);
