using Rondo.Engine.Planning;
using Rondo.Model.Events;
using Rondo.Model.Predicates;

namespace Rondo.Engine.Execution;

/// <summary>
/// The events that can be one step or exclusion of a funnel. A beginning or end of a session stands for the first or last
/// event of that session, whose properties it has.
/// </summary>
internal sealed class FunnelLane
{
    private readonly RowMask?[] _masks = [];

    public FunnelLane(Question question, EventSelector selector)
    {
        IsSessionStart = selector.Event == WellKnownEvents.SessionStart;
        IsSessionEnd = selector.Event == WellKnownEvents.SessionEnd;
        if (!IsSessionEdge)
        {
            Track = Track.Of(question.View, question.Filter, selector, null);
            return;
        }

        Track = Track.Everything(question.View, question.View.EventNames);
        _masks = [.. Track.Runs.Select(run => selector.Filter is null ? null : question.Filter.Mask(run.Run, selector.Filter))];
    }

    public Track Track { get; }

    public bool IsSessionStart { get; }

    public bool IsSessionEnd { get; }

    public bool IsSessionEdge => IsSessionStart || IsSessionEnd;

    /// <summary>Whether an event that begins or ends a session passes the step's filter.</summary>
    public bool LetsThrough(TrackCursor cursor, int index) => _masks[cursor.RunOf(index)] is not { } mask || mask[cursor.RowOf(index)];
}
