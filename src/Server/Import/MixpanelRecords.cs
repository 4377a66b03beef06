using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Rondo.Server.Import;

/// <summary>Reads Mixpanel's own events, one object a line or one array; an event without an insert id is given one.</summary>
internal static class MixpanelRecords
{
    public static async IAsyncEnumerable<ImportRecord> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = new byte[64];
        var startLength = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        await using var whole = new PrefixedStream(start.AsMemory(0, startLength), stream);
        if (IsArray(start.AsSpan(0, startLength)))
        {
            var number = 0L;
            await foreach (var element in JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(whole, JsonSerializerOptions.Web, cancellationToken))
            {
                number++;
                yield return Read(number, element, Encoding.UTF8.GetBytes(element.GetRawText()));
            }

            yield break;
        }

        await foreach (var (number, line) in LineReader.ReadAsync(whole, cancellationToken))
        {
            yield return line.IsEmpty ? ImportRecord.Refused(number, $"the line is longer than {LineReader.MaximumLineBytes} bytes") : ReadLine(number, line);
        }
    }

    private static bool IsArray(ReadOnlySpan<byte> start)
    {
        var text = start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? start[3..] : start;
        text = text.TrimStart(" \t\r\n"u8);
        return text.Length > 0 && text[0] == '[';
    }

    private static ImportRecord ReadLine(long number, ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Read(number, document.RootElement, line);
        }
        catch (JsonException exception)
        {
            return ImportRecord.Refused(number, $"the line is not valid JSON at byte {exception.BytePositionInLine}");
        }
    }

    private static ImportRecord Read(long number, JsonElement record, ReadOnlyMemory<byte> raw)
    {
        if (record.ValueKind != JsonValueKind.Object || !record.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return ImportRecord.Refused(number, "the record is not an object with \"event\" and \"properties\"");
        }

        if (properties.TryGetProperty("$insert_id", out var insertId) && insertId.ValueKind == JsonValueKind.String && insertId.GetString()!.Length > 0)
        {
            return new ImportRecord(number, raw, null);
        }

        var buffer = new ArrayBufferWriter<byte>(raw.Length + 64);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        foreach (var field in record.EnumerateObject().Where(field => field.Name != "properties"))
        {
            field.WriteTo(json);
        }

        json.WriteStartObject("properties");
        foreach (var property in properties.EnumerateObject().Where(property => property.Name != "$insert_id"))
        {
            property.WriteTo(json);
        }

        json.WriteString("$insert_id", EventWriter.InsertIdOf(raw.Span, number));
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return new ImportRecord(number, buffer.WrittenMemory, null);
    }
}
