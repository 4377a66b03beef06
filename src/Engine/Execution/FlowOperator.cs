using System.Collections.Immutable;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Execution.Straight;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution;

/// <summary>Counts what people do around an anchor. Two passes: the first finds the events to name, the second counts nodes and links.</summary>
/// <remarks>O(events of the persons who did the anchor).</remarks>
internal sealed class FlowOperator
{
    private readonly Question _question;
    private readonly FlowQuery _query;
    private readonly Track _anchors;
    private readonly Track _timeline;
    private readonly bool[] _isHidden;
    private readonly int[] _nameOfRun;
    private readonly long _start;
    private readonly long _end;

    public FlowOperator(Question question, FlowQuery query)
    {
        _question = question;
        _query = query;
        _anchors = Track.Of(question.View, question.Filter, query.Anchor, query.Filter);
        _timeline = Track.Timeline(question.View);
        _nameOfRun = [.. _anchors.Runs.Select(run => question.View.NumberOf(run.Run.EventName!))];
        _isHidden = [.. question.View.EventNames.Select(name => query.Hidden.Contains(name) || Model.Events.WellKnownEvents.NotActivity.Contains(name))];
        var window = query.Range.Resolve(question.Context.Calendar, question.Context.Now);
        _start = window.Start.ToUnixTimeMilliseconds();
        _end = window.End.ToUnixTimeMilliseconds();
    }

    private int ColumnCount => _query.StepsBefore + 1 + _query.StepsAfter;

    public FlowResult Execute()
    {
        var total = new FlowTally();
        if (Straight() is { } straight)
        {
            (int[] Path, long Count)[] paths = [.. straight.Paths()];
            var named = Named([.. Enumerable.Range(0, ColumnCount).Select(column => paths.Where(path => path.Path[column] >= 0).Select(path => KeyValuePair.Create(path.Path[column], path.Count)))]);
            foreach (var (path, count) in paths)
            {
                Tally(total, path, named, count);
            }
        }
        else
        {
            var named = NamedEvents();
            foreach (var state in Scan(() => new FlowTally(), (tally, path, _) => Tally(tally, path, named, 1)))
            {
                total.Combine(state);
            }
        }

        return new FlowResult(
            total.Entered,
            [.. total.Nodes.Select(node => new FlowNode(node.Key, node.Value)).OrderBy(node => node.Key.Column).ThenBy(node => node.Key.Kind).ThenByDescending(node => node.Count).ThenBy(node => node.Key.Event, StringComparer.Ordinal)],
            [.. total.Links.Select(link => new FlowLink(link.Key.From, link.Key.To, link.Value)).OrderBy(link => link.From.Column).ThenByDescending(link => link.Count).ThenBy(link => link.From.Event, StringComparer.Ordinal).ThenBy(link => link.To.Event, StringComparer.Ordinal).ThenBy(link => link.From.Kind).ThenBy(link => link.To.Kind)]);
    }

    /// <summary>The straight way for a flow that is plain; null for any other.</summary>
    private StraightFlow? Straight()
    {
        // Whatever else a query can say is not at its default then, and this way would not heed it.
        var plain = new FlowQuery { Anchor = _query.Anchor, Range = _query.Range, StepsBefore = _query.StepsBefore, StepsAfter = _query.StepsAfter, Top = _query.Top, Window = _query.Window, Hidden = _query.Hidden, CollapseRepeats = _query.CollapseRepeats };
        return _query == plain && _query.Anchor is { Event: { } name, Filter: null } && StraightFlow.Fits(_query, _question.View.EventNames.Length) && _question.View.NumberOf(name) is var number and >= 0
            ? new StraightFlow(_question, _query, _anchors, number, _timeline, _isHidden, _start, _end)
            : null;
    }

    private void Tally(FlowTally tally, int[] path, ImmutableHashSet<int>[] named, long count)
    {
        tally.Entered += count;
        foreach (var node in Nodes(path, named))
        {
            tally.AddNode(node, count);
        }

        foreach (var (from, to) in Links(path, named))
        {
            tally.AddLink(from, to, count);
        }
    }

    public PersonSet PeopleAt(FlowPoint point)
    {
        var named = NamedEvents();
        var builders = Scan(
            () => new PersonSet.Builder(),
            (builder, path, person) =>
            {
                var isMeant = point.To is { } to ? Links(path, named).Contains((point.Node, to)) : Nodes(path, named).Contains(point.Node);
                if (isMeant)
                {
                    builder.Add(new PersonNumber(person));
                }
            });
        return InsightsOperator.Union(builders);
    }

