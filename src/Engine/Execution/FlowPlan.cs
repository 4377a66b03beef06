using System.Collections.Immutable;
using Rondo.Engine.Planning;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>What a flow looks at, prepared once for all threads: its anchors as a funnel, the timeline, and what its nodes are.</summary>
internal sealed class FlowPlan
{
    private readonly Question _question;
    private readonly bool[] _isHidden;
    private readonly int[] _nameOfRun;
    private readonly int[][] _nameOfAnchorRun;
    private readonly Expansion?[] _expansions;
    private readonly Custom[] _customs;
    private readonly List<(string Event, string? Value)> _nodes;

    public FlowPlan(Question question, FlowQuery query)
    {
        _question = question;
        Query = query;
        Funnel = new FunnelPlan(question, new FunnelQuery
        {
            Steps = [query.Anchor, .. query.Then.Select(anchor => anchor.Event)],
            Range = query.Range,
            Window = query.Window,
            Counting = query.Counting,
            Exclusions = query.Exclusions,
            HoldConstant = query.HoldConstant,
            Sessions = query.Sessions,
            Filter = query.Filter,
            Breakdowns = query.Breakdowns,
            Limit = query.Limit,
        });
        var view = question.View;
        HasProperties = !query.Expand.IsEmpty || !query.CustomEvents.IsEmpty || Funnel is { SessionCount: > 0, Sessions.AreSpans: false };
        Timeline = HasProperties ? Track.Everything(view, view.EventNames) : Track.Timeline(view);
        _nameOfRun = HasProperties ? [.. Timeline.Runs.Select(run => view.NumberOf(run.Run.EventName!))] : [];
        _nameOfAnchorRun = [.. Funnel.Lanes.Take(Funnel.StepCount).Select(lane => lane.Track.Runs.Select(run => view.NumberOf(run.Run.EventName!)).ToArray())];
        _isHidden = [.. view.EventNames.Select(name => query.Hidden.Contains(name) || !question.Context.Lexicon.IsActivity(name))];
        _nodes = [.. view.EventNames.Select(name => (name, (string?)null))];
        _expansions = new Expansion?[view.EventNames.Length];
        foreach (var expansion in query.Expand.Where(expansion => view.EventNames.Contains(expansion.Event)))
        {
            var values = new PropertyTexts(question.Filter.Values, new PropertyName(expansion.Source, expansion.Property), Timeline);
            _expansions[view.NumberOf(expansion.Event)] = new Expansion(_nodes.Count, values);
            _nodes.AddRange(values.Texts.Select(text => (expansion.Event, (string?)Segment.Of(text).Label)));
        }

        _customs = [.. query.CustomEvents.Select((name, index) => Custom.Of(question, Timeline, name, _nodes.Count + index))];
        _nodes.AddRange(query.CustomEvents.Select(name => (name, (string?)null)));
        AnchorColumns = query.AnchorColumns();
        StepsAfter = [query.StepsAfter, .. query.Then.Select(anchor => anchor.StepsAfter)];
        ColumnCount = query.StepsBefore + query.LastColumn() + 1;
    }

    public FlowQuery Query { get; }

    /// <summary>The anchors as steps.</summary>
    public FunnelPlan Funnel { get; }

    /// <summary>Every event of a person; with properties when a node or a session depends on them.</summary>
    public Track Timeline { get; }

    public bool HasProperties { get; }

    /// <summary>The column of each anchor.</summary>
    public ImmutableArray<int> AnchorColumns { get; }

    /// <summary>Columns after each anchor.</summary>
    public ImmutableArray<int> StepsAfter { get; }

    public int ColumnCount { get; }

    /// <summary>How many nodes an event can be.</summary>
    public int NodeCount => _nodes.Count;

    public (string Event, string? Value) Node(int number) => _nodes[number];

    /// <summary>The number of an event's name in a timeline of this plan.</summary>
    public int NameOf(TrackCursor timeline, int index) => HasProperties ? _nameOfRun[timeline.RunOf(index)] : timeline.NameOf(index);

    public bool IsHidden(int name) => _isHidden[name];

    /// <summary>Per name whether it is left out.</summary>
    public bool[] HiddenNames => _isHidden;

    /// <summary>Which node an event of the timeline is.</summary>
    public int NodeOf(TrackCursor timeline, int index, int name, int person)
    {
        foreach (var custom in _customs)
        {
            if (custom.Holds(timeline.RunOf(index), timeline.RowOf(index)))
            {
                return custom.Node;
            }
        }

        return _expansions[name] is { } expansion ? expansion.FirstNode + expansion.Values.Of(0, timeline, index, person) : name;
    }

    /// <summary>Where an anchor's event stands in the timeline.</summary>
    public int IndexInTimeline(TrackCursor timeline, int anchor, TrackCursor events, int index) => HasProperties
        ? SameEvent.IndexIn(timeline, events, index)
        : timeline.IndexOf(events, index, _nameOfAnchorRun[anchor][events.RunOf(index)]);

    public TrackCursor TimelineFrom(int firstPerson) => new(Timeline, _question.View.Ids, firstPerson);

    /// <summary>A custom event that stands for its members.</summary>
    /// <param name="Node">Its node.</param>
    /// <param name="Rows">Per run of the timeline whether the run holds any, and which rows; null for all of them.</param>
    private sealed record Custom(int Node, (bool HoldsAny, RowMask? Mask)[] Rows)
    {
        public static Custom Of(Question question, Track timeline, string name, int node)
        {
            var held = question.Filter.Select(new EventSelector(null) { Custom = name }, null).ToDictionary(run => run.Run, run => run.Mask);
            return new Custom(node, [.. timeline.Runs.Select(run => (held.TryGetValue(run.Run, out var mask), mask))]);
        }

        public bool Holds(int run, int row) => Rows[run] is (true, var mask) && (mask is null || mask[row]);
    }

    /// <param name="FirstNode">The node of the first value; the others follow.</param>
    /// <param name="Values">Which value an event has.</param>
    private sealed record Expansion(int FirstNode, PropertyTexts Values);
}
