using System.Collections.Immutable;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>What people do after and before one event (Mixpanel reference, 3.4: uniques, one anchor).</summary>
/// <remarks>
/// A person's anchor is the first matching event in the range. The steps after it are that person's next activity events
/// (see <see cref="EventSelector.Event"/> null) within the window, hidden ones left out first, then, if asked, runs of the
/// same event collapsed to one (a repeat of the anchor's event right beside the anchor collapses into the anchor). Steps
/// before likewise, backwards. A person with no further event within the window drops off in that column, and is in no
/// later one. Within a column the <see cref="Top"/> events by persons (ties by name) are named; the others are one node.
/// </remarks>
public sealed record FlowQuery
{
    /// <summary>Where the flow is pinned.</summary>
    public required EventSelector Anchor { get; init; }

    /// <summary>The days in which the anchor happens.</summary>
    public required DateRange Range { get; init; }

    /// <summary>Columns before the anchor, 0 to <see cref="QueryLimits.MaximumFlowSteps"/>.</summary>
    public int StepsBefore { get; init; }

    /// <summary>Columns after the anchor, 0 to <see cref="QueryLimits.MaximumFlowSteps"/>.</summary>
    public int StepsAfter { get; init; } = 3;

    /// <summary>Named events per column, 1 to <see cref="QueryLimits.MaximumFlowEvents"/>.</summary>
    public int Top { get; init; } = 3;

    /// <summary>How far from the anchor a step may lie. Default 30 days; a window of sessions is not offered.</summary>
    public ConversionWindow Window { get; init; } = new(30, WindowUnit.Day);

    /// <summary>Events left out, as if they had not happened. The anchor itself cannot be hidden.</summary>
    public ImmutableArray<string> Hidden { get; init; } = [];

    /// <summary>Whether a run of the same event counts as one step.</summary>
    public bool CollapseRepeats { get; init; } = true;

    /// <summary>Filter on the anchor event.</summary>
    public Predicate? Filter { get; init; }
}

/// <summary>What a node of a flow stands for.</summary>
public enum FlowNodeKind
{
    /// <summary>The anchor.</summary>
    Anchor = 0,

    /// <summary>A named event.</summary>
    Event = 1,

    /// <summary>All events beyond the named ones.</summary>
    Other = 2,

    /// <summary>No further event.</summary>
    DropOff = 3,
}

/// <summary>Names a node: its column (0 is the anchor, negative before it), kind and event.</summary>
public readonly record struct FlowNodeKey(int Column, FlowNodeKind Kind, string? Event);

/// <summary>A node with its number of persons.</summary>
public sealed record FlowNode(FlowNodeKey Key, long Count);

/// <summary>Persons who go from a node to one in the next column, in the order of time.</summary>
public sealed record FlowLink(FlowNodeKey From, FlowNodeKey To, long Count);

/// <summary>The answer to a <see cref="FlowQuery"/>.</summary>
/// <param name="Entered">Persons with an anchor.</param>
/// <param name="Nodes">By column, then by count, drop-off last.</param>
/// <param name="Links">Between neighbouring columns; before the anchor they run towards it, from a drop-off node for those with nothing earlier.</param>
public sealed record FlowResult(long Entered, ImmutableArray<FlowNode> Nodes, ImmutableArray<FlowLink> Links);
