using System.Collections.Immutable;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Execution.Straight;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution;

/// <summary>Counts what people do around anchors.</summary>
/// <remarks>
/// One pass finds the nodes to name, another counts; with a breakdown one before them ranks the segments. O(events of the
/// persons who did the first anchor).
/// </remarks>
internal sealed class FlowOperator
{
    private readonly Question _question;
    private readonly FlowQuery _query;
    private readonly FlowPlan _plan;
    private readonly FunnelScan _scan;

    public FlowOperator(Question question, FlowQuery query)
    {
        _question = question;
        _query = query;
        _plan = new FlowPlan(question, query);
        _scan = new FunnelScan(_plan.Funnel, new FunnelAttribution(_plan.Funnel));
    }

    public FlowResult Execute()
    {
        if (Straight() is { } straight)
        {
            return Show(straight);
        }

        var slots = _scan.Segments();
        var isNamed = NamedNodes();
        var slotCount = slots?.Shown.Length ?? 0;
        var states = Scan(
            slots,
            () => (Tallies: Enumerable.Range(0, slotCount + 1).Select(_ => new FlowTally(isNamed)).ToArray(), Paths: new FlowPaths()),
            (state, slot, path, isComplete, _) =>
            {
                state.Tallies[slot + 1].Add(path, isComplete, 1);
                if (slot < 0 && _query.TopPaths > 0)
                {
                    state.Paths.Add(path);
                }
            });
        var (tallies, paths) = states[0];
        foreach (var state in states.Skip(1))
        {
            paths.Combine(state.Paths);
            for (var slot = 0; slot <= slotCount; slot++)
            {
                tallies[slot].Combine(state.Tallies[slot]);
            }
        }

        return Show(tallies[0]) with
        {
            Paths = Ranked(paths),
            Segments = [.. tallies.Skip(1).Select((tally, slot) => new FlowSegment(slots!.Shown[slot], tally.Entered, Nodes(tally), Links(tally)))],
            FoldedSegments = slots?.FoldedCount ?? 0,
        };
    }

    private FlowResult Show(FlowTally tally) => new(tally.Entered, Nodes(tally), Links(tally)) { Completed = tally.Completed };

    /// <summary>The straight way for a flow that is plain; null for any other.</summary>
    private StraightFlow? Straight()
    {
        // Whatever else a query can say is not at its default then, and this way would not heed it.
        var view = _question.View;
        var plain = new FlowQuery { Anchor = _query.Anchor, Range = _query.Range, StepsBefore = _query.StepsBefore, StepsAfter = _query.StepsAfter, Top = _query.Top, Window = _query.Window, Hidden = _query.Hidden, CollapseRepeats = _query.CollapseRepeats };
        return _query == plain && !_query.Window.IsSessions && _query.Anchor is { Event: { } name, Filter: null, FirstTime: false }
            && StraightFlow.Fits(_query, view.EventNames.Length) && view.NumberOf(name) is var number and >= 0 && !_plan.Funnel.Lanes[0].IsSessionEdge
            ? new StraightFlow(_question, _query, _plan.Funnel.Lanes[0].Track, number, _plan.Timeline, _plan.HiddenNames, _scan.Start, _scan.End)
            : null;
    }

    private FlowResult Show(StraightFlow straight)
    {
        (int[] Path, long Count)[] paths = [.. straight.Paths()];
        var isNamed = Named(place => paths.Where(path => path.Path[place] >= 0).Select(path => KeyValuePair.Create(path.Path[place], path.Count)));
        var tally = new FlowTally(isNamed);
        foreach (var (path, count) in paths)
        {
            path[_query.StepsBefore] = FlowKernel.Anchor;
            tally.Add(path, isComplete: true, count);
        }

        return Show(tally);
    }

    public PersonSet PeopleAt(FlowPoint point)
    {
        var slots = point.Segment == Segment.Overall ? null : _scan.Segments();
        var meant = slots?.Find(point.Segment) ?? -1;
        if (slots is not null && meant < 0)
        {
            return PersonSet.Empty;
        }

        var isNamed = NamedNodes();
        return People(slots, (slot, path) =>
        {
            if (slot != meant)
            {
                return false;
            }

            var place = PlaceOf(point.Node);
            var isAtNode = IsAt(path, place, point.Node, isNamed);
            if (point.To is not { } to || !isAtNode)
            {
                return isAtNode;
            }

            var next = place + 1;
            while (next < path.Length && path[next] == FlowKernel.Absent)
            {
                next++;
            }

            return next == PlaceOf(to) && IsAt(path, next, to, isNamed);
        });
    }

    public PersonSet PeopleAt(FlowPathPoint point) => People(null, (_, path) => KeysOf(path).SequenceEqual(point.Nodes));

    private delegate bool PathTest(int slot, ReadOnlySpan<int> path);

    private PersonSet People(ShownSegments? slots, PathTest isMeant)
    {
        var builders = Scan(
            slots,
            () => new PersonSet.Builder(),
            (builder, slot, path, _, person) =>
            {
                if (isMeant(slot, path))
                {
                    builder.Add(new PersonNumber(person));
                }
            });
        return InsightsOperator.Union(builders);
    }

