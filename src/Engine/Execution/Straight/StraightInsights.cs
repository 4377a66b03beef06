using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
    /// A person's times ascend, so a bucket counts when it is another than the one before it or the row is the person's first, and a
    /// person counts with the first row in the range. All rows of the block in one loop, 64 at a time: a loop over one person's would
    /// end unforeseen.
    /// </remarks>
    private static void VisitUniques<T>(State<T> state, BucketKernel<T> kernel, int firstPerson)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var block = state.Block!;
        if (!block.Read(firstPerson))
        {
            return;
        }

        var rowCount = block.RowCount;
        state.MakeRoom(rowCount);
        var buckets = state.Buckets;
        kernel.Find(block.Times + block.Starts[0], rowCount, buckets);
        TakeOut(state, firstPerson);
        MarkPersons(state);
        var firsts = state.Firsts;
        var total = 0;
        fixed (long* values = state.Values)
        {
            for (var row = 0; row < rowCount; row += 64)
            {
                var (differs, isIn, wasIn) = Compare(buckets + row, kernel.Count);
                var counts = (differs | firsts[row >> 6]) & (ulong.MaxValue >> (64 - Math.Min(64, rowCount - row)));
                total += BitOperations.PopCount(counts & isIn & (firsts[row >> 6] | ~wasIn));
                for (; counts != 0; counts &= counts - 1)
                {
                    values[buckets[row + BitOperations.TrailingZeroCount(counts)]]++;
                }
            }
        }

        state.Total += total;
    }

    /// <summary>For 64 rows, as bits: whose bucket is another than that of the row before, and which row is in the range, and the row before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Differs, ulong IsIn, ulong WasIn) Compare(int* buckets, int bucketCount)
    {
        var (differs, isIn, wasIn) = (0UL, 0UL, 0UL);
        var beyond = Vector256.Create(bucketCount + 1);
        for (var row = 0; row < 64; row += Vector256<int>.Count)
        {
            var bucket = Vector256.Load(buckets + row);
            var before = Vector256.Load(buckets + row - 1);
            differs |= (ulong)(byte)~Vector256.Equals(bucket, before).ExtractMostSignificantBits() << row;
            isIn |= (ulong)(Vector256.GreaterThan(bucket, Vector256<int>.Zero) & Vector256.GreaterThan(beyond, bucket)).ExtractMostSignificantBits() << row;
            wasIn |= (ulong)(Vector256.GreaterThan(before, Vector256<int>.Zero) & Vector256.GreaterThan(beyond, before)).ExtractMostSignificantBits() << row;
        }

        return (differs, isIn, wasIn);
    }

    /// <summary>Takes the rows of nobody out of the range, and events sent again, which lie between what counts of one person and the next.</summary>
    private static void TakeOut<T>(State<T> state, int firstPerson)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var block = state.Block!;
        var starts = block.Starts;
        var ends = block.Ends;
        var rowsOfPersons = 0;
        for (var place = firstPerson == 0 ? 1 : 0; place < TrackBlocks.Width; place++)
        {
            rowsOfPersons += ends[place] - starts[place];
        }

        for (var place = 0; place < TrackBlocks.Width && rowsOfPersons < block.RowCount; place++)
        {
            var end = firstPerson == 0 && place == 0 ? starts[0] : ends[place];
            var next = place + 1 < TrackBlocks.Width ? starts[place + 1] : starts[0] + block.RowCount;
            new Span<int>(state.Buckets + end - starts[0], next - end).Clear();
        }
    }

    /// <summary>Marks each person's first row.</summary>
    private static void MarkPersons<T>(State<T> state)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var starts = state.Block!.Starts;
        var firsts = state.Firsts;
        new Span<ulong>(firsts, (state.Block.RowCount >> 6) + 1).Clear();
        for (var place = 0; place < TrackBlocks.Width; place++)
        {
            var row = starts[place] - starts[0];
            firsts[row >> 6] |= 1UL << (row & 63);
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
        private NativeColumn<int> _buckets = new(4096);
        private NativeColumn<ulong> _firsts = new(4096 / 64);

        public TrackBlock<T>? Block => block;

        /// <summary>By the kernel's numbers: what is before the range, the buckets, what is after it.</summary>
        public long[] Values { get; } = new long[bucketCount + 2];

        /// <summary>Distinct persons of the range.</summary>
        public long Total { get; set; }

        /// <summary>Per row of the block its bucket; the row before the first is in none.</summary>
        public int* Buckets => _buckets.Start + 1;

        /// <summary>Per row of the block a bit, set where a person begins.</summary>
        public ulong* Firsts => _firsts.Start;

        /// <summary>Makes room for the rows of a block, as far as the next 64.</summary>
        public void MakeRoom(int rowCount)
        {
            if (rowCount + 65 >= _buckets.Length)
            {
                _buckets = new NativeColumn<int>((rowCount + 65) * 2);
                _firsts = new NativeColumn<ulong>((rowCount >> 5) + 2);
            }
        }
    }
}
