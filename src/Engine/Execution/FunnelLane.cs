using Rondo.Engine.Planning;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution;

/// <summary>
/// The events that can be one step or exclusion of a funnel. A beginning or end of a session stands for the first or last
/// event of that session, whose properties it has.
/// </summary>
/// <param name="question">Whose events.</param>
/// <param name="selector">Which of them.</param>
/// <param name="sessions">What a session is; null means as the project says.</param>
internal sealed class FunnelLane(Question question, EventSelector selector, SessionDefinition? sessions)
{
    public Track Track { get; } = Track.Of(question.View, question.Filter, selector, null, sessions);

    public bool IsSessionStart { get; } = selector.Event == WellKnownEvents.SessionStart;

    public bool IsSessionEnd { get; } = selector.Event == WellKnownEvents.SessionEnd;

    public bool IsSessionEdge => IsSessionStart || IsSessionEnd;
}
