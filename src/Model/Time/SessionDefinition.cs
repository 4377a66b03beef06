using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Rondo.Model.Events;
using Rondo.Model.Predicates;

namespace Rondo.Model.Time;

/// <summary>
/// What a session of a person is (Mixpanel reference, 3.6). Computed when a question is asked, so a change applies to the
/// past as well. Whatever the kind, a session ends at the project's midnight, begins with its first event and ends with its
/// last; sessions are numbered by their first event.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TimeoutSessions), "timeout")]
[JsonDerivedType(typeof(EventSessions), "events")]
[JsonDerivedType(typeof(PropertySessions), "property")]
public abstract record SessionDefinition
{
    /// <summary>30 minutes of silence.</summary>
    public static SessionDefinition Default { get; } = new TimeoutSessions();

    /// <summary>Names that neither start nor extend a session, besides <see cref="WellKnownEvents.OutsideSessions"/>, which never do.</summary>
    public ImmutableArray<string> AlsoExcluded { get; init; } = [];

    /// <summary>Whether events of this name neither start nor extend a session. One that happens within a session lies in it all the same.</summary>
    public bool Excludes(string name) => WellKnownEvents.OutsideSessions.Contains(name) || AlsoExcluded.Contains(name);
}

/// <summary>Events with gaps of at most so many seconds; a gap of exactly this length does not end a session.</summary>
/// <param name="TimeoutSeconds">60 to 86,400. Default 30 minutes.</param>
public sealed record TimeoutSessions(int TimeoutSeconds = 1800) : SessionDefinition;

/// <summary>
/// From a start event to the first end event at or after it on the same day that has not ended another session. A start
/// within a session and an end without a start mean nothing. A session without its end runs to the last event of the day,
/// and has no Session End.
/// </summary>
/// <param name="Start">What begins a session.</param>
/// <param name="End">What ends it.</param>
public sealed record EventSessions(EventSelector Start, EventSelector End) : SessionDefinition;

/// <summary>
/// Events of one day that carry the same value of a property; the empty text is a value. Events without the property lie in
/// no session. Such sessions may overlap in time.
/// </summary>
/// <param name="Property">The event property.</param>
public sealed record PropertySessions(string Property) : SessionDefinition;
