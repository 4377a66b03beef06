using System.Numerics;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution.Straight;

/// <summary>Counts plain funnels block by block. What is plain is for the operator to say.</summary>
/// <param name="question">The question.</param>
/// <param name="steps">The steps, each of one event name, none twice.</param>
/// <param name="cells">The breakdown of entries; null for none.</param>
/// <param name="isOfPerson">Whether all entries of a person lie in one cell; without a breakdown they do.</param>
/// <param name="start">First millisecond in which an attempt may begin.</param>
/// <param name="end">Its end, not included.</param>
/// <param name="query">Window, re-entry.</param>
/// <param name="sessions">How sessions are cut, for a window of sessions.</param>
internal sealed unsafe class StraightFunnel(Question question, Track[] steps, SegmentReader? cells, bool isOfPerson, long start, long end, FunnelQuery query, TimeoutCutter? sessions)
{
    /// <summary>The straight way for a funnel that is plain; null for any other.</summary>
    public static StraightFunnel? For(FunnelPlan plan)
    {
        // Whatever else a query can say is not at its default then, and this way would not heed it.
        var (question, query) = (plan.Question, plan.Query);
        var window = query.Range.Resolve(question.Context.Calendar, question.Context.Now);
        var (start, end) = (window.Start.ToUnixTimeMilliseconds(), window.End.ToUnixTimeMilliseconds());
        var plain = new FunnelQuery { Steps = query.Steps, Range = query.Range, Window = query.Window, ReEntry = query.ReEntry, Breakdowns = query.Breakdowns, Limit = query.Limit };
        var names = query.Steps.Select(step => step.Event).ToArray();
        if (query != plain || names.Contains(null) || names.Distinct(StringComparer.Ordinal).Count() < names.Length
            || plan.Lanes.Any(lane => lane.IsSessionEdge))
        {
            return null;
        }

        var steps = plan.Lanes.Select(lane => lane.Track).ToArray();
        var cells = query.Breakdowns.IsEmpty ? null : new SegmentReader(question, steps[0], query.Breakdowns);
        var isOfPerson = query.Breakdowns.All(breakdown => StepBreakdown.IsOfPerson(plan, breakdown));
        if (cells is not null && !isOfPerson && (query.ReEntry == ReEntry.Optimized || !EachCellIsShown(cells, query.Limit)))
        {
            return null;
        }

        if (!query.Window.IsSessions)
        {
            return new StraightFunnel(question, steps, cells, isOfPerson, start, end, query, null);
        }

        return question.Context.Sessions is TimeoutSessions timeout && !names.Any(name => question.Context.Lexicon.IsOutside(timeout, name!))
            ? new StraightFunnel(question, steps, cells, isOfPerson, start, end, query, TimeoutCutter.Of(question, timeout))
            : null;
    }

    /// <summary>
    /// A breakdown by what events carry may give a person several attempts, one after another and the first in each segment.
    /// Segments of several cells would need the attempts of several cells at once, and with every entry tried the better
    /// attempt would have to keep what two of them share.
    /// </summary>
    private static bool EachCellIsShown(SegmentReader cells, int limit)
    {
        var seen = new HashSet<int>();
        return cells.CellCount <= limit && Enumerable.Range(0, cells.CellCount).All(cell => cells.SegmentsOf(cell).Length == 1 && seen.Add(cells.SegmentsOf(cell)[0]));
    }

    /// <summary>The breakdown of entries; null for none.</summary>
    public SegmentReader? Cells => cells;

    /// <summary>All together, and per cell.</summary>
    public (FunnelCounts Overall, FunnelCounts Cells) Count() => TrackBlocks.AreInSeconds(steps) && (sessions is null || TrackBlocks.AreInSeconds(sessions.Timeline)) ? Count<uint>() : Count<long>();

