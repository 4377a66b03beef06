using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>What people do after, before and between events (Mixpanel reference, 3.4).</summary>
/// <remarks>
/// <para><b>Anchors.</b> <see cref="Anchor"/> and the anchors of <see cref="Then"/> are passed like the steps of a funnel
/// (<see cref="FunnelQuery"/>, one attempt after another): uniques take a person's first attempt, totals every one, sessions
/// the first of each session. Who does not reach a later anchor drops off there.</para>
/// <para><b>Steps.</b> The steps after an anchor are the person's next activity events (see <see cref="EventSelector.Event"/>
/// null) within the window from it and before the next anchor that was reached, hidden ones left out first, then, if asked,
/// runs of the same node collapsed to one (a repeat of the anchor's event right beside it collapses into the anchor). Steps
/// before an anchor likewise, backwards, down to the anchor before it; an event that is a step after that anchor already is
/// not shown again, so a link may pass over columns. With no further event within the window a person drops off in that
/// column, and is in no later one.</para>
/// <para><b>Nodes.</b> Within a column the <see cref="Top"/> nodes by count (ties by name, then value) are named; the others
/// are one node.</para>
/// </remarks>
public sealed record FlowQuery
{
    /// <summary>
    /// Where the flow is pinned. <see cref="Rondo.Model.Events.WellKnownEvents.SessionStart"/> stands just before a session's first
    /// event, <c>SessionEnd</c> just after its last.
    /// </summary>
    public required EventSelector Anchor { get; init; }

    /// <summary>The days in which the anchor happens.</summary>
    public required DateRange Range { get; init; }

    /// <summary>Columns before the anchor, 0 to <see cref="QueryLimits.MaximumFlowSteps"/>.</summary>
    public int StepsBefore { get; init; }

    /// <summary>Columns after the anchor, 0 to <see cref="QueryLimits.MaximumFlowSteps"/>.</summary>
    public int StepsAfter { get; init; } = 3;

    /// <summary>Further anchors, in this order; at most <see cref="QueryLimits.MaximumFlowAnchors"/> with the first.</summary>
    public ImmutableArray<FlowAnchor> Then { get; init; } = [];

    /// <summary>Named nodes per column, 1 to <see cref="QueryLimits.MaximumFlowEvents"/>.</summary>
    public int Top { get; init; } = 3;

    /// <summary>
    /// How far from its anchor a step may lie, and from the first anchor the others. Default 30 days. In a window of n sessions
    /// steps lie in the anchor's session or the n − 1 after (before) it.
    /// </summary>
    public ConversionWindow Window { get; init; } = new(30, WindowUnit.Day);

    /// <summary>What is counted. Default uniques.</summary>
    public FunnelCounting Counting { get; init; } = FunnelCounting.Uniques;

    /// <summary>What a session is; null means as the project says.</summary>
    public SessionDefinition? Sessions { get; init; }

    /// <summary>Events that end an attempt between anchors, whose numbers they name.</summary>
    public ImmutableArray<FunnelExclusion> Exclusions { get; init; } = [];

    /// <summary>Properties of any source whose values all anchors share.</summary>
    [JsonConverter(typeof(HeldPropertiesConverter))]
    public ImmutableArray<PropertyName> HoldConstant { get; init; } = [];

    /// <summary>Events left out, as if they had not happened. An anchor itself cannot be hidden.</summary>
    public ImmutableArray<string> Hidden { get; init; } = [];

    /// <summary>Whether a run of the same node counts as one step.</summary>
    public bool CollapseRepeats { get; init; } = true;

    /// <summary>Events that are a node per value of a property; at most <see cref="QueryLimits.MaximumFlowExpansions"/>, one per event.</summary>
    public ImmutableArray<FlowExpansion> Expand { get; init; } = [];

    /// <summary>
    /// Custom events that are a node in place of their members, at most <see cref="QueryLimits.MaximumFlowCustomEvents"/>; an event
    /// that belongs to several is the first of them.
    /// </summary>
    public ImmutableArray<string> CustomEvents { get; init; } = [];

    /// <summary>Filter on the first anchor's event.</summary>
    public Predicate? Filter { get; init; }

    /// <summary>At most <see cref="QueryLimits.MaximumBreakdowns"/>; the value of the first anchor's event.</summary>
    public ImmutableArray<Breakdown> Breakdowns { get; init; } = [];