    /// <summary>Per column, the names that get a node of their own.</summary>
    private ImmutableHashSet<int>[] NamedEvents()
    {
        var states = Scan(
            () => Enumerable.Range(0, ColumnCount).Select(_ => new Dictionary<int, long>()).ToArray(),
            (counts, path, _) =>
            {
                for (var column = 0; column < path.Length; column++)
                {
                    if (path[column] >= 0)
                    {
                        counts[column][path[column]] = counts[column].GetValueOrDefault(path[column]) + 1;
                    }
                }
            });
        return Named([.. Enumerable.Range(0, ColumnCount).Select(column => states.SelectMany(state => state[column]))]);
    }

    private ImmutableHashSet<int>[] Named(IEnumerable<KeyValuePair<int, long>>[] countsByColumn) =>
        [.. countsByColumn.Select(counts => counts
            .GroupBy(count => count.Key, count => count.Value)
            .OrderByDescending(name => name.Sum())
            .ThenBy(name => _question.View.EventNames[name.Key], StringComparer.Ordinal)
            .Take(_query.Top)
            .Select(name => name.Key)
            .ToImmutableHashSet())];

    private IEnumerable<FlowNodeKey> Nodes(int[] path, ImmutableHashSet<int>[] named)
    {
        for (var column = 0; column < path.Length; column++)
        {
            if (path[column] != FlowKernel.Absent)
            {
                yield return KeyOf(path, named, column);
            }
        }
    }

    private IEnumerable<(FlowNodeKey From, FlowNodeKey To)> Links(int[] path, ImmutableHashSet<int>[] named)
    {
        for (var column = 0; column + 1 < path.Length; column++)
        {
            if (path[column] != FlowKernel.Absent && path[column + 1] != FlowKernel.Absent)
            {
                yield return (KeyOf(path, named, column), KeyOf(path, named, column + 1));
            }
        }
    }

    private FlowNodeKey KeyOf(int[] path, ImmutableHashSet<int>[] named, int index)
    {
        var column = index - _query.StepsBefore;
        return path[index] switch
        {
            _ when column == 0 => new FlowNodeKey(0, FlowNodeKind.Anchor, _query.Anchor.Event),
            FlowKernel.DropOff => new FlowNodeKey(column, FlowNodeKind.DropOff, null),
            var name when named[index].Contains(name) => new FlowNodeKey(column, FlowNodeKind.Event, _question.View.EventNames[name]),
            _ => new FlowNodeKey(column, FlowNodeKind.Other, null),
        };
    }

    private IReadOnlyList<TState> Scan<TState>(Func<TState> makeState, Action<TState, int[], int> visit)
    {
        var scans = PersonScan.Run(
            _anchors,
            _question.View,
            _question.Threads,
            firstPerson => (State: makeState(), Kernel: new FlowKernel(_query, new TrackCursor(_timeline, _question.View.Ids, firstPerson), _nameOfRun, _isHidden, _start, _end)),
            (scan, cursor, person) =>
            {
                if (person != IdDirectory.Nobody && scan.Kernel.Follow(cursor, person) is { } path)
                {
                    visit(scan.State, path, person);
                }
            },
            _question.CancellationToken);
        return [.. scans.Select(scan => scan.State)];
    }

    /// <summary>What a thread has counted. Combining is commutative.</summary>
    private sealed class FlowTally
    {
        public long Entered { get; set; }

        public Dictionary<FlowNodeKey, long> Nodes { get; } = [];

        public Dictionary<(FlowNodeKey From, FlowNodeKey To), long> Links { get; } = [];

        public void AddNode(FlowNodeKey node, long count) => Nodes[node] = Nodes.GetValueOrDefault(node) + count;

        public void AddLink(FlowNodeKey from, FlowNodeKey to, long count) => Links[(from, to)] = Links.GetValueOrDefault((from, to)) + count;

        public void Combine(FlowTally other)
        {
            Entered += other.Entered;
            foreach (var (node, count) in other.Nodes)
            {
                Nodes[node] = Nodes.GetValueOrDefault(node) + count;
            }

            foreach (var (link, count) in other.Links)
            {
                Links[link] = Links.GetValueOrDefault(link) + count;
            }
        }
    }
}