    private (FunnelCounts Overall, FunnelCounts Cells) Count<T>()
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var states = BlockScan.Run(
            question.View,
            question.Threads,
            () => new State<T>(question, steps, withRows: cells is not null && !isOfPerson, query, sessions),
            (state, firstPerson) => state.Begin(firstPerson),
            Visit,
            question.CancellationToken);
        var (overall, byCell) = (new FunnelCounts(steps.Length), new FunnelCounts(steps.Length));
        foreach (var state in states.OfType<State<T>>())
        {
            overall.Combine(state.Overall);
            byCell.Combine(state.Counts);
        }

        if (isOfPerson)
        {
            overall.CombineCells(byCell);
        }

        return (overall, byCell);
    }

    private void Visit<T>(State<T> state, int firstPerson)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (!state.Read(firstPerson))
        {
            return;
        }

        var passes = state.Passes;
        passes.Enter(firstPerson == 0 ? 1 : 0, TrackBlocks.CeilingOf<T>(start), TrackBlocks.CeilingOf<T>(end), state.Span);
        if (isOfPerson && (sessions is null || query.Window.Count == 1))
        {
            VisitAtOnce(state, firstPerson);
            return;
        }

        var times = state.Blocks[0].Times;
        foreach (var place in passes.Entered)
        {
            var first = passes.FirstEntryAt(place);
            var last = passes.EntryEndAt(place);
            var sessionCount = sessions?.Cut(state.Timeline!, place, ref state.SessionStarts, ref state.SessionEnds) ?? 0;
            Follow(state, place, times + first, last - first, sessionCount);
            if (isOfPerson)
            {
                state.Counts.Add(CellOf(state, firstPerson, place), state.Follower.Times, state.Follower.Reached, TrackBlocks.PerSecond<T>());
                continue;
            }

            state.Overall.Add(0, state.Follower.Times, state.Follower.Reached, TrackBlocks.PerSecond<T>());
            VisitCells(state, firstPerson, place, first, last, sessionCount);
        }
    }

    /// <summary>Everybody who entered, step by step.</summary>
    private void VisitAtOnce<T>(State<T> state, int firstPerson)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var passes = state.Passes;
        cells?.OfPersons(firstPerson, passes.Entered, passes.Cells);
        if (query.ReEntry == ReEntry.Optimized)
        {
            passes.DecideByBest(state.Counts, hasCells: cells is not null);
        }
        else
        {
            passes.DecideByFirst(state.Counts, hasCells: cells is not null);
        }

        foreach (var place in passes.Odd)
        {
            var sessionCount = sessions?.Cut(state.Timeline!, place, ref state.SessionStarts, ref state.SessionEnds) ?? 0;
            Follow(state, place, state.Blocks[0].Times + passes.FirstEntryAt(place), passes.EntryEndAt(place) - passes.FirstEntryAt(place), sessionCount);
            state.Counts.Add(CellOf(state, firstPerson, place), state.Follower.Times, state.Follower.Reached, TrackBlocks.PerSecond<T>());
        }
    }

    /// <summary>The cell of a person all of whose entries lie in one.</summary>
    private int CellOf<T>(State<T> state, int firstPerson, int place)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        return cells?.OfPerson(firstPerson + place) ?? 0;
    }

    /// <summary>An attempt for each cell that an entry lies in; most persons' entries lie in one, and their attempt is the one just made.</summary>
    private void VisitCells<T>(State<T> state, int firstPerson, int place, int first, int last, int sessionCount)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var entries = state.Blocks[0];
        var isOne = true;
        state.CellsOfEntries.Clear();
        for (var index = first; index < last; index++)
        {
            state.CellsOfEntries.Add(cells!.Of(entries.RunOf(index), entries.RowOf(index), firstPerson + place));
            isOne &= state.CellsOfEntries[^1] == state.CellsOfEntries[0];
        }

        if (isOne)
        {
            state.Counts.Add(state.CellsOfEntries[0], state.Follower.Times, state.Follower.Reached, TrackBlocks.PerSecond<T>());
            return;
        }

        FollowOneAfterAnother(state, place, entries.Times + first, sessionCount);
    }

    /// <summary>Entries in several cells: the next attempt begins when the one before is over, and the first in each cell counts.</summary>
    private void FollowOneAfterAnother<T>(State<T> state, int place, T* times, int sessionCount)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var follower = state.Follower;
        Aim(state, place);
        state.CellsSeen.Clear();
        var openUntil = T.MinValue;
        var session = 0;
        for (var entry = 0; entry < state.CellsOfEntries.Count; entry++)
        {
            var time = times[entry];
            if (time < openUntil)
            {
                continue;
            }

            while (session + 1 < sessionCount && state.SessionStarts[session + 1] <= time)
            {
                session++;
            }

            openUntil = sessions is null
                ? follower.FollowOnce(time)
                : follower.FollowOnce(time, state.SessionStarts[session], state.SessionEnds[Math.Min(session + query.Window.Count, sessionCount) - 1]);
            if (!state.CellsSeen.Contains(state.CellsOfEntries[entry]))
            {
                state.CellsSeen.Add(state.CellsOfEntries[entry]);
                state.Counts.Add(state.CellsOfEntries[entry], follower.Times, follower.Reached, TrackBlocks.PerSecond<T>());
            }
        }
    }

    private void Follow<T>(State<T> state, int place, T* entries, int entryCount, int sessionCount)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var follower = state.Follower;
        Aim(state, place);
        if (sessions is null)
        {
            follower.Follow(entries, entryCount);
        }
        else
        {
            follower.Follow(entries, entryCount, state.SessionStarts, state.SessionEnds, sessionCount, query.Window.Count);
        }
    }

    /// <summary>Points the follower at the person's events of every later step.</summary>
    private static void Aim<T>(State<T> state, int place)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var next = state.Follower.Next;
        var ends = state.Follower.Ends;
        var readable = state.Follower.Readable;
        readable[0] = (nint)state.Blocks[0].TimesEnd;
        for (var step = 1; step < state.Blocks.Length; step++)
        {
            var block = state.Blocks[step];
            readable[step] = (nint)block.TimesEnd;
            next[step] = (nint)(block.Times + block.Starts[place]);
            ends[step] = (nint)(block.Times + block.Ends[place]);
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
            Timeline = sessions is null ? null : new TrackBlock<T>(sessions.Timeline, question.View.Ids, withRows: false);
            Counts = new FunnelCounts(steps.Length);
            Overall = new FunnelCounts(steps.Length);
            var grace = TrackBlocks.Of<T>((long)FunnelQuery.Grace.TotalMilliseconds);
            var window = query.Window.IsSessions ? T.MaxValue : TrackBlocks.Of<T>((long)query.Window.Length.TotalMilliseconds);
            Passes = new FunnelPasses<T>(Blocks, grace, sessions is null ? new WindowSpan<T>(window) : sessions.Span(Timeline!));
            var span = steps[0].Span();
            Span = (TrackBlocks.Of<T>(span.First), TrackBlocks.Of<T>(span.Last));
            Follower = new FunnelFollower<T>(steps.Length, grace, window, query.ReEntry == ReEntry.Optimized);
        }

        public TrackBlock<T>[] Blocks { get; }

        public TrackBlock<T>? Timeline { get; }

        /// <summary>Attempts whatever their cell.</summary>
        public FunnelCounts Overall { get; }

        /// <summary>Attempts per cell of the breakdown.</summary>
        public FunnelCounts Counts { get; }

        public List<int> CellsOfEntries { get; } = [];

        /// <summary>Cells that the person has an attempt in already.</summary>
        public List<int> CellsSeen { get; } = [];

        public FunnelPasses<T> Passes { get; }

        /// <summary>The first and the last time of all entries.</summary>
        public (T First, T Last) Span { get; }

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
