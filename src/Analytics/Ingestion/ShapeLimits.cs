using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;

namespace Rondo.Analytics.Ingestion;

/// <summary>How much one record may hold (Mixpanel reference, 1.4), and the cutting of long texts.</summary>
internal static class ShapeLimits
{
    private static readonly JsonReaderOptions DeepReading = new() { MaxDepth = 1000 };
    private static readonly JsonWriterOptions PlainWriting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Fault? FaultOf(SubmittedEvent submitted, IngestionLimits limits)
    {
        if (submitted.SizeBytes >= limits.MaximumRecordBytes)
        {
            return TooLarge(string.Empty, $"the event is invalid: must be smaller than {limits.MaximumRecordBytes} bytes");
        }

        if (submitted.Properties.Count > limits.MaximumProperties)
        {
            return TooLarge("properties", $"'properties' is invalid: must have at most {limits.MaximumProperties} properties");
        }

        foreach (var property in submitted.Properties)
        {
            if (ProblemOf(property.Value, limits) is { } problem)
            {
                return TooLarge($"properties.{property.Name}", $"'properties.{property.Name}' is invalid: {problem}");
            }
        }

        return null;
    }

    /// <summary>What is too large about a value; null when nothing is.</summary>
    public static string? ProblemOf(PropertyValue value, IngestionLimits limits)
    {
        switch (value.Kind)
        {
            case PropertyKind.List:
                return value.Items.Length > limits.MaximumItems
                    ? $"a list must have at most {limits.MaximumItems} items"
                    : value.Items.Select(item => ProblemOf(item, limits)).FirstOrDefault(problem => problem is not null);
            case PropertyKind.Object:
                return ObjectProblemOf(value.ObjectJson, limits);
            default:
                return null;
        }
    }

    /// <summary>Whether any text in the value is longer than allowed.</summary>
    public static bool HasLongText(PropertyValue value, int maximumLength) => value.Kind switch
    {
        PropertyKind.String => value.String.Length > maximumLength,
        PropertyKind.List => value.Items.Any(item => HasLongText(item, maximumLength)),
        PropertyKind.Object => value.ObjectJson.Length > maximumLength,
        _ => false,
    };

    /// <summary>The value with every long text cut.</summary>
    public static PropertyValue CutTexts(PropertyValue value, int maximumLength) => value.Kind switch
    {
        PropertyKind.String => PropertyValue.Of(CutText(value.String, maximumLength)),
        PropertyKind.List => PropertyValue.Of([.. value.Items.Select(item => CutTexts(item, maximumLength))]),
        PropertyKind.Object => PropertyValue.OfObject(CutTextsOfObject(value.ObjectJson, maximumLength)),
        _ => value,
    };

    /// <summary>The text, cut where it is too long, and never in the middle of a character.</summary>
    public static string CutText(string text, int maximumLength)
    {
        if (text.Length <= maximumLength)
        {
            return text;
        }

        return char.IsHighSurrogate(text[maximumLength - 1]) ? text[..(maximumLength - 1)] : text[..maximumLength];
    }

    private static string? ObjectProblemOf(string json, IngestionLimits limits)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), DeepReading);
        var counts = new Stack<int>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    counts.Push(0);
                    if (counts.Count > limits.MaximumDepth)
                    {
                        return $"an object must nest at most {limits.MaximumDepth} levels";
                    }

                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    counts.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    counts.Push(counts.Pop() + 1);
                    if (counts.Peek() > limits.MaximumItems)
                    {
                        return $"an object must have at most {limits.MaximumItems} keys";
                    }

                    break;
            }
        }

        return null;
    }

    private static string CutTextsOfObject(string json, int maximumLength)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), DeepReading);
        var buffer = new ArrayBufferWriter<byte>(json.Length);
        using var writer = new Utf8JsonWriter(buffer, PlainWriting);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: writer.WriteStartObject(); break;
                case JsonTokenType.EndObject: writer.WriteEndObject(); break;
                case JsonTokenType.StartArray: writer.WriteStartArray(); break;
                case JsonTokenType.EndArray: writer.WriteEndArray(); break;
                case JsonTokenType.PropertyName: writer.WritePropertyName(reader.GetString()!); break;
                case JsonTokenType.String: writer.WriteStringValue(CutText(reader.GetString()!, maximumLength)); break;
                case JsonTokenType.True or JsonTokenType.False: writer.WriteBooleanValue(reader.GetBoolean()); break;
                case JsonTokenType.Null: writer.WriteNullValue(); break;
                default: writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true); break;
            }
        }

        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static Fault TooLarge(string field, string message) => new(DropReason.TooLarge, field, message);
}
