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
    public (long[] Values, long Total) Uniques()
    {
        var states = BlockScan.Run(
            question.View,
            question.Threads,
            () => new State(new TrackBlock(track, question.View.Ids, withRows: false), buckets.Count),
            (state, firstPerson) => state.Block.Begin(firstPerson),
            VisitUniques,
            question.CancellationToken);
        return Combine(states);
    }

    /// <summary>Events per bucket. Runs that cannot share an event sent again are read column by column, whoever did it.</summary>
    public (long[] Values, long Total) Totals()
    {
        if (track.RunsAreApart())
        {
            return Combine(ColumnScan.Run(track, question.Threads, () => new State(null!, buckets.Count), VisitColumn, question.CancellationToken));
        }

        return Combine(BlockScan.Run(
            question.View,
            question.Threads,
            () => new State(new TrackBlock(track, question.View.Ids, withRows: false), buckets.Count),
            (state, firstPerson) => state.Block.Begin(firstPerson),
            VisitTotals,
            question.CancellationToken));
    }

    private void VisitUniques(State state, int firstPerson)
    {
        var block = state.Block;
        if (!block.Read(firstPerson))
        {
            return;
        }

        for (var place = firstPerson == 0 ? 1 : 0; place < TrackBlock.Width; place++)
        {
            var time = block.Times + block.Starts[place];
            var last = block.Times + block.Ends[place];
            var bucketEnd = long.MinValue;
            var isIn = false;
            for (; time < last; time++)
            {
                if (*time >= bucketEnd && *time >= start && *time < end)
                {
                    var bucket = buckets.Of(*time);
                    bucketEnd = buckets.EndOf(bucket);
                    state.Values[bucket]++;
                    isIn = true;
                }
            }

            state.Total += isIn ? 1 : 0;
        }
    }

    private void VisitTotals(State state, int firstPerson)
    {
        var block = state.Block;
        if (!block.Read(firstPerson))
        {
            return;
        }

        for (var place = 0; place < TrackBlock.Width; place++)
        {
            for (var index = block.Starts[place]; index < block.Ends[place]; index++)
            {
                Count(state, block.Times[index]);
            }
        }
    }

    private void VisitColumn(State state, TrackRun run, int firstRow, int endRow)
    {
        var times = run.Run.Columns.Times;
        if (run.Mask is null)
        {
            for (var row = firstRow; row < endRow; row++)
            {
                Count(state, times[row]);
            }

            return;
        }

        for (var first = firstRow; first < endRow; first += 64)
        {
            var bits = run.Mask.Words[first >> 6] & (ulong.MaxValue >> (64 - Math.Min(64, endRow - first)));
            for (; bits != 0; bits &= bits - 1)
            {
                Count(state, times[first + System.Numerics.BitOperations.TrailingZeroCount(bits)]);
            }
        }
    }

    private void Count(State state, long time)
    {
        if (time >= start && time < end)
        {
            state.Values[buckets.Of(time)]++;
            state.Total++;
        }
    }

    private (long[] Values, long Total) Combine(IEnumerable<State?> states)
    {
        var values = new long[buckets.Count];
        long total = 0;
        foreach (var state in states.OfType<State>())
        {
            total += state.Total;
            for (var bucket = 0; bucket < values.Length; bucket++)
            {
                values[bucket] += state.Values[bucket];
            }
        }

        return (values, total);
    }

    private sealed class State(TrackBlock block, int bucketCount)
    {
        public TrackBlock Block => block;

        public long[] Values { get; } = new long[bucketCount];

        public long Total { get; set; }
    }
}
