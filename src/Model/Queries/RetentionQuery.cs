using System.Collections.Immutable;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>Who comes back (Mixpanel reference, 3.3).</summary>
/// <remarks>
/// <para>Rows are the calendar buckets of the range; a person's birth in a row is the first birth event in it. A return is a
/// return event at the birth's time or later, other than the birth event itself (unless <see cref="CountBirthAsReturn"/>, or
/// in a <see cref="RetentionCriterion.Streak"/>). Rolling: unit k = floor((t − birth) / unit). Calendar: the number of
/// calendar units between. Bucket k is unit k, or with <see cref="Brackets"/> several units.</para>
/// <para>A cell is complete when its bucket has elapsed for the last possible birth of its row.</para>
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

    /// <summary>Number of buckets, bucket 0 included; 1 to <see cref="QueryLimits.MaximumRetentionBuckets"/>. Brackets say it themselves.</summary>
    public int Buckets { get; init; } = 13;

    /// <summary>
    /// Sizes of the buckets in units, the first from unit 0, each 1 or more; at most <see cref="QueryLimits.MaximumRetentionBuckets"/>,
    /// together <see cref="QueryLimits.MaximumBracketUnits"/> units. Empty: one unit each.
    /// </summary>
    public ImmutableArray<int> Brackets { get; init; } = [];

    /// <summary>Default rolling.</summary>
    public RetentionAlignment Alignment { get; init; } = RetentionAlignment.Rolling;

    /// <summary>Default on or after.</summary>
    public RetentionCriterion Criterion { get; init; } = RetentionCriterion.OnOrAfter;

    /// <summary>Default recurring.</summary>
    public RetentionBirth BirthKind { get; init; } = RetentionBirth.Recurring;

    /// <summary>Counts every person of a row as returned in bucket 0, as tools that draw day 0 at 100 % do. Default false.</summary>
    public bool CountBirthAsReturn { get; init; }

    /// <summary>
    /// A property of the return event whose numbers are summed per cell, over the returns that the criterion looks at, of the
    /// persons retained; what is no number is left out. Null for none.
    /// </summary>
    public string? SumProperty { get; init; }

    /// <summary>Where <see cref="SumProperty"/> is looked up. Default on the event.</summary>
    public PropertySource SumSource { get; init; } = PropertySource.Event;

    /// <summary>Filter on births and returns.</summary>
    public Predicate? Filter { get; init; }

    /// <summary>At most <see cref="QueryLimits.MaximumBreakdowns"/>; the value is that of <see cref="BreakdownOn"/>.</summary>
    public ImmutableArray<Breakdown> Breakdowns { get; init; } = [];

    /// <summary>Whose value a breakdown takes. Default the birth event's.</summary>
    public RetentionEvent BreakdownOn { get; init; } = RetentionEvent.Birth;

    /// <summary>Segments shown, most births (returned persons and rows) first, then by text; the rest becomes <see cref="Segment.Other"/>.</summary>
    public int Limit { get; init; } = QueryLimits.DefaultSegments;

    /// <summary>How many buckets the answer has.</summary>
    public int BucketCount() => Brackets.IsDefaultOrEmpty ? Buckets : Brackets.Length;

    /// <summary>The first unit of every bucket, and the one after the last.</summary>
    public ImmutableArray<int> BucketEdges()
    {
        var edges = ImmutableArray.CreateBuilder<int>(BucketCount() + 1);
        edges.Add(0);
        for (var bucket = 0; bucket < BucketCount(); bucket++)
        {
            edges.Add(edges[bucket] + (Brackets.IsDefaultOrEmpty ? 1 : Brackets[bucket]));
        }

        return edges.MoveToImmutable();
    }
}

/// <summary>How buckets after the birth are cut.</summary>
public enum RetentionAlignment
{
    /// <summary>By time elapsed since the person's birth event: 24 hours, 7 days, 30 days.</summary>
    Rolling = 1,

    /// <summary>By the project's calendar: the bucket's distance from the birth's bucket.</summary>
    Calendar = 2,
}

/// <summary>When a person counts as retained in bucket k, and which returns are summed there.</summary>
public enum RetentionCriterion
{
    /// <summary>Returned in bucket k.</summary>
    On = 1,

    /// <summary>Returned in bucket k or any later one, beyond the last one too.</summary>
    OnOrAfter = 2,

    /// <summary>Returned in any bucket up to k.</summary>
    OnOrBefore = 3,

    /// <summary>
    /// Returned in every bucket up to k. The birth event counts as a return in bucket 0 when it is a return event too. Sums
    /// are of bucket k.
    /// </summary>
    Streak = 4,
}

/// <summary>Which birth events count.</summary>
public enum RetentionBirth
{
    /// <summary>A person is born again in every row in which the event happens.</summary>
    Recurring = 1,

    /// <summary>A person is born once, by the first such event of the whole history; rows hold those whose first lies in the range.</summary>
    FirstEver = 2,

    /// <summary>A person is born once, by the first such event in the range.</summary>
    FirstInRange = 3,
}

/// <summary>One of the two events of a retention report.</summary>
public enum RetentionEvent
{
    /// <summary>The birth event of the row: it groups those born and those retained.</summary>
    Birth = 1,

    /// <summary>
    /// The return event: only returns with the value count for a segment, and a person may be in several; those born are all
    /// of the row.
    /// </summary>
    Return = 2,
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
public sealed record RetentionSegment(Segment Segment, ImmutableArray<RetentionRow> Rows, ImmutableArray<double?> Average)
{
    /// <summary>Per bucket the persons retained over complete cells only, weighted by row size: Σ(retained·size) / Σ(size); null likewise.</summary>
    public ImmutableArray<double?> AverageCount { get; init; } = [];

    /// <summary>Per bucket the sum over complete cells only, weighted by row size: Σ(sum·size) / Σ(size); empty when no sum was asked for.</summary>
    public ImmutableArray<double?> AverageSum { get; init; } = [];

    /// <summary>
    /// Per bucket what a retained person sums to, over complete cells with somebody retained, weighted by row size:
    /// Σ((sum / retained)·size) / Σ(size); empty when no sum was asked for.
    /// </summary>
    public ImmutableArray<double?> AverageSumPerPerson { get; init; } = [];
}

/// <summary>The people born in one bucket of the range.</summary>
/// <param name="Start">Start of the bucket.</param>
/// <param name="Size">Persons born in it.</param>
/// <param name="Retained">Per bucket, how many of them were retained.</param>
/// <param name="CompleteBuckets">How many buckets, from bucket 0 on, are complete; the rest may still grow.</param>
public sealed record RetentionRow(NodaTime.Instant Start, long Size, ImmutableArray<long> Retained, int CompleteBuckets)
{
    /// <summary>Per bucket the sum of <see cref="RetentionQuery.SumProperty"/>; divided by the retained it is the average. Empty when not asked for.</summary>
    public ImmutableArray<double> Sums { get; init; } = [];
}
