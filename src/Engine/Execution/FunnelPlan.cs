using System.Collections.Immutable;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>What a funnel looks at, prepared once for all threads: a lane per step, then one per exclusion.</summary>
internal sealed class FunnelPlan
{
    public FunnelPlan(Question question, FunnelQuery query)
    {
        Question = question;
        Query = query;
        Lanes = [.. query.Steps.Concat(query.Exclusions.Select(exclusion => exclusion.Event)).Select(selector => new FunnelLane(question, selector, query.Sessions))];
        var isInSessions = query.Counting == FunnelCounting.Sessions || query.Window.IsSessions;
        SessionCount = query.Counting == FunnelCounting.Sessions ? 1 : query.Window.IsSessions ? query.Window.Count : 0;
        Sessions = isInSessions || Lanes.Any(lane => lane.IsSessionEdge) ? new SessionPlan(question, query.Sessions) : null;
        Held = [.. query.HoldConstant.Select(property => new PropertyTexts(question.Filter.Values, property, [.. Lanes.Select(lane => lane.Track)]))];
        EntryLaneCount = 1;
        while (query.Order == StepOrder.Any && !query.Anchored.Contains(0) && EntryLaneCount < query.Steps.Length && !query.Anchored.Contains(EntryLaneCount))
        {
            EntryLaneCount++;
        }
    }

    public Question Question { get; }

    public FunnelQuery Query { get; }

    public FunnelLane[] Lanes { get; }

    public int StepCount => Query.Steps.Length;

    /// <summary>The first lanes, whose events can begin an attempt.</summary>
    public int EntryLaneCount { get; }

    /// <summary>How many sessions an attempt may span; 0 when the window is a length of time.</summary>
    public int SessionCount { get; }

    /// <summary>Null when sessions play no part.</summary>
    public SessionPlan? Sessions { get; }

    /// <summary>The values of each held property, over all lanes.</summary>
    public ImmutableArray<PropertyTexts> Held { get; }

    /// <summary>Whose persons are visited: those of step 1, or everyone when it is not the only track that can begin an attempt.</summary>
    public Track Driver => IsDrivenByStep1 ? Lanes[0].Track : _everyone ??= Track.Timeline(Question.View);

    /// <summary>Whether the driver's cursor is that of step 1.</summary>
    public bool IsDrivenByStep1 => EntryLaneCount == 1;

    private Track? _everyone;
}
