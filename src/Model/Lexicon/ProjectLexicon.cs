using System.Collections.Immutable;
using Rondo.Model.Predicates;

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

    /// <summary>Tables that expressions look values up in.</summary>
    public ImmutableDictionary<string, LookupTable> Tables { get; init; } = ImmutableDictionary<string, LookupTable>.Empty;
}
