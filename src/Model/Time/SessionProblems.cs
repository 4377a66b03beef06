using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Model.Time;

/// <summary>Says what is wrong with a definition of sessions.</summary>
public static class SessionProblems
{
    /// <summary>Shortest silence that ends a session, in seconds.</summary>
    public const int MinimumTimeoutSeconds = 60;

    /// <summary>Longest silence within a session, in seconds.</summary>
    public const int MaximumTimeoutSeconds = 86_400;

    /// <summary>Problems of a definition under the field it stands in; none for null.</summary>
    public static IEnumerable<Problem> Of(SessionDefinition? sessions, string field, QueryContext? context)
    {
        if (sessions is { AlsoExcluded.IsDefault: true })
        {
            yield return new Problem($"{field}.alsoExcluded", "must be a list");
        }

        switch (sessions)
        {
            case TimeoutSessions timeout when timeout.TimeoutSeconds is < MinimumTimeoutSeconds or > MaximumTimeoutSeconds:
                yield return new Problem($"{field}.timeoutSeconds", $"must be {MinimumTimeoutSeconds} to {MaximumTimeoutSeconds}");
                break;
            case PropertySessions { Property: null or "" }:
                yield return new Problem($"{field}.property", "must not be empty");
                break;
            case EventSessions events:
                foreach (var problem in OfEnd(events.Start, $"{field}.start", context).Concat(OfEnd(events.End, $"{field}.end", context)))
                {
                    yield return problem;
                }

                if (events.Start is not null && events.Start == events.End)
                {
                    yield return new Problem($"{field}.end", "must be another event than the start");
                }

                break;
        }
    }

    private static IEnumerable<Problem> OfEnd(EventSelector? selector, string field, QueryContext? context) => selector switch
    {
        { IsAnyEvent: true } => [new Problem($"{field}.event", "must name an event")],
        { Event: WellKnownEvents.SessionStart or WellKnownEvents.SessionEnd } => [new Problem($"{field}.event", "must be a stored event")],
        _ => SelectorProblems.Of(selector, field, context),
    };
}
