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
    /// A person's times ascend, so a bucket counts when it is another than the one before it or the row is the person's first. All
    /// rows of the block in one loop: a loop over one person's would end unforeseen.
    /// </remarks>
    private static void VisitUniques<T>(State<T> state, BucketKernel<T> kernel, int firstPerson)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var block = state.Block!;
        if (!block.Read(firstPerson))
        {
            return;
        }

        var firstRow = block.Starts[0];
        var rowCount = block.RowCount;
        state.MakeRoom(rowCount);
        var buckets = state.Buckets;
        var isFirst = state.IsFirst;
        var met = state.Met;
        var finder = kernel.Buckets;
        var times = block.Times + firstRow;
        for (var row = 0; row < rowCount; row++)
        {
            buckets[row] = finder.Of(times[row]);
        }

        state.Total += MarkPersons(state, kernel.Count, firstPerson);
        var metCount = 0;
        var before = 0;
        for (var row = 0; row < rowCount; row++)
        {
            var bucket = buckets[row];
            met[metCount] = bucket;
            metCount += (bucket != before ? 1 : 0) | isFirst[row];
            before = bucket;
        }

        fixed (long* values = state.Values)
        {
            for (var index = 0; index < metCount; index++)
            {
                values[met[index]]++;
            }
        }
    }

    /// <summary>Marks each person's first row, takes the rows of nobody out of the range, and counts who is in it.</summary>
    private static long MarkPersons<T>(State<T> state, int bucketCount, int firstPerson)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var block = state.Block!;
        var firstRow = block.Starts[0];
        var rowCount = block.RowCount;
        var buckets = state.Buckets;
        var isFirst = state.IsFirst;
        new Span<byte>(isFirst, rowCount + 1).Clear();
        long persons = 0;
        for (var place = 0; place < TrackBlocks.Width; place++)
        {
            var start = block.Starts[place] - firstRow;
            var end = (firstPerson == 0 && place == 0 ? block.Starts[place] : block.Ends[place]) - firstRow;
            isFirst[start] = 1;
            persons += end > start && IsIn(buckets, start, end, bucketCount) ? 1 : 0;

            // Events sent again lie between what counts of one person and the next; so do those of nobody.
            var next = place + 1 < TrackBlocks.Width ? block.Starts[place + 1] - firstRow : rowCount;
            for (var row = end; row < next; row++)
            {
                buckets[row] = 0;
                isFirst[row] = 1;
            }
        }

        return persons;
    }

    /// <summary>Whether any of a person's rows lies in the range. Most persons' first or last one tells.</summary>
    private static bool IsIn(int* buckets, int start, int end, int bucketCount)
    {
        var (first, last) = (buckets[start], buckets[end - 1]);
        if (((uint)(first - 1) < (uint)bucketCount) | ((uint)(last - 1) < (uint)bucketCount))
        {
            return true;
        }

        if (first == last)
        {
            return false;
        }

        while (start < end && buckets[start] == 0)
        {
            start++;
        }

        return start < end && buckets[start] <= bucketCount;
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
        private NativeColumn<int> _buckets = new(4096, isZeroed: false);
        private NativeColumn<int> _met = new(4096, isZeroed: false);
        private NativeColumn<byte> _isFirst = new(4096, isZeroed: false);

        public TrackBlock<T>? Block => block;

        /// <summary>By the kernel's numbers: what is before the range, the buckets, what is after it.</summary>
        public long[] Values { get; } = new long[bucketCount + 2];

        /// <summary>Distinct persons of the range.</summary>
        public long Total { get; set; }

        /// <summary>Per row of the block its bucket.</summary>
        public int* Buckets => _buckets.Start;

        /// <summary>The buckets that the persons of the block meet.</summary>
        public int* Met => _met.Start;

        /// <summary>Per row of the block 1 where a person begins.</summary>
        public byte* IsFirst => _isFirst.Start;

        /// <summary>Makes room for the rows of a block, and one more.</summary>
        public void MakeRoom(int rowCount)
        {
            if (rowCount >= _met.Length)
            {
                _buckets = new NativeColumn<int>(rowCount * 2, isZeroed: false);
                _met = new NativeColumn<int>(rowCount * 2, isZeroed: false);
                _isFirst = new NativeColumn<byte>(rowCount * 2, isZeroed: false);
            }
        }
    }
}
