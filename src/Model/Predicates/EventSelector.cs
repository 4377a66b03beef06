namespace Rondo.Model.Predicates;

/// <summary>Events of one name, or of any name, that match a filter.</summary>
/// <param name="Event">
/// The name; null means any event except bookkeeping that no person did (<see cref="Rondo.Model.Events.WellKnownEvents.NotActivity"/>).
/// </param>
/// <param name="Filter">Inline filter on the event; null lets all through. May not contain <see cref="DidPredicate"/>.</param>
public sealed record EventSelector(string? Event, Predicate? Filter = null)
{
    /// <summary>Whether events of this name can match.</summary>
    public bool MatchesName(string name) => Event is null ? !Rondo.Model.Events.WellKnownEvents.NotActivity.Contains(name) : Event == name;
}
