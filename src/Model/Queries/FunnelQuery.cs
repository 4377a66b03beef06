using System.Collections.Immutable;
using System.Text.Json.Serialization;
using NodaTime;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <summary>How many get through steps (Mixpanel reference, 3.2).</summary>
/// <remarks>
/// <para>The range bounds the entry only, that is the step-1 event of an attempt. The window runs from it, its end included.
/// From a step satisfied by an event at t, the next step is the earliest matching event that is at or after
/// t − <see cref="Grace"/>, within the window and has not served this attempt. So equal timestamps are in any order, and one
/// event never fills two steps. In a window of n sessions all steps also lie in the entry's session and the n − 1 after it;
/// an entry outside of any session goes no further.</para>
/// <para><b>Attempts.</b> With <see cref="ReEntry.FirstEntry"/> attempts follow each other: the first entry begins one, and
/// the next entry counts once that attempt is over: converted, excluded, or its window past. An event that served one
/// attempt serves no other. With <see cref="ReEntry.Optimized"/> every entry is tried by itself; the better attempt (more
/// steps; the last step earlier; begun later) keeps an event that two of them use at the same step, and the other ends
/// before it.</para>
/// <para><b>Counting.</b> Uniques: each person's first attempt (optimized: the best); of a segment, the first (best) attempt
/// that belongs to it. Totals: every attempt. Sessions: the first (best) attempt begun in each session, all steps in it.</para>
/// <para><b>Filter.</b> <see cref="Filter"/> looks at a whole attempt once it is chosen, through the attributed properties;
/// one that fails is left out and makes no other attempt count. A step's own filter decides which events are the step.</para>
/// </remarks>
public sealed record FunnelQuery
{
    /// <summary>Steps at most this far apart may come in either order.</summary>
    public static readonly Duration Grace = Duration.FromSeconds(2);

    /// <summary>
    /// <see cref="QueryLimits.MinimumSteps"/> to <see cref="QueryLimits.MaximumSteps"/> steps.
    /// <see cref="Rondo.Model.Events.WellKnownEvents.SessionStart"/> and <c>SessionEnd</c> are steps too.
    /// </summary>
    public required ImmutableArray<EventSelector> Steps { get; init; }

    /// <summary>The days in which step 1 happens.</summary>
    public required DateRange Range { get; init; }

    /// <summary>How long the whole may take. Default 7 days.</summary>
    public ConversionWindow Window { get; init; } = new(7, WindowUnit.Day);

    /// <summary>Default in the order given.</summary>
    public StepOrder Order { get; init; } = StepOrder.Specific;

    /// <summary>
    /// With <see cref="StepOrder.Any"/>, the numbers (from 0) of steps that keep their place; the steps between two of them
    /// come in any order, after the one and before the other.
    /// </summary>
    public ImmutableArray<int> Anchored { get; init; } = [];

    /// <summary>
    /// Numbers (from 0) of steps that may be skipped, never the first or the last. One counts when it happens before the step
    /// that follows. Not together with <see cref="StepOrder.Any"/>.
    /// </summary>
    public ImmutableArray<int> Optional { get; init; } = [];

    /// <summary>What is counted. Default uniques.</summary>
    public FunnelCounting Counting { get; init; } = FunnelCounting.Uniques;

    /// <summary>Which entries begin an attempt. Default one after the other.</summary>
    public ReEntry ReEntry { get; init; } = ReEntry.FirstEntry;

    /// <summary>Events that end an attempt; at most <see cref="QueryLimits.MaximumExclusions"/>.</summary>
    public ImmutableArray<FunnelExclusion> Exclusions { get; init; } = [];

    /// <summary>
    /// Properties of any source, at most <see cref="QueryLimits.MaximumHeldProperties"/>, whose values all steps and exclusions of
    /// an attempt share; events without one of them take no part. Uniques that are not optimized hold the values of the first
    /// entry; otherwise attempts with other values run beside each other.
    /// </summary>
    [JsonConverter(typeof(HeldPropertiesConverter))]
    public ImmutableArray<PropertyName> HoldConstant { get; init; } = [];

