using System.Collections.Immutable;
using NodaTime;

namespace Rondo.Model.Time;

/// <summary>
/// What a session is: consecutive events of one person with gaps of at most <see cref="Timeout"/>, cut at the project's
/// midnight. Computed when a question is asked, so a change applies to the past as well.
/// </summary>
/// <param name="Timeout">Longest silence inside a session; a gap of exactly this length does not end it. Default 30 minutes.</param>
/// <param name="ExcludedEvents">Events that neither start nor extend a session: identity bookkeeping and message delivery.</param>
public sealed record SessionDefinition(Duration Timeout, ImmutableHashSet<string> ExcludedEvents)
{
    /// <summary>30 minutes; deliveries and identity events excluded (Mixpanel reference, 3.6).</summary>
    public static SessionDefinition Default { get; } = new(Duration.FromMinutes(30), Rondo.Model.Events.WellKnownEvents.OutsideSessions);
}