    /// <summary>Segments shown, most entries first, then by text; the rest becomes <see cref="Segment.Other"/>.</summary>
    public int Limit { get; init; } = QueryLimits.DefaultSegments;

    /// <summary>How many of the most frequent whole paths are listed, 0 (the default) to <see cref="QueryLimits.MaximumFlowPaths"/>.</summary>
    public int TopPaths { get; init; }

    /// <summary>The column of each anchor; the first is 0.</summary>
    public ImmutableArray<int> AnchorColumns()
    {
        var columns = ImmutableArray.CreateBuilder<int>(Then.Length + 1);
        columns.Add(0);
        var after = StepsAfter;
        foreach (var anchor in Then)
        {
            columns.Add(columns[^1] + after + anchor.StepsBefore + 1);
            after = anchor.StepsAfter;
        }

        return columns.MoveToImmutable();
    }

    /// <summary>The last column.</summary>
    public int LastColumn() => AnchorColumns()[^1] + (Then.IsEmpty ? StepsAfter : Then[^1].StepsAfter);
}

/// <summary>An anchor after the first one.</summary>
/// <param name="Event">The event.</param>
/// <param name="StepsBefore">Columns before it, 0 to <see cref="QueryLimits.MaximumFlowSteps"/>.</param>
/// <param name="StepsAfter">Columns after it, likewise.</param>
public sealed record FlowAnchor(EventSelector Event, int StepsBefore = 0, int StepsAfter = 0);

/// <summary>An event that is a node per value of a property.</summary>
/// <param name="Event">The event's name.</param>
/// <param name="Property">The property.</param>
public sealed record FlowExpansion(string Event, string Property)
{
    /// <summary>Where the property is looked up. Default on the event.</summary>
    public PropertySource Source { get; init; } = PropertySource.Event;
}

/// <summary>What a node of a flow stands for.</summary>
public enum FlowNodeKind
{
    /// <summary>An anchor.</summary>
    Anchor = 0,

    /// <summary>A named event.</summary>
    Event = 1,

    /// <summary>All events beyond the named ones.</summary>
    Other = 2,

    /// <summary>No further event; in the column of an anchor: it was not reached.</summary>
    DropOff = 3,
}

/// <summary>
/// Names a node: its column (0 is the first anchor, negative before it), kind, event, and of an expanded event its value as
/// segments are labelled.
/// </summary>
public readonly record struct FlowNodeKey(int Column, FlowNodeKind Kind, string? Event, string? Value = null);

/// <summary>A node with its number of persons, attempts or sessions.</summary>
public sealed record FlowNode(FlowNodeKey Key, long Count);

/// <summary>Those who go from a node to one in a later column, in the order of time.</summary>
public sealed record FlowLink(FlowNodeKey From, FlowNodeKey To, long Count);

/// <summary>A whole path and how often it was taken. Its nodes carry the events' own names, none folded into "other".</summary>
public sealed record FlowPath(ImmutableArray<FlowNodeKey> Nodes, long Count);

/// <summary>The answer to a <see cref="FlowQuery"/>.</summary>
/// <param name="Entered">Persons (attempts, sessions) with the first anchor.</param>
/// <param name="Nodes">By column, then by count, drop-off last.</param>
/// <param name="Links">
/// From every node to the next one of the same persons, mostly in the neighbouring column; before the first anchor they run
/// towards it, from a drop-off node for those with nothing earlier.
/// </param>
public sealed record FlowResult(long Entered, ImmutableArray<FlowNode> Nodes, ImmutableArray<FlowLink> Links)
{
    /// <summary>Those who reached every anchor.</summary>
    public long Completed { get; init; }

    /// <summary>The most frequent paths, ties by their text; empty when none were asked for.</summary>
    public ImmutableArray<FlowPath> Paths { get; init; } = [];

    /// <summary>With a breakdown, its segments: the same named nodes, counted within each.</summary>
    public ImmutableArray<FlowSegment> Segments { get; init; } = [];

    /// <summary>How many segments were folded into <see cref="Segment.Other"/>.</summary>
    public int FoldedSegments { get; init; }
}

/// <summary>One segment of a flow.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Entered">As in the whole.</param>
/// <param name="Nodes">As in the whole.</param>
/// <param name="Links">As in the whole.</param>
public sealed record FlowSegment(Segment Segment, long Entered, ImmutableArray<FlowNode> Nodes, ImmutableArray<FlowLink> Links);
