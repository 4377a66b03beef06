using System.Collections.Immutable;
using System.Text.Json;
using Rondo.Model;
using Rondo.Model.Lexicon;
using Rondo.Model.Predicates;

namespace Rondo.Conformance.Tests;

/// <summary>What a script names beside its events: one name a line, then two spaces and what it stands for.</summary>
internal static class ScriptLexicon
{
    public static ProjectLexicon Of(IReadOnlyDictionary<string, List<string>> parts) => new()
    {
        CustomEvents = Named(parts, "custom-events").ToImmutableDictionary(named => named.Name, named => JsonSerializer.Deserialize<ImmutableArray<EventSelector>>(named.Text, ModelJson.Options)),
    };

    /// <summary>The ids in each cohort.</summary>
    public static Dictionary<int, HashSet<string>> CohortsOf(IReadOnlyDictionary<string, List<string>> parts) =>
        Named(parts, "cohorts").ToDictionary(named => int.Parse(named.Name, System.Globalization.CultureInfo.InvariantCulture), named => named.Text.Split(' ').ToHashSet());

    private static IEnumerable<(string Name, string Text)> Named(IReadOnlyDictionary<string, List<string>> parts, string part) =>
        parts.GetValueOrDefault(part, []).Select(line => line.Split("  ", 2)).Select(words => (words[0], words[1]));
}
