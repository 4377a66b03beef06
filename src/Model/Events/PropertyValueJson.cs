using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rondo.Model.Events;

/// <summary>How a property value reads and writes as JSON: one to one, objects kept as compact text.</summary>
public static class PropertyValueJson
{
    /// <summary>Plain characters stay plain: the text is never put into HTML unescaped.</summary>
    internal static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads any JSON value; the reader stands on its first token and ends on its last.</summary>
    public static PropertyValue Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String: return PropertyValue.Of(reader.GetString()!);
            case JsonTokenType.Number: return PropertyValue.Of(reader.GetDouble());
            case JsonTokenType.True: return PropertyValue.Of(true);
            case JsonTokenType.False: return PropertyValue.Of(false);
            case JsonTokenType.Null: return PropertyValue.Null;
            case JsonTokenType.StartArray:
                var items = ImmutableArray.CreateBuilder<PropertyValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Read(ref reader));
                }

                return PropertyValue.Of(items.ToImmutable());
            case JsonTokenType.StartObject:
                using (var document = JsonDocument.ParseValue(ref reader))
                {
                    return PropertyValue.OfObject(Compact(document.RootElement));
                }

            default: throw new JsonException($"Unexpected token {reader.TokenType}.");
        }
    }

    /// <summary>Reads an already parsed JSON value.</summary>
    public static PropertyValue From(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => PropertyValue.Of(element.GetString()!),
        JsonValueKind.Number => PropertyValue.Of(element.GetDouble()),
        JsonValueKind.True => PropertyValue.Of(true),
        JsonValueKind.False => PropertyValue.Of(false),
        JsonValueKind.Array => PropertyValue.Of([.. element.EnumerateArray().Select(From)]),
        JsonValueKind.Object => PropertyValue.OfObject(Compact(element)),
        _ => PropertyValue.Null,
    };

    /// <summary>The JSON text of a value.</summary>
    public static string Write(PropertyValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            Write(writer, value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes a value; numbers that JSON cannot express (infinities) are written as null.</summary>
    public static void Write(Utf8JsonWriter writer, PropertyValue value)
    {
        switch (value.Kind)
        {
            case PropertyKind.String: writer.WriteStringValue(value.String); break;
            case PropertyKind.Number when double.IsFinite(value.Number): writer.WriteNumberValue(value.Number); break;
            case PropertyKind.Boolean: writer.WriteBooleanValue(value.Boolean); break;
            case PropertyKind.Date: writer.WriteStringValue(value.ToText()); break;
            case PropertyKind.Object: writer.WriteRawValue(value.ObjectJson); break;
            case PropertyKind.List:
                writer.WriteStartArray();
                foreach (var item in value.Items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default: writer.WriteNullValue(); break;
        }
    }

    private static string Compact(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            element.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

/// <summary>Lets <see cref="PropertyValue"/> stand directly in JSON records.</summary>
public sealed class PropertyValueJsonConverter : JsonConverter<PropertyValue>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override PropertyValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => PropertyValueJson.Read(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PropertyValue value, JsonSerializerOptions options) => PropertyValueJson.Write(writer, value);
}
