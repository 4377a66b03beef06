using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Reads the values of one record, and remembers the first thing that is wrong with them.</summary>
internal ref struct RecordReading(bool isStrict)
{
    private const int MaximumListDepth = 16;
    private static readonly JsonWriterOptions PlainWriting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MixpanelRecords.MaximumDepth };

    /// <summary>The first fault; null while there is none.</summary>
    public Fault? Fault { get; private set; }

    /// <summary>What stands before the names of fields, such as "properties."; put together only for a fault.</summary>
    public string Prefix { get; set; } = string.Empty;

    /// <summary>Notes a fault of a field: <paramref name="rule"/> says what it breaks.</summary>
    public void Refuse(DropReason reason, string field, string rule) =>
        Fault ??= new Fault(reason, Prefix + field, $"'{Prefix}{field}' is invalid: {rule}");

    /// <summary>Reads a string; null for JSON null. Anything else is a fault.</summary>
    public string? ReadText(ref Utf8JsonReader reader, string field)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String: return Text(ref reader, field);
            case JsonTokenType.Null: return null;
            default:
                reader.Skip();
                Refuse(DropReason.Malformed, field, "must be a string");
                return null;
        }
    }

    /// <summary>Reads an id, which is always a text: a number counts as its digits.</summary>
    public string? ReadId(ref Utf8JsonReader reader, string field) => reader.TokenType switch
    {
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => ReadText(ref reader, field),
    };

    /// <summary>Whether the value means yes: true, a number but 0, a text but "", "0" and "false".</summary>
    public static bool ReadSwitch(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True: return true;
            case JsonTokenType.Number: return !reader.TryGetDouble(out var number) || number != 0;
            case JsonTokenType.String: return JsonText.Read(ref reader, out _) is not ("" or "0" or "false");
            default:
                reader.Skip();
                return false;
        }
    }

    /// <summary>Reads any value. Numbers beyond what a double holds are not set.</summary>
    public PropertyValue ReadValue(ref Utf8JsonReader reader, string field) => ReadValue(ref reader, field, depth: 0);

    private PropertyValue ReadValue(ref Utf8JsonReader reader, string field, int depth)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String: return PropertyValue.Of(Text(ref reader, field));
            case JsonTokenType.Number: return reader.TryGetDouble(out var number) && double.IsFinite(number) ? PropertyValue.Of(number) : PropertyValue.Null;
            case JsonTokenType.True: return PropertyValue.Of(true);
            case JsonTokenType.False: return PropertyValue.Of(false);
            case JsonTokenType.StartArray: return ReadList(ref reader, field, depth);
            case JsonTokenType.StartObject: return ReadObject(ref reader, field);
            default: return PropertyValue.Null;
        }
    }

    private PropertyValue ReadList(ref Utf8JsonReader reader, string field, int depth)
    {
        if (depth == MaximumListDepth)
        {
            reader.Skip();
            Refuse(DropReason.TooLarge, field, $"lists must nest at most {MaximumListDepth} levels");
            return PropertyValue.Null;
        }

        var items = ImmutableArray.CreateBuilder<PropertyValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadValue(ref reader, field, depth + 1));
        }

        return PropertyValue.Of(items.ToImmutable());
    }

    private PropertyValue ReadObject(ref Utf8JsonReader reader, string field)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, PlainWriting);
        var outside = reader.CurrentDepth;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: writer.WriteStartObject(); break;
                case JsonTokenType.EndObject: writer.WriteEndObject(); break;
                case JsonTokenType.StartArray: writer.WriteStartArray(); break;
                case JsonTokenType.EndArray: writer.WriteEndArray(); break;
                case JsonTokenType.PropertyName: writer.WritePropertyName(Text(ref reader, field)); break;
                case JsonTokenType.String: writer.WriteStringValue(Text(ref reader, field)); break;
                case JsonTokenType.Number: writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true); break;
                case JsonTokenType.Null: writer.WriteNullValue(); break;
                default: writer.WriteBooleanValue(reader.TokenType == JsonTokenType.True); break;
            }
        }
        while (!(reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == outside) && reader.Read());

        writer.Flush();
        return PropertyValue.OfObject(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private string Text(ref Utf8JsonReader reader, string field)
    {
        var text = JsonText.Read(ref reader, out var isValid);
        if (!isValid && isStrict)
        {
            // Without quotes, as Mixpanel writes this one.
            Fault ??= new Fault(DropReason.Malformed, Prefix + field, $"{Prefix}{field} is invalid: string should be valid utf8");
        }

        return text;
    }
}
