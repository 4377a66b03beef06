using System.Numerics;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;
using Rondo.Model.Time;

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
    public static StraightFunnel? For(FunnelPlan plan, long start, long end)
    {
        // Whatever else a query can say is not at its default then, and this way would not heed it. A breakdown by what the
        // events carry can give a person several attempts, one per segment; one by what the person is cannot.
        var (question, query) = (plan.Question, plan.Query);
        var plain = new FunnelQuery { Steps = query.Steps, Range = query.Range, Window = query.Window, ReEntry = query.ReEntry, Breakdowns = query.Breakdowns, Limit = query.Limit };
        var names = query.Steps.Select(step => step.Event).ToArray();
        if (query != plain || names.Contains(null) || names.Distinct(StringComparer.Ordinal).Count() < names.Length
            || plan.Lanes.Any(lane => lane.IsSessionEdge) || !query.Breakdowns.All(StepBreakdown.IsOfPerson))
        {
            return null;
        }

        var steps = plan.Lanes.Select(lane => lane.Track).ToArray();
        var cells = query.Breakdowns.IsEmpty ? null : new SegmentReader(question.View, question.Context, steps[0], query.Breakdowns);
        if (!query.Window.IsSessions)
        {
            return new StraightFunnel(question, steps, cells, start, end, query, null);
        }

        return question.Context.Sessions is TimeoutSessions timeout && !names.Any(name => timeout.Excludes(name!))
            ? new StraightFunnel(question, steps, cells, start, end, query, TimeoutCutter.Of(question, timeout))
            : null;
    }

    /// <summary>The breakdown of entries; null for none.</summary>
    public SegmentReader? Cells => cells;

    public FunnelCounts Count() => TrackBlocks.AreInSeconds(steps) && (sessions is null || TrackBlocks.AreInSeconds(sessions.Timeline)) ? Count<uint>() : Count<long>();

    private FunnelCounts Count<T>()
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var states = BlockScan.Run(
            question.View,
            question.Threads,
            () => new State<T>(question, steps, cells is not null, query, sessions),
            (state, firstPerson) => state.Begin(firstPerson),
            Visit,
            question.CancellationToken);
        var total = new FunnelCounts(steps.Length);
        foreach (var state in states.OfType<State<T>>())
        {
            total.Combine(state.Counts);
        }

        return total;
    }

    private void Visit<T>(State<T> state, int firstPerson)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (!state.Read(firstPerson))
        {
            return;
        }

        var entries = state.Blocks[0];
        var times = entries.Times;
        var follower = state.Follower;
        var (from, to) = (TrackBlocks.CeilingOf<T>(start), TrackBlocks.CeilingOf<T>(end));
        for (var place = firstPerson == 0 ? 1 : 0; place < TrackBlocks.Width; place++)
        {
            var first = entries.Starts[place];
            var last = entries.Ends[place];
            if (first == last)
            {
                continue;
            }

            // Most persons' entries all lie in the range.
            while (first < last && times[first] < from)
            {
                first++;
            }

            while (last > first && times[last - 1] >= to)
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

            if (sessions is not null)
            {
                var count = sessions.Cut(state.Timeline!, place, ref state.SessionStarts, ref state.SessionEnds);
                follower.Follow(times + first, last - first, state.SessionStarts, state.SessionEnds, count, query.Window.Count);
            }
            else
            {
                follower.Follow(times + first, last - first);
            }

            state.Counts.Add(cells is null ? 0 : cells.Of(entries.RunOf(first + follower.Entry), entries.RowOf(first + follower.Entry), firstPerson + place), follower.Times, TrackBlocks.PerSecond<T>());
        }
    }

    private sealed class State<T>
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public T[] SessionStarts = new T[16];
        public T[] SessionEnds = new T[16];

        public State(Question question, Track[] steps, bool withRows, FunnelQuery query, TimeoutCutter? sessions)
        {
            Blocks = [.. steps.Select((step, index) => new TrackBlock<T>(step, question.View.Ids, withRows && index == 0))];
            Timeline = sessions is null ? null : new TrackBlock<T>(sessions.Timeline, question.View.Ids, withRows: sessions.NeedsNames);
            Counts = new FunnelCounts(steps.Length);
            Follower = new FunnelFollower<T>(
                steps.Length,
                TrackBlocks.Of<T>((long)FunnelQuery.Grace.TotalMilliseconds),
                query.Window.IsSessions ? T.MaxValue : TrackBlocks.Of<T>((long)query.Window.Length.TotalMilliseconds),
                query.ReEntry == ReEntry.Optimized);
        }

        public TrackBlock<T>[] Blocks { get; }

        public TrackBlock<T>? Timeline { get; }

        public FunnelCounts Counts { get; }

        public FunnelFollower<T> Follower { get; }

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
