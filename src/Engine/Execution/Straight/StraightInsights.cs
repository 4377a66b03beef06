using System.Numerics;
using Rondo.Engine.Parts;
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
        var kernel = new BucketKernel<T>(buckets, start, end, track.Span());
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
        var kernel = new BucketKernel<T>(buckets, start, end, track.Span());
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
        var starts = block.Starts;
        var ends = block.Ends;
        var bucketCount = kernel.Count;
        var finder = kernel.Buckets;
        var met = state.RoomFor(block.RowCount);
        var metCount = 0;
        long persons = 0;
        for (var place = firstPerson == 0 ? 1 : 0; place < TrackBlocks.Width; place++)
        {
            var last = ends[place];
            var before = -1;
            var isIn = 0;
            for (var index = starts[place]; index < last; index++)
            {
                var bucket = finder.Of(times[index]);
                met[metCount] = bucket;
                metCount += bucket == before ? 0 : 1;
                isIn |= (uint)(bucket - 1) < (uint)bucketCount ? 1 : 0;
                before = bucket;
            }

            persons += isIn;
        }

        state.Total += persons;
        fixed (long* values = state.Values)
        {
            for (var index = 0; index < metCount; index++)
            {
                values[met[index]]++;
            }
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

        var finder = kernel.Buckets;
        for (var place = 0; place < TrackBlocks.Width; place++)
        {
            for (var index = block.Starts[place]; index < block.Ends[place]; index++)
            {
                state.Values[finder.Of(block.Times[index])]++;
            }
        }
    }

    private static void VisitColumn<T>(State<T> state, BucketKernel<T> kernel, TrackRun run, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var times = run.Run.Columns.Times;
        var finder = kernel.Buckets;
        fixed (long* values = state.Values)
        {
            for (var first = firstRow; first < endRow; first += 64)
            {
                var bits = (run.Mask is null ? ulong.MaxValue : run.Mask.Words[first >> 6]) & (ulong.MaxValue >> (64 - Math.Min(64, endRow - first)));
                for (; bits != 0; bits &= bits - 1)
                {
                    var row = first + BitOperations.TrailingZeroCount(bits);
                    values[finder.Of(typeof(T) == typeof(uint) ? T.CreateTruncating(times.SecondsStart[row]) : T.CreateTruncating(times[row]))]++;
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
                values[bucket] += state.Values[bucket + 1];
            }
        }

        return (values, persons > 0 ? persons : values.Sum());
    }

    private sealed class State<T>(TrackBlock<T>? block, int bucketCount)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        private NativeColumn<int> _met = new(4096, isZeroed: false);

        public TrackBlock<T>? Block => block;

        /// <summary>By the kernel's numbers: what is before the range, the buckets, what is after it.</summary>
        public long[] Values { get; } = new long[bucketCount + 2];

        /// <summary>Distinct persons of the range.</summary>
        public long Total { get; set; }

        /// <summary>Room for the buckets that the persons of a block meet, and one more.</summary>
        public int* RoomFor(int rowCount)
        {
            if (rowCount >= _met.Length)
            {
                _met = new NativeColumn<int>(rowCount * 2, isZeroed: false);
            }

            return _met.Start;
        }
    }
}
