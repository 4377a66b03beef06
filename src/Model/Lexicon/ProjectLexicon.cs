using System.Collections.Immutable;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Lexicon;

/// <summary>What a project has named for its questions. Names are case-sensitive; a change applies to the past as well.</summary>
public sealed record ProjectLexicon
{
    /// <summary>Nothing named.</summary>
    public static ProjectLexicon Empty { get; } = new();

    /// <summary>Custom events: each the union of its selectors.</summary>
    public ImmutableDictionary<string, ImmutableArray<EventSelector>> CustomEvents { get; init; } = ImmutableDictionary<string, ImmutableArray<EventSelector>>.Empty;

    /// <summary>Custom properties: each the text of an expression.</summary>
    public ImmutableDictionary<string, string> CustomProperties { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Names of events that "any event", flows and sessions leave out; a question that names one gets it all the same.</summary>
    public ImmutableHashSet<string> HiddenEvents { get; init; } = [];

    /// <summary>What events and properties are called where people read.</summary>
    public DisplayNames DisplayNames { get; init; } = DisplayNames.None;

    /// <summary>Whether "any event" means events of this name: what people did, and is not hidden.</summary>
    public bool IsActivity(string name) => !WellKnownEvents.NotActivity.Contains(name) && !HiddenEvents.Contains(name);

    /// <summary>Whether events of this name neither start nor extend a session.</summary>
    public bool IsOutside(SessionDefinition sessions, string name) => sessions.Excludes(name) || HiddenEvents.Contains(name);

    /// <summary>Tables that expressions look values up in.</summary>
    public ImmutableDictionary<string, LookupTable> Tables { get; init; } = ImmutableDictionary<string, LookupTable>.Empty;
}
