using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Rondo.Engine.Planning;
using Rondo.Model.Events;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Straight;

/// <summary>What a thread has counted of a plain retention report, per cell of the breakdown. Combining is commutative.</summary>
/// <param name="rowCount">Rows of births.</param>
/// <param name="bucketCount">1 to 64.</param>
internal sealed class RetentionCounts(int rowCount, int bucketCount)
{
    private const int BucketsAtOnce = 4;
    private readonly List<long[]?> _cells = [];

    /// <summary>Per cell and row the births, then the retained of each bucket; null for a cell nobody was born in.</summary>
    public IReadOnlyList<long[]?> Cells => _cells;

    /// <summary>Births in all rows of a cell.</summary>
    public long BirthsOf(int cell)
    {
        long births = 0;
        for (var row = 0; row < rowCount; row++)
        {
            births += _cells[cell]?[row * (bucketCount + 1)] ?? 0;
        }

        return births;
    }

    /// <summary>Counts a birth.</summary>
    /// <param name="cell">The birth's cell.</param>
    /// <param name="row">Its row.</param>
    /// <param name="buckets">A bit for each bucket of a return; none beyond the buckets.</param>
    /// <remarks>Every bucket is added to, four at a time, most of them nothing: how many bits are set is not foreseen.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int cell, int row, ulong buckets)
    {
        var counts = cell < _cells.Count && _cells[cell] is { } there ? there : Make(cell);
        var at = row * (bucketCount + 1);
        counts[at]++;
        var places = Vector256.Create(0UL, 1, 2, 3);
        ref var first = ref counts[at + 1];
        for (var bucket = 0; bucket < bucketCount; bucket += BucketsAtOnce)
        {
            var ones = Avx2.IsSupported
                ? Avx2.ShiftRightLogicalVariable(Vector256.Create(buckets >> bucket), places) & Vector256<ulong>.One
                : Vector256.Create(buckets >> bucket, buckets >> bucket >> 1, buckets >> bucket >> 2, buckets >> bucket >> 3) & Vector256<ulong>.One;
            (Vector256.LoadUnsafe(ref first, (nuint)bucket) + ones.AsInt64()).StoreUnsafe(ref first, (nuint)bucket);
        }
    }

    public void Combine(RetentionCounts other)
    {
        for (var cell = 0; cell < other._cells.Count; cell++)
        {
            if (other._cells[cell] is not { } theirs)
            {
                continue;
            }

            var counts = Make(cell);
            for (var index = 0; index < counts.Length; index++)
            {
                counts[index] += theirs[index];
            }
        }
    }

    private long[] Make(int cell)
    {
        while (_cells.Count <= cell)
        {
            _cells.Add(null);
        }

        // The last row's buckets are added to in whole groups as well.
        return _cells[cell] ??= new long[(rowCount * (bucketCount + 1)) + BucketsAtOnce];
    }
}

