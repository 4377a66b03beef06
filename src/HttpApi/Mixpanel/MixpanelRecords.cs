using System.Text.Json;
using Rondo.Analytics.Contracts;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Takes the data of a request apart into its records: an array, a single object, or one object a line.</summary>
internal static class MixpanelRecords
{
    /// <summary>Deeper than any limit on values, so that one deep value costs its record and not the request.</summary>
    public const int MaximumDepth = 1000;

    private static readonly JsonReaderOptions Reading = new() { MaxDepth = MaximumDepth, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Reads one record; the reader stands on its first token and is to end on its last.</summary>
    public delegate T ReadRecord<T>(ref Utf8JsonReader reader, bool isStrict);

    /// <summary>Makes the record that stands for an unreadable line.</summary>
    public delegate T FailedRecord<T>(Fault fault);

    /// <summary>The records, or why none can be told apart.</summary>
    public static (IReadOnlyList<T> Records, RequestFault? Fault) Read<T>(MixpanelRequest request, ReadRecord<T> read, FailedRecord<T> failed, bool isStrict)
    {
        try
        {
            return (request.IsLines ? ReadLines(request.Data.Span, read, failed, isStrict) : ReadDocument(request.Data.Span, read, isStrict), null);
        }
        catch (JsonException exception)
        {
            return ([], RequestFault.Malformed($"data, not valid JSON: {Place(exception)}"));
        }
    }

    private static List<T> ReadDocument<T>(ReadOnlySpan<byte> data, ReadRecord<T> read, bool isStrict)
    {
        var reader = new Utf8JsonReader(data, Reading);
        var records = new List<T>();
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                records.Add(read(ref reader, isStrict));
            }
        }
        else
        {
            records.Add(read(ref reader, isStrict));
        }

        // Whatever follows the document is not data; reading on finds it.
        reader.Read();
        return records;
    }

    private static List<T> ReadLines<T>(ReadOnlySpan<byte> data, ReadRecord<T> read, FailedRecord<T> failed, bool isStrict)
    {
        var records = new List<T>();
        foreach (var range in data.Split((byte)'\n'))
        {
            var line = data[range].Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            try
            {
                var reader = new Utf8JsonReader(line, Reading);
                reader.Read();
                var record = read(ref reader, isStrict);
                reader.Read();
                records.Add(record);
            }
            catch (JsonException exception)
            {
                records.Add(failed(new Fault(DropReason.Malformed, string.Empty, $"the line is not valid JSON: {Place(exception)}")));
            }
        }

        return records;
    }

    private static string Place(JsonException exception) => $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}";
}
