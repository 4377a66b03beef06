using System.Numerics;
using System.Runtime.InteropServices;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Straight;

/// <summary>Finds the paths of a plain flow, each once with the number of persons who took it. What is plain is for the operator to say.</summary>
/// <param name="question">The question.</param>
/// <param name="query">Steps, window, collapsing.</param>
/// <param name="anchors">The anchor's events, of one name and without a filter.</param>
/// <param name="anchorName">The number of that name.</param>
/// <param name="timeline">Everybody's events.</param>
/// <param name="isHidden">Per event name, whether paths leave it out.</param>
/// <param name="start">First millisecond of anchors.</param>
/// <param name="end">Its end, not included.</param>
internal sealed unsafe class StraightFlow(Question question, FlowQuery query, Track anchors, int anchorName, Track timeline, bool[] isHidden, long start, long end)
{
    private const int BitsOfName = 16;

    private readonly int _columnCount = query.StepsBefore + 1 + query.StepsAfter;

    /// <summary>Whether the paths of a query can be told apart by 128 bits.</summary>
    public static bool Fits(FlowQuery query, int nameCount) => query.StepsBefore + 1 + query.StepsAfter <= 128 / BitsOfName && nameCount < (1 << BitsOfName) - 2;

    /// <summary>Paths as <see cref="FlowKernel.PathOf"/> gives them, with how many persons took each.</summary>
    public IEnumerable<(int[] Path, long Count)> Paths()
    {
        var counts = TrackBlocks.AreInSeconds(anchors, timeline) ? Count<uint>() : Count<long>();
        return counts.Select(path => (Unpack(path.Key), path.Value));
    }

    private Dictionary<UInt128, long> Count<T>()
        where T : unmanaged, IBinaryInteger<T>
    {
        var states = BlockScan.Run(
            question.View,
            question.Threads,
            () => new State<T>(new TrackBlock<T>(anchors, question.View.Ids, withRows: false), new TrackBlock<T>(timeline, question.View.Ids, withRows: true), new int[_columnCount]),
            (state, firstPerson) =>
            {
                state.Anchors.Begin(firstPerson);
                state.Timeline.Begin(firstPerson);
            },
            Visit,
            question.CancellationToken);
        var total = new Dictionary<UInt128, long>();
        foreach (var (path, count) in states.OfType<State<T>>().SelectMany(state => state.Counts))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(total, path, out _) += count;
        }

        return total;
    }

    private void Visit<T>(State<T> state, int firstPerson)
        where T : unmanaged, IBinaryInteger<T>
    {
        var events = state.Timeline;
        events.Read(firstPerson);
        if (!state.Anchors.Read(firstPerson))
        {
            return;
        }

        var (from, to) = (TrackBlocks.CeilingOf<T>(start), TrackBlocks.CeilingOf<T>(end));
        for (var place = firstPerson == 0 ? 1 : 0; place < TrackBlocks.Width; place++)
        {
            var anchor = state.Anchors.Starts[place];
            var lastAnchor = state.Anchors.Ends[place];
            while (anchor < lastAnchor && state.Anchors.Times[anchor] < from)
            {
                anchor++;
            }

            if (anchor == lastAnchor || state.Anchors.Times[anchor] >= to)
            {
                continue;
            }

            // The first event of the name at the anchor's time is the anchor: without a filter none of them was left out.
            var time = state.Anchors.Times[anchor];
            var index = events.Starts[place];
            while (events.Times[index] < time || events.NameOf(index) != anchorName)
            {
                index++;
            }

            Walk(state, events, place, index, 1, query.StepsAfter);
            Walk(state, events, place, index, -1, query.StepsBefore);
            state.Path[query.StepsBefore] = anchorName;
            CollectionsMarshal.GetValueRefOrAddDefault(state.Counts, Pack(state.Path), out _)++;
        }
    }

    private void Walk<T>(State<T> state, TrackBlock<T> events, int place, int anchor, int direction, int stepCount)
        where T : unmanaged, IBinaryInteger<T>
    {
        var window = TrackBlocks.Of<T>((long)query.Window.Length.TotalMilliseconds);
        var time = events.Times[anchor];
        var previous = anchorName;
        var step = 1;
        for (var index = anchor + direction; step <= stepCount && index >= events.Starts[place] && index < events.Ends[place]; index += direction)
        {
            if ((direction > 0 ? events.Times[index] - time : time - events.Times[index]) > window)
            {
                break;
            }

            var name = events.NameOf(index);
            if (isHidden[name] || (query.CollapseRepeats && name == previous))
            {
                continue;
            }

            state.Path[query.StepsBefore + (direction * step)] = name;
            previous = name;
            step++;
        }

        for (var code = FlowKernel.DropOff; step <= stepCount; step++, code = FlowKernel.Absent)
        {
            state.Path[query.StepsBefore + (direction * step)] = code;
        }
    }

    private static UInt128 Pack(int[] path)
    {
        UInt128 packed = 0;
        foreach (var name in path)
        {
            packed = (packed << BitsOfName) | (uint)(name - FlowKernel.Absent);
        }

        return packed;
    }

    private int[] Unpack(UInt128 packed)
    {
        var path = new int[_columnCount];
        for (var column = path.Length - 1; column >= 0; column--)
        {
            path[column] = (int)(packed & ((1 << BitsOfName) - 1)) + FlowKernel.Absent;
            packed >>= BitsOfName;
        }

        return path;
    }

    private sealed record State<T>(TrackBlock<T> Anchors, TrackBlock<T> Timeline, int[] Path)
        where T : unmanaged, IBinaryInteger<T>
    {
        public Dictionary<UInt128, long> Counts { get; } = [];
    }
}
