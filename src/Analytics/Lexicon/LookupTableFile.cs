using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using CsvHelper;
using Rondo.Model;
using Rondo.Model.Events;
using Rondo.Model.Lexicon;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Lexicon;

/// <summary>A lookup table as a CSV file: checked when it comes in, kept compressed, read again when a project's questions need it.</summary>
internal static class LookupTableFile
{
    /// <summary>Largest file, uncompressed (Mixpanel reference, 1.10).</summary>
    public const int MaximumBytes = 100 << 20;

    private const int MaximumProblems = 10;

    /// <summary>Reads a file; refused with the rows (the first after the header is 0) that break a rule.</summary>
    public static async Task<Outcome<LookupTable>> ReadAsync(Stream csv, CancellationToken cancellationToken)
    {
        try
        {
            await using var reader = CsvReader.Create(csv, new CsvReaderOptions(), leaveOpen: true);
            await reader.ReadHeaderAsync(cancellationToken);
            ImmutableArray<string> columns = [.. reader.Headers];
            if (columns.Length < 2 || columns.Any(string.IsNullOrWhiteSpace) || columns.Distinct(StringComparer.Ordinal).Count() < columns.Length)
            {
                return Outcome<LookupTable>.Refused("header", "must name the key and at least one more column, all different");
            }

            return await ReadRowsAsync(reader, columns, cancellationToken);
        }
        catch (CsvFormatException exception)
        {
            return Outcome<LookupTable>.Refused("file", $"is no CSV: {exception.Message}");
        }
    }

    public static byte[] Compress(byte[] csv)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(csv);
        }

        return compressed.ToArray();
    }

    public static Stream Decompress(byte[] content) => new GZipStream(new MemoryStream(content), CompressionMode.Decompress);

    private static async Task<Outcome<LookupTable>> ReadRowsAsync(CsvReader reader, ImmutableArray<string> columns, CancellationToken cancellationToken)
    {
        var rows = new List<(string Key, PropertyValue[] Values)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        for (var index = 0; await reader.ReadAsync(cancellationToken) && problems.Count < MaximumProblems; index++)
        {
            if (reader.FieldCount != columns.Length)
            {
                problems.Add(new Problem($"rows[{index}]", $"has {reader.FieldCount} cells, the header {columns.Length}"));
                continue;
            }

            var key = KeyOf(reader.GetString(0));
            if (key.Length == 0)
            {
                problems.Add(new Problem($"rows[{index}]", "primary key is required and cannot be blank"));
            }
            else if (!keys.Add(key))
            {
                problems.Add(new Problem($"rows[{index}]", $"primary key '{key}' stands there twice"));
            }
            else
            {
                rows.Add((key, [.. Enumerable.Range(1, columns.Length - 1).Select(column => ValueOf(reader.GetString(column)))]));
            }
        }

        return problems.Count > 0 ? Outcome<LookupTable>.Refused(problems) : Outcome<LookupTable>.Accepted(new LookupTable(columns, rows));
    }

    /// <summary>Numbers are found by the text that an event's number has.</summary>
    private static string KeyOf(string cell) => ValueOf(cell).Kind == PropertyKind.Number ? ValueOf(cell).ToText()! : cell.Trim();

    private static PropertyValue ValueOf(string cell)
    {
        var text = cell.Trim();
        if (text.Length == 0)
        {
            return PropertyValue.Null;
        }

        if (text is "true" or "false")
        {
            return PropertyValue.Of(text == "true");
        }

        if (text[0] == '[' && ListOf(text) is { } list)
        {
            return list;
        }

        return IsNumber(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? PropertyValue.Of(number)
            : PropertyValue.Of(cell);
    }

    /// <summary>A number with a leading zero is text: it is somebody's code.</summary>
    private static bool IsNumber(string text)
    {
        var digits = text.AsSpan().TrimStart('-');
        return text.Length <= 20 && digits.Length > 0 && char.IsAsciiDigit(digits[0]) && (digits[0] != '0' || digits.Length == 1 || digits[1] == '.');
    }

    private static PropertyValue? ListOf(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<PropertyValue>(text, ModelJson.Options);
        }
        catch (JsonException)
        {
            // Text that only begins like a list is text.
            return null;
        }
    }
}
