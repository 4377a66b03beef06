using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Rondo.Model.Events;
using Rondo.Model.Lexicon;

namespace Rondo.Model.Predicates;

/// <summary>
/// Events of one name, of any name, of several names, or of a saved custom event, that match a filter. At most one of
/// <see cref="Event"/>, <see cref="AnyOf"/> and <see cref="Custom"/> is given; none of them means any event.
/// </summary>
/// <param name="Event">
/// The name; null means any event except bookkeeping that no person did (<see cref="WellKnownEvents.NotActivity"/>) and
/// what the project has hidden.
/// </param>
/// <param name="Filter">Inline filter on the event; null lets all through. May not contain <see cref="DidPredicate"/>.</param>
public sealed record EventSelector(string? Event, Predicate? Filter = null)
{
    /// <summary>Events that match at least one of these, each with a filter of its own; empty when not used.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<EventSelector> AnyOf { get; init; }

    /// <summary>The name of a custom event of the lexicon; null when not used.</summary>
    public string? Custom { get; init; }

    /// <summary>
    /// Lets through only the person's first matching event of the whole history, not of the days looked at; all of them when
    /// several share that time. The filter is asked first, a filter of the whole report after it.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FirstTime { get; init; }

    /// <summary>Whether it names no event: everything that people did.</summary>
    [JsonIgnore]
    public bool IsAnyEvent => Event is null && Custom is null && AnyOf.IsDefaultOrEmpty;

    /// <summary>
    /// The same events as selectors of one name (or any name) each, every filter included; an event may match several. An
    /// unknown custom event has none.
    /// </summary>
    public IEnumerable<EventSelector> Members(ProjectLexicon lexicon)
    {
        if (Custom is not null)
        {
            return lexicon.CustomEvents.TryGetValue(Custom, out var saved) ? saved.SelectMany(member => member.Members(lexicon)).Select(Narrowed) : [];
        }

        return AnyOf.IsDefaultOrEmpty ? [new EventSelector(Event, Filter)] : AnyOf.SelectMany(member => member.Members(lexicon)).Select(Narrowed);
    }

    /// <summary>Whether events of this name can match.</summary>
    public bool MatchesName(string name, ProjectLexicon lexicon) =>
        Members(lexicon).Any(member => member.Event is null ? lexicon.IsActivity(name) : member.Event == name);

    /// <inheritdoc/>
    public bool Equals(EventSelector? other) =>
        other is not null && Event == other.Event && Custom == other.Custom && FirstTime == other.FirstTime && Equals(Filter, other.Filter)
        && (AnyOf.IsDefaultOrEmpty ? other.AnyOf.IsDefaultOrEmpty : !other.AnyOf.IsDefaultOrEmpty && AnyOf.SequenceEqual(other.AnyOf));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Event, Custom, FirstTime, Filter, AnyOf.IsDefault ? 0 : AnyOf.Length);

    private EventSelector Narrowed(EventSelector member) =>
        Filter is null ? member : member with { Filter = member.Filter is null ? Filter : new AllPredicate([member.Filter, Filter]) };
}
