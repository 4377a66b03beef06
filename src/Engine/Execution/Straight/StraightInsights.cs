using System.Numerics;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution.Straight;

/// <summary>Counts events, or distinct persons, per bucket without a breakdown.</summary>
/// <param name="question">The question.</param>
/// <param name="track">Whose events.</param>
/// <param name="buckets">The buckets.</param>
/// <param name="start">First millisecond.</param>
/// <param name="end">Its end, not included.</param>
internal sealed unsafe class StraightInsights(Question question, Track track, BucketTable buckets, long start, long end)
{
    /// <summary>Distinct persons per bucket, and over the whole range. Nobody is no person.</summary>
    public (long[] Values, long Total) Uniques() => TrackBlocks.AreInSeconds(track) ? Uniques<uint>() : Uniques<long>();

    /// <summary>Events per bucket. Runs that cannot share an event sent again are read column by column, whoever did it.</summary>
    public (long[] Values, long Total) Totals() => TrackBlocks.AreInSeconds(track) ? Totals<uint>() : Totals<long>();

    private (long[] Values, long Total) Uniques<T>()
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var kernel = new BucketKernel<T>(buckets, start, end);
        return Combine(BlockScan.Run(
            question.View,
            question.Threads,
            () => new State<T>(new TrackBlock<T>(track, question.View.Ids, withRows: false), kernel.Count),
            (state, firstPerson) => state.Block!.Begin(firstPerson),
            (state, firstPerson) => VisitUniques(state, kernel, firstPerson),
            question.CancellationToken));
    }

    private (long[] Values, long Total) Totals<T>()
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var kernel = new BucketKernel<T>(buckets, start, end);
        if (track.RunsAreApart())
        {
            return Combine(ColumnScan.Run(track, question.Threads, () => new State<T>(null, kernel.Count), (state, run, first, last) => VisitColumn(state, kernel, run, first, last), question.CancellationToken));
        }

        return Combine(BlockScan.Run(
            question.View,
            question.Threads,
            () => new State<T>(new TrackBlock<T>(track, question.View.Ids, withRows: false), kernel.Count),
            (state, firstPerson) => state.Block!.Begin(firstPerson),
            (state, firstPerson) => VisitTotals(state, kernel, firstPerson),
            question.CancellationToken));
    }

    /// <remarks>
    /// A person's times ascend, so a bucket counts when it is another than the one before it or the row is the person's first:
    /// no branch depends on the data.
    /// </remarks>
    private static void VisitUniques<T>(State<T> state, BucketKernel<T> kernel, int firstPerson)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var block = state.Block!;
        if (!block.Read(firstPerson))
        {
            return;
        }

        var times = block.Times;
        var outOfRange = kernel.Count;
        fixed (long* values = state.Values)
        {
            long persons = 0;
            for (var place = firstPerson == 0 ? 1 : 0; place < TrackBlocks.Width; place++)
            {
                var last = block.Ends[place];
                var before = -1;
                var isIn = 0;
                for (var index = block.Starts[place]; index < last; index++)
                {
                    var bucket = kernel.Of(times[index]);
                    values[bucket] += bucket == before ? 0 : 1;
                    isIn |= bucket == outOfRange ? 0 : 1;
                    before = bucket;
                }

                persons += isIn;
            }

            state.Total += persons;
        }
    }

    private static void VisitTotals<T>(State<T> state, BucketKernel<T> kernel, int firstPerson)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var block = state.Block!;
        if (!block.Read(firstPerson))
        {
            return;
        }

        for (var place = 0; place < TrackBlocks.Width; place++)
        {
            for (var index = block.Starts[place]; index < block.Ends[place]; index++)
            {
                state.Values[kernel.Of(block.Times[index])]++;
            }
        }
    }

    private static void VisitColumn<T>(State<T> state, BucketKernel<T> kernel, TrackRun run, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var times = run.Run.Columns.Times;
        fixed (long* values = state.Values)
        {
            for (var first = firstRow; first < endRow; first += 64)
            {
                var bits = (run.Mask is null ? ulong.MaxValue : run.Mask.Words[first >> 6]) & (ulong.MaxValue >> (64 - Math.Min(64, endRow - first)));
                for (; bits != 0; bits &= bits - 1)
                {
                    var row = first + BitOperations.TrailingZeroCount(bits);
                    values[kernel.Of(typeof(T) == typeof(uint) ? T.CreateTruncating(times.SecondsStart[row]) : T.CreateTruncating(times[row]))]++;
                }
            }
        }
    }

    private (long[] Values, long Total) Combine<T>(IEnumerable<State<T>?> states)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var values = new long[buckets.Count];
        long persons = 0;
        foreach (var state in states.OfType<State<T>>())
        {
            persons += state.Total;
            for (var bucket = 0; bucket < values.Length; bucket++)
            {
                values[bucket] += state.Values[bucket];
            }
        }

        return (values, persons > 0 ? persons : values.Sum());
    }

    private sealed class State<T>(TrackBlock<T>? block, int bucketCount)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public TrackBlock<T>? Block => block;

        /// <summary>One more than there are buckets: what is out of range.</summary>
        public long[] Values { get; } = new long[bucketCount + 1];

        /// <summary>Distinct persons of the range.</summary>
        public long Total { get; set; }
    }
}
