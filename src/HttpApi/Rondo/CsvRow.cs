using System.Globalization;

namespace Rondo.HttpApi.Rondo;

/// <summary>A row of CSV (RFC 4180).</summary>
internal static class CsvRow
{
    public static async Task WriteAsync(TextWriter writer, IReadOnlyList<string?> cells)
    {
        for (var index = 0; index < cells.Count; index++)
        {
            await writer.WriteAsync((index == 0 ? string.Empty : ",") + Cell(cells[index]));
        }

        await writer.WriteAsync("\r\n");
    }

    private static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        // A spreadsheet would run a text that begins like a formula; people choose their own names.
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            text = "'" + text;
        }

        return text.AsSpan().ContainsAny("\",\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