/// <summary>Counts plain retention block by block: one event of birth, another one of return, buckets rolling from the birth. What is plain is for the operator to say.</summary>
/// <param name="question">The question.</param>
/// <param name="births">The events of birth, of one name.</param>
/// <param name="returns">The events of return, of another name.</param>
/// <param name="cells">The breakdown of births; null for none.</param>
/// <param name="rows">The rows of births.</param>
/// <param name="start">First millisecond of births.</param>
/// <param name="end">Its end, not included.</param>
/// <param name="isFirstEver">Whether only the first birth of all counts, else the first of every row.</param>
/// <param name="isOnOrAfter">Whether a return counts for all earlier buckets as well.</param>
/// <param name="countBirth">Whether a birth counts as a return in bucket 0.</param>
/// <param name="bucketCount">1 to 64.</param>
/// <param name="bucketMilliseconds">Length of a bucket.</param>
internal sealed unsafe class StraightRetention(
    Question question, Track births, Track returns, SegmentReader? cells, BucketTable rows, long start, long end, bool isFirstEver, bool isOnOrAfter, bool countBirth, int bucketCount, long bucketMilliseconds)
{
    /// <summary>The straight way for a report that is plain; null for any other.</summary>
    public static StraightRetention? For(Question question, RetentionQuery query, Track births, Track returns, SegmentReader? cells, RetentionCalendar calendar)
    {
        // Whatever else a query can say is not at its default then, and this way would not heed it.
        var plain = new RetentionQuery
        {
            Birth = query.Birth,
            Return = query.Return,
            Range = query.Range,
            Unit = query.Unit,
            Buckets = query.Buckets,
            Alignment = RetentionAlignment.Rolling,
            Criterion = query.Criterion,
            BirthKind = query.BirthKind,
            CountBirthAsReturn = query.CountBirthAsReturn,
            Filter = query.Filter,
            Breakdowns = query.Breakdowns,
            Limit = query.Limit,
        };
        return query != plain || query.BirthKind == RetentionBirth.FirstInRange || query.Buckets > 64 || WellKnownEvents.IsSessionEdge(query.Birth.Event) || WellKnownEvents.IsSessionEdge(query.Return.Event) || query.Birth.Event is null || query.Return.Event is null || query.Birth.Event == query.Return.Event
            || query.Criterion is not (RetentionCriterion.On or RetentionCriterion.OnOrAfter)
            ? null
            : new StraightRetention(
                question, births, returns, cells, calendar.Rows(), calendar.Start, calendar.End, query.BirthKind == RetentionBirth.FirstEver,
                query.Criterion == RetentionCriterion.OnOrAfter, query.CountBirthAsReturn, query.Buckets, calendar.UnitMilliseconds);
    }

    public RetentionCounts Count() => TrackBlocks.AreInSeconds(births, returns) ? Count<uint>() : Count<long>();

    private RetentionCounts Count<T>()
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var kernel = new BucketKernel<T>(rows, start, end, births.Span());
        var states = BlockScan.Run(
            question.View,
            question.Threads,
            () => new State<T>(
                new TrackBlock<T>(births, question.View.Ids, withRows: cells is not null),
                new TrackBlock<T>(returns, question.View.Ids, withRows: false),
                new RetentionCounts(rows.Count, bucketCount),
                kernel,
                1000.0 / TrackBlocks.PerSecond<T>() / bucketMilliseconds),
            (state, firstPerson) =>
            {
                state.Births.Begin(firstPerson);
                state.Returns.Begin(firstPerson);
            },
            Visit,
            question.CancellationToken);
        var total = new RetentionCounts(rows.Count, bucketCount);
        foreach (var state in states.OfType<State<T>>())
        {
            total.Combine(state.Counts);
        }

        return total;
    }

    private void Visit<T>(State<T> state, int firstPerson)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var (born, returned) = (state.Births, state.Returns);
        returned.Read(firstPerson);
        if (!born.Read(firstPerson))
        {
            return;
        }

        var finder = state.Rows.Buckets;
        var starts = born.Starts;
        var ends = born.Ends;
        var times = born.Times;
        var (from, to) = (TrackBlocks.CeilingOf<T>(start), TrackBlocks.CeilingOf<T>(end));
        for (var place = firstPerson == 0 ? 1 : 0; place < TrackBlocks.Width; place++)
        {
            var birth = starts[place];
            var last = ends[place];
            while (!isFirstEver && birth < last && times[birth] < from)
            {
                birth++;
            }

            while (birth < last && times[birth] is var time && time >= from && time < to)
            {
                var row = finder.Of(time) - 1;
                var buckets = BucketsOf(returned.Times + returned.Starts[place], returned.Times + returned.Ends[place], time, state.PerBucket, returned.TimesEnd);
                state.Counts.Add(cells is null ? 0 : cells.Of(born.RunOf(birth), born.RowOf(birth), firstPerson + place), row, buckets);
                if (isFirstEver)
                {
                    break;
                }

                var rowEnd = TrackBlocks.Of<T>(rows.EndOf(row));
                while (birth < last && times[birth] < rowEnd)
                {
                    birth++;
                }
            }
        }
    }

    /// <summary>One bit for each bucket the person is retained in.</summary>
    /// <remarks>No branch depends on when the person returned: half a unit keeps the division away from the edges, so it is exact.</remarks>
    private ulong BucketsOf<T>(T* next, T* last, T birth, double perBucket, T* readable)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (typeof(T) == typeof(uint) && Avx2.IsSupported && !isOnOrAfter && bucketCount <= 32)
        {
            return (countBirth ? 1UL : 0) | ReturnBuckets.Of((uint*)next, (uint*)last, uint.CreateTruncating(birth), perBucket, bucketCount, (uint*)readable);
        }

        var buckets = countBirth ? 1UL : 0;
        while (next < last && *next < birth)
        {
            next++;
        }

        var latest = countBirth ? 0 : -1;
        for (; next < last; next++)
        {
            var after = *next - birth;
            var bucket = Math.Min((int)(((typeof(T) == typeof(uint) ? (double)long.CreateTruncating(after) : long.CreateTruncating(after)) + 0.5) * perBucket), bucketCount);
            buckets |= (bucket < bucketCount ? 1UL : 0) << bucket;
            latest = Math.Max(latest, bucket);
        }

        // A return in a bucket counts for all before it.
        return !isOnOrAfter ? buckets : latest < 0 ? 0 : ulong.MaxValue >> (63 - Math.Min(latest, bucketCount - 1));
    }

    private sealed record State<T>(TrackBlock<T> Births, TrackBlock<T> Returns, RetentionCounts Counts, BucketKernel<T> Rows, double PerBucket)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>;
}
