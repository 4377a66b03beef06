using System.Collections.Immutable;
using System.Text.Json;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Lexicon;
using Rondo.Model.Predicates;

namespace Rondo.Conformance.Tests;

/// <summary>What a script names beside its events: one name a line, then two spaces and what it stands for.</summary>
internal static class ScriptLexicon
{
    public static ProjectLexicon Of(IReadOnlyDictionary<string, List<string>> parts) => new()
    {
        CustomEvents = Named(parts, "custom-events").ToImmutableDictionary(named => named.Name, named => JsonSerializer.Deserialize<ImmutableArray<EventSelector>>(named.Text, ModelJson.Options)),
        CustomProperties = Named(parts, "custom-properties").ToImmutableDictionary(named => named.Name, named => named.Text),
        HiddenEvents = [.. parts.GetValueOrDefault("hidden", [])],
        Tables = Named(parts, "tables").ToImmutableDictionary(named => named.Name, named => TableOf(named.Text)),
    };

    /// <summary>Rows with "\n" between, cells with a comma, the header first.</summary>
    private static LookupTable TableOf(string text)
    {
        var rows = text.Split("\\n").Select(row => row.Split(',')).ToList();
        return new LookupTable([.. rows[0]], rows.Skip(1).Select(row => (row[0], row.Skip(1).Select(PropertyValue.Of).ToArray())));
    }

    /// <summary>What dynamic cohorts are.</summary>
    public static CohortDefinition? DefinitionOf(IReadOnlyDictionary<string, List<string>> parts, CohortId cohort) =>
        Named(parts, "cohort-definitions").Where(named => named.Name == cohort.ToString()).Select(named => JsonSerializer.Deserialize<CohortDefinition>(named.Text, ModelJson.Options)).FirstOrDefault();

    /// <summary>The ids in each cohort.</summary>
    public static Dictionary<int, HashSet<string>> CohortsOf(IReadOnlyDictionary<string, List<string>> parts) =>
        Named(parts, "cohorts").ToDictionary(named => int.Parse(named.Name, System.Globalization.CultureInfo.InvariantCulture), named => named.Text.Split(' ').ToHashSet());

    private static IEnumerable<(string Name, string Text)> Named(IReadOnlyDictionary<string, List<string>> parts, string part) =>
        parts.GetValueOrDefault(part, []).Select(line => line.Split("  ", 2)).Select(words => (words[0], words[1]));
}
