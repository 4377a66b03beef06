using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rondo.Model.Predicates;

namespace Rondo.Model.Queries;

/// <summary>
/// Held properties in JSON. A property of the event is its name alone, as it was before other sources could be held; any other
/// is an object with source and property. Both are read of every source.
/// </summary>
public sealed class HeldPropertiesConverter : JsonConverter<ImmutableArray<PropertyName>>
{
    /// <inheritdoc/>
    public override ImmutableArray<PropertyName> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("Held properties are a list.");
        }

        var held = ImmutableArray.CreateBuilder<PropertyName>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            held.Add(reader.TokenType == JsonTokenType.String
                ? new PropertyName(PropertySource.Event, reader.GetString()!)
                : JsonSerializer.Deserialize<PropertyName>(ref reader, options)!);
        }

        return held.ToImmutable();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ImmutableArray<PropertyName> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var property in value)
        {
            if (property.Source == PropertySource.Event)
            {
                writer.WriteStringValue(property.Property);
            }
            else
            {
                JsonSerializer.Serialize(writer, property, options);
            }
        }

        writer.WriteEndArray();
    }
}
