using System.Text.Json;
using System.Text.Json.Nodes;
using Rondo.Model.Expressions;

namespace Rondo.Model.Lexicon;

/// <summary>What of the lexicon something names, wherever in it a selector, a filter, a breakdown or a property may stand.</summary>
/// <param name="CustomEvents">Custom events.</param>
/// <param name="CustomProperties">Custom properties.</param>
/// <param name="Tables">Lookup tables that its expressions look up.</param>
public sealed record LexiconReferences(IReadOnlySet<string> CustomEvents, IReadOnlySet<string> CustomProperties, IReadOnlySet<string> Tables)
{
    /// <summary>The references of a definition: a cohort's, a filter, a question, a plan.</summary>
    public static LexiconReferences Of<T>(T definition) => OfJson(JsonSerializer.Serialize(definition, ModelJson.Options));

    /// <summary>
    /// The references of a definition as it is stored. What a definition says is read off its JSON, so that a new place for a
    /// selector or a property is looked at without anybody thinking of it here.
    /// </summary>
    public static LexiconReferences OfJson(string json)
    {
        var references = new LexiconReferences(new HashSet<string>(), new HashSet<string>(), new HashSet<string>());
        references.Visit(JsonNode.Parse(json));
        return references;
    }

    /// <summary>The references of an expression.</summary>
    public static LexiconReferences OfExpression(string text)
    {
        var references = new LexiconReferences(new HashSet<string>(), new HashSet<string>(), new HashSet<string>());
        references.AddTables(text);
        return references;
    }

    private void Visit(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                {
                    Visit(item);
                }

                break;
            case JsonObject named:
                Take(named, "source", "property");
                Take(named, "sumSource", "sumProperty");
                if (TextOf(named, "custom") is { } custom)
                {
                    ((HashSet<string>)CustomEvents).Add(custom);
                }

                if (named["customEvents"] is JsonArray shown)
                {
                    ((HashSet<string>)CustomEvents).UnionWith(shown.OfType<JsonValue>().Select(name => name.GetValue<string>()));
                }

                foreach (var (_, value) in named)
                {
                    Visit(value);
                }

                break;
        }
    }

    private void Take(JsonObject named, string source, string property)
    {
        switch (TextOf(named, source), TextOf(named, property))
        {
            case ("custom", { } name): ((HashSet<string>)CustomProperties).Add(name); break;
            case ("expression", { } text): AddTables(text); break;
        }
    }

    private void AddTables(string text)
    {
        if (Expression.Parse(text) is { IsAccepted: true } parsed)
        {
            ((HashSet<string>)Tables).UnionWith(parsed.Value.Tables.Select(table => table.Table));
        }
    }

    private static string? TextOf(JsonObject named, string name) => named[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
