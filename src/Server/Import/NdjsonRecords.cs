using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Rondo.Server.Import;

/// <summary>Reads one object a line with fields of any name.</summary>
internal static class NdjsonRecords
{
    public static async IAsyncEnumerable<ImportRecord> ReadAsync(Stream stream, FieldMapping mapping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (number, line) in LineReader.ReadAsync(stream, cancellationToken))
        {
            yield return line.IsEmpty ? ImportRecord.Refused(number, $"the line is longer than {LineReader.MaximumLineBytes} bytes") : Read(number, line, mapping);
        }
    }

    private static ImportRecord Read(long number, ReadOnlyMemory<byte> line, FieldMapping mapping)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var record = document.RootElement;
            if (record.ValueKind != JsonValueKind.Object)
            {
                return ImportRecord.Refused(number, "the line is not an object");
            }

            if ((mapping.EventName ?? TextOf(record, mapping.EventField!)) is not { Length: > 0 } name)
            {
                return ImportRecord.Refused(number, $"'{mapping.EventField}' is missing or empty");
            }

            if (!record.TryGetProperty(mapping.TimeField, out var time) || MillisecondsOf(time) is not { } milliseconds)
            {
                return ImportRecord.Refused(number, $"'{mapping.TimeField}' is not a time");
            }

            return new ImportRecord(
                number,
                EventWriter.Write(name, TextOf(record, mapping.UserField) ?? string.Empty, milliseconds, EventWriter.InsertIdOf(line.Span, number), json => WriteProperties(json, record, mapping)),
                null);
        }
        catch (JsonException exception)
        {
            return ImportRecord.Refused(number, $"the line is not valid JSON at byte {exception.BytePositionInLine}");
        }
    }

    private static void WriteProperties(Utf8JsonWriter json, JsonElement record, FieldMapping mapping)
    {
        foreach (var field in record.EnumerateObject())
        {
            if (field.Value.ValueKind != JsonValueKind.Null && field.Name != mapping.EventField && field.Name != mapping.UserField && field.Name != mapping.TimeField)
            {
                json.WritePropertyName(EventWriter.PropertyName(field.Name));
                field.Value.WriteTo(json);
            }
        }
    }

    private static string? TextOf(JsonElement record, string field) => !record.TryGetProperty(field, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        _ => value.GetRawText(),
    };

    private static long? MillisecondsOf(JsonElement time) => time.ValueKind switch
    {
        JsonValueKind.Number => RecordTime.ToUnixMilliseconds(time.GetDouble()),
        JsonValueKind.String => RecordTime.ToUnixMilliseconds(time.GetString()!),
        _ => null,
    };
}