    /// <summary>Per column, which nodes are shown by name.</summary>
    private bool[][] NamedNodes()
    {
        var states = Scan(
            null,
            () => Enumerable.Range(0, _plan.ColumnCount).Select(_ => new long[_plan.NodeCount]).ToArray(),
            (counts, _, path, _, _) =>
            {
                for (var place = 0; place < path.Length; place++)
                {
                    if (path[place] >= 0)
                    {
                        counts[place][path[place]]++;
                    }
                }
            });
        return Named(place => Enumerable.Range(0, _plan.NodeCount).Select(node => KeyValuePair.Create(node, states.Sum(counts => counts[place][node]))));
    }

    /// <summary>Per column, which nodes are shown by name, of nodes with counts.</summary>
    private bool[][] Named(Func<int, IEnumerable<KeyValuePair<int, long>>> countsAt) => [.. Enumerable.Range(0, _plan.ColumnCount).Select(place =>
    {
        var isNamed = new bool[_plan.NodeCount];
        var ranked = countsAt(place)
            .GroupBy(count => count.Key, (node, counts) => (Node: node, Count: counts.Sum(count => count.Value)))
            .Where(node => node.Count > 0)
            .OrderByDescending(node => node.Count)
            .ThenBy(node => _plan.Node(node.Node).Event, StringComparer.Ordinal)
            .ThenBy(node => _plan.Node(node.Node).Value, StringComparer.Ordinal);
        foreach (var (node, _) in ranked.Take(_query.Top))
        {
            isNamed[node] = true;
        }

        return isNamed;
    })];

    private ImmutableArray<FlowNode> Nodes(FlowTally tally) =>
        [.. tally.Nodes.Select(node => new FlowNode(KeyOf(node.Key.Place, node.Key.Node), node.Value))
            .OrderBy(node => node.Key.Column)
            .ThenBy(node => node.Key.Kind)
            .ThenByDescending(node => node.Count)
            .ThenBy(node => TextOf(node.Key), StringComparer.Ordinal)];

    private ImmutableArray<FlowLink> Links(FlowTally tally) =>
        [.. tally.Links.Select(link => new FlowLink(KeyOf(link.Key.From.Place, link.Key.From.Node), KeyOf(link.Key.To.Place, link.Key.To.Node), link.Value))
            .OrderBy(link => link.From.Column)
            .ThenByDescending(link => link.Count)
            .ThenBy(link => TextOf(link.From), StringComparer.Ordinal)
            .ThenBy(link => TextOf(link.To), StringComparer.Ordinal)];

    private ImmutableArray<FlowPath> Ranked(FlowPaths paths) =>
        [.. paths.Counts.OrderByDescending(path => path.Value)
            .Select(path => new FlowPath([.. KeysOf(path.Key)], path.Value))
            .GroupBy(path => path.Count)
            .SelectMany(same => same.OrderBy(path => string.Join('\n', path.Nodes.Select(TextOf)), StringComparer.Ordinal))
            .Take(_query.TopPaths)];

    /// <summary>The nodes of a path by their own names.</summary>
    private List<FlowNodeKey> KeysOf(ReadOnlySpan<int> path)
    {
        var keys = new List<FlowNodeKey>(path.Length);
        for (var place = 0; place < path.Length; place++)
        {
            if (path[place] != FlowKernel.Absent)
            {
                keys.Add(KeyOf(place, path[place]));
            }
        }

        return keys;
    }

    private bool IsAt(ReadOnlySpan<int> path, int place, FlowNodeKey node, bool[][] isNamed) =>
        place >= 0 && place < path.Length && path[place] != FlowKernel.Absent && KeyOf(place, FlowTally.Shown(isNamed, place, path[place])) == node;

    private int PlaceOf(FlowNodeKey node) => node.Column + _query.StepsBefore;

    private FlowNodeKey KeyOf(int place, int node)
    {
        var column = place - _query.StepsBefore;
        return node switch
        {
            FlowKernel.Anchor => new FlowNodeKey(column, FlowNodeKind.Anchor, _plan.Funnel.Query.Steps[_plan.AnchorColumns.IndexOf(column)].Event),
            FlowKernel.DropOff => new FlowNodeKey(column, FlowNodeKind.DropOff, null),
            FlowTally.Other => new FlowNodeKey(column, FlowNodeKind.Other, null),
            _ => new FlowNodeKey(column, FlowNodeKind.Event, _plan.Node(node).Event, _plan.Node(node).Value),
        };
    }

    private static string TextOf(FlowNodeKey key) => $"{key.Column} {(int)key.Kind} {key.Event} {key.Value}";

    private delegate void Visit<in TState>(TState state, int slot, ReadOnlySpan<int> path, bool isComplete, int person);

    private IReadOnlyList<TState> Scan<TState>(ShownSegments? slots, Func<TState> makeState, Visit<TState> visit)
    {
        var scans = _scan.Run(
            firstPerson => (State: makeState(), Kernel: new FlowKernel(_plan, firstPerson)),
            slots is null ? null : new SegmentPlaces(slots.SlotOf),
            (scan, place, events, attempt) => visit(scan.State, place.Slot, scan.Kernel.PathOf(events, attempt), attempt[^1] >= 0, events.Person));
        return [.. scans.Select(scan => scan.State)];
    }
}
