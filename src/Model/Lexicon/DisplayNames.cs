using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rondo.Model.Predicates;

namespace Rondo.Model.Lexicon;

/// <summary>What events and properties are called where people read, in place of the names under which they are tracked.</summary>
public sealed record DisplayNames
{
    /// <summary>Nothing has another name.</summary>
    public static DisplayNames None { get; } = new();

    /// <summary>By the name of an event.</summary>
    public ImmutableDictionary<string, string> Events { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>By the name of an event property.</summary>
    public ImmutableDictionary<string, string> EventProperties { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>By the name of a profile property.</summary>
    public ImmutableDictionary<string, string> UserProperties { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What an event is called.</summary>
    public string Event(string name) => Events.GetValueOrDefault(name, name);

    /// <summary>What a property is called; a column of a lookup table and a field of an object by their own names.</summary>
    public string Property(PropertySource source, string name) => source switch
    {
        PropertySource.Event => EventProperties.GetValueOrDefault(name, name),
        PropertySource.User => UserProperties.GetValueOrDefault(name, name),
        PropertySource.Expression => LookupColumn.Of(name)?.Title ?? ObjectField.Of(name)?.Title ?? name,
        _ => name,
    };

    /// <summary>
    /// A question, a filter or a cohort in which every event and property has the name that people read: to be put into words,
    /// never to be asked. Names are found in its JSON, so that a new place for a selector or a property is looked at without
    /// anybody thinking of it here.
    /// </summary>
    public T In<T>(T question)
    {
        var json = JsonSerializer.SerializeToNode(question, ModelJson.Options)!;
        return Rename(json) ? json.Deserialize<T>(ModelJson.Options)! : question;
    }

    private bool Rename(JsonNode? node)
    {
        var isRenamed = false;
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                {
                    isRenamed |= Rename(item);
                }

                break;
            case JsonObject named:
                isRenamed |= Put(named, "event", Event);
                isRenamed |= RenameProperty(named, "source", "property") | RenameProperty(named, "sumSource", "sumProperty") | RenameHeld(named);
                foreach (var (_, value) in named.ToList())
                {
                    isRenamed |= Rename(value);
                }

                break;
        }

        return isRenamed;
    }

    private bool RenameProperty(JsonObject named, string source, string property) =>
        TextOf(named[source]) is { } text && Enum.TryParse<PropertySource>(text, ignoreCase: true, out var its) && Put(named, property, name => Property(its, name));

    private bool RenameHeld(JsonObject named)
    {
        if (named["holdConstant"] is not JsonArray held)
        {
            return false;
        }

        var isRenamed = false;
        for (var index = 0; index < held.Count; index++)
        {
            if (TextOf(held[index]) is { } name && Property(PropertySource.Event, name) is var called && called != name)
            {
                (held[index], isRenamed) = (called, true);
            }
        }

        return isRenamed;
    }

    private static bool Put(JsonObject named, string key, Func<string, string> call)
    {
        if (TextOf(named[key]) is not { } name || call(name) is not { } called || called == name)
        {
            return false;
        }

        named[key] = called;
        return true;
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