    /// <summary>What a session is; null means as the project says.</summary>
    public SessionDefinition? Sessions { get; init; }

    /// <summary>Filter on whole attempts.</summary>
    public Predicate? Filter { get; init; }

    /// <summary>At most <see cref="QueryLimits.MaximumBreakdowns"/>; values as <see cref="Attribution"/> says.</summary>
    public ImmutableArray<Breakdown> Breakdowns { get; init; } = [];

    /// <summary>Whose properties an attempt has, for breakdowns and the filter. Default step 1.</summary>
    public StepAttribution Attribution { get; init; } = StepAttribution.AtStep;

    /// <summary>With <see cref="StepAttribution.AtStep"/>, the number of the step, from 0.</summary>
    public int AttributedStep { get; init; }

    /// <summary>Segments shown, most entries first, then by text; the rest becomes <see cref="Segment.Other"/>.</summary>
    public int Limit { get; init; } = QueryLimits.DefaultSegments;

    /// <summary>Asks for the funnel of every interval too, each independent of the others; null for none.</summary>
    public CalendarUnit? TrendUnit { get; init; }

    /// <summary>Asks how long it takes between two steps; null for not.</summary>
    public StepPair? TimeToConvert { get; init; }

    /// <summary>A property whose numbers are summed over the events of each step; what is no number is left out. Null for none.</summary>
    public PropertyName? Sum { get; init; }

    /// <summary>The segment that the others are compared with, to say how sure a difference is; null for all together. One that is not shown compares with nothing.</summary>
    public Segment? Control { get; init; }
}

/// <summary>Whether steps keep their order.</summary>
public enum StepOrder
{
    /// <summary>As given; anything may happen between.</summary>
    Specific = 1,

    /// <summary>
    /// Any order: the n-th number of the answer is those who did n of the steps, whichever came first. Of two steps done at
    /// the same instant the one given first is taken first.
    /// </summary>
    Any = 2,
}

/// <summary>Which step-1 events begin an attempt.</summary>
public enum ReEntry
{
    /// <summary>The first one in the range, and after that the first one when the attempt before it is over.</summary>
    FirstEntry = 1,

    /// <summary>Every one in the range (Mixpanel's "optimized re-entry").</summary>
    Optimized = 2,
}

/// <summary>What a funnel counts.</summary>
public enum FunnelCounting
{
    /// <summary>Persons, once each (once per segment).</summary>
    Uniques = 1,

    /// <summary>Attempts.</summary>
    Totals = 2,

    /// <summary>Sessions; the window is one session whatever it says.</summary>
    Sessions = 3,
}

/// <summary>Whose properties an attempt has.</summary>
public enum StepAttribution
{
    /// <summary>Those of one step's event; not set when the attempt did not get there.</summary>
    AtStep = 1,

    /// <summary>Each property from the first step that has it.</summary>
    FirstDefined = 2,

    /// <summary>Each property from the last step reached that has it.</summary>
    LastDefined = 3,
}

/// <summary>
/// An event that ends the attempt: the steps reached before it stay, the following are not reached. It counts when it
/// happens after step <see cref="From"/> (or up to <see cref="FunnelQuery.Grace"/> before it) and before the step that would follow.
/// </summary>
/// <param name="Event">The event.</param>
/// <param name="From">Number of the step after which it counts, from 0.</param>
/// <param name="To">Number of the step until which it counts; null means the last.</param>
public sealed record FunnelExclusion(EventSelector Event, int From = 0, int? To = null);

/// <summary>Two steps.</summary>
/// <param name="From">Number of the earlier step, from 0.</param>
/// <param name="To">Number of the later step; null means the last.</param>
public sealed record StepPair(int From = 0, int? To = null);
