using System.Runtime.CompilerServices;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Straight;

/// <summary>Counts plain funnels block by block. What is plain is for the operator to say.</summary>
/// <param name="question">The question.</param>
/// <param name="steps">The steps, each of one event name, none twice.</param>
/// <param name="cells">The breakdown of entries; null for none.</param>
/// <param name="start">First millisecond in which an attempt may begin.</param>
/// <param name="end">Its end, not included.</param>
/// <param name="query">Window, re-entry.</param>
/// <param name="sessions">How sessions are cut, for a window of sessions.</param>
internal sealed unsafe class StraightFunnel(Question question, Track[] steps, SegmentReader? cells, long start, long end, FunnelQuery query, TimeoutCutter? sessions)
{
    /// <summary>The straight way for a funnel that is plain; null for any other.</summary>
    public static StraightFunnel? For(Question question, FunnelQuery query, Track[] steps, SegmentReader? cells, long start, long end)
    {
        // Whatever else a query can say is not at its default then, and this way would not heed it.
        var plain = new FunnelQuery { Steps = query.Steps, Range = query.Range, Window = query.Window, ReEntry = query.ReEntry, Filter = query.Filter, Breakdowns = query.Breakdowns, Limit = query.Limit };
        var names = query.Steps.Select(step => step.Event).ToArray();
        if (query != plain || names.Contains(null) || names.Distinct(StringComparer.Ordinal).Count() < names.Length)
        {
            return null;
        }

        if (!query.Window.IsSessions)
        {
            return new StraightFunnel(question, steps, cells, start, end, query, null);
        }

        return names.Any(question.Context.Sessions.ExcludedEvents.Contains!) ? null : new StraightFunnel(question, steps, cells, start, end, query, TimeoutCutter.Of(question));
    }

    public FunnelCounts Count()
    {
        var states = BlockScan.Run(
            question.View,
            question.Threads,
            () => new State(question, steps, cells is not null, query, sessions),
            (state, firstPerson) => state.Begin(firstPerson),
            Visit,
            question.CancellationToken);
        var total = new FunnelCounts(steps.Length);
        foreach (var state in states.OfType<State>())
        {
            total.Combine(state.Counts);
        }

        return total;
    }

    private void Visit(State state, int firstPerson)
    {
        if (!state.Read(firstPerson))
        {
            return;
        }

        var entries = state.Blocks[0];
        var follower = state.Follower;
        for (var place = firstPerson == 0 ? 1 : 0; place < TrackBlock.Width; place++)
        {
            var first = entries.Starts[place];
            var last = entries.Ends[place];
            if (first == last)
            {
                continue;
            }

            // Most persons' entries all lie in the range.
            while (first < last && entries.Times[first] < start)
            {
                first++;
            }

            while (last > first && entries.Times[last - 1] >= end)
            {
                last--;
            }

            if (first == last)
            {
                continue;
            }

            for (var step = 1; step < state.Blocks.Length; step++)
            {
                var block = state.Blocks[step];
                follower.Set(step, block.Times + block.Starts[place], block.Times + block.Ends[place]);
            }

            if (state.Timeline is { } timeline)
            {
                var count = sessions!.Cut(timeline, place, ref state.SessionStarts, ref state.SessionEnds);
                follower.Follow(entries.Times + first, last - first, state.SessionStarts, state.SessionEnds, count, query.Window.Count);
            }
            else
            {
                follower.Follow(entries.Times + first, last - first);
            }

            state.Counts.Add(CellOf(entries, first + follower.Entry, firstPerson + place), follower.Times);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int CellOf(TrackBlock entries, int index, int person) => cells is null ? 0 : cells.Of(entries.RunOf(index), entries.RowOf(index), person);

    private sealed class State
    {
        public long[] SessionStarts = new long[16];
        public long[] SessionEnds = new long[16];

        public State(Question question, Track[] steps, bool withRows, FunnelQuery query, TimeoutCutter? sessions)
        {
            Blocks = [.. steps.Select((step, index) => new TrackBlock(step, question.View.Ids, withRows && index == 0))];
            Timeline = sessions is null ? null : new TrackBlock(Track.Timeline(question.View), question.View.Ids, withRows: true);
            Counts = new FunnelCounts(steps.Length);
            Follower = new FunnelFollower(
                steps.Length,
                (long)FunnelQuery.Grace.TotalMilliseconds,
                query.Window.IsSessions ? long.MaxValue : (long)query.Window.Length.TotalMilliseconds,
                query.ReEntry == ReEntry.Optimized);
        }

        public TrackBlock[] Blocks { get; }

        public TrackBlock? Timeline { get; }

        public FunnelCounts Counts { get; }

        public FunnelFollower Follower { get; }

        public void Begin(int firstPerson)
        {
            foreach (var block in Blocks)
            {
                block.Begin(firstPerson);
            }

            Timeline?.Begin(firstPerson);
        }

        public bool Read(int firstPerson)
        {
            var hasEntries = Blocks[0].Read(firstPerson);
            for (var step = 1; step < Blocks.Length; step++)
            {
                Blocks[step].Read(firstPerson);
            }

            Timeline?.Read(firstPerson);
            return hasEntries;
        }
    }
}
