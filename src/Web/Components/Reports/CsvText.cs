namespace Rondo.Web.Components.Reports;

/// <summary>Texts in CSV files (RFC 4180).</summary>
internal static class CsvText
{
    /// <summary>The text as a field. Spreadsheets run a text that begins like a formula; a leading apostrophe keeps it a text.</summary>
    public static string Quote(string text)
    {
        var safe = text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
