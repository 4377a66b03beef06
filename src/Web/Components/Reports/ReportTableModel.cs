using System.Globalization;
using System.Text;

namespace Rondo.Web.Components.Reports;

/// <summary>The heading of a column.</summary>
/// <param name="Title">Shown.</param>
/// <param name="Hint">One line of explanation; null for none.</param>
public sealed record TableColumn(string Title, string? Hint = null);

/// <summary>One figure of a table.</summary>
/// <param name="Text">As shown.</param>
/// <param name="Figure">As a number, for sorting and CSV; null where there is none.</param>
/// <param name="Selection">What a click selects; null where there is nothing behind it.</param>
/// <param name="Heat">Shade, 0 to 1; null for none.</param>
/// <param name="IsIncomplete">Whether it may still change; hatched.</param>
/// <param name="Title">Shown while the pointer rests on it; null for nothing.</param>
public sealed record TableCell(string Text, double? Figure, Func<PointSelection>? Selection = null, double? Heat = null, bool IsIncomplete = false, string? Title = null);

/// <summary>A line of a table.</summary>
/// <param name="Key">Unique in the table.</param>
/// <param name="Label">In the first column.</param>
/// <param name="Cells">One per column.</param>
/// <param name="Color">Of its line in the chart; null when it has none.</param>
/// <param name="IsPlotted">Whether the chart shows it; null when that cannot be chosen.</param>
/// <param name="ParentKey">The line it is folded under; null at the top.</param>
public sealed record TableRow(string Key, string Label, IReadOnlyList<TableCell> Cells, string? Color = null, bool? IsPlotted = null, string? ParentKey = null);

/// <summary>The table under a chart.</summary>
public sealed record ReportTableModel(string LabelTitle, IReadOnlyList<TableColumn> Columns, IReadOnlyList<TableRow> Rows)
{
    /// <summary>The whole table as CSV (RFC 4180), numbers unformatted.</summary>
    public string ToCsv()
    {
        var text = new StringBuilder();
        text.AppendJoin(',', Columns.Select(column => column.Title).Prepend(LabelTitle).Select(CsvText.Quote)).Append("\r\n");
        var byKey = Rows.ToDictionary(row => row.Key);
        foreach (var row in Rows)
        {
            var label = row.ParentKey is { } parent ? $"{byKey[parent].Label} / {row.Label}" : row.Label;
            text.AppendJoin(',', row.Cells.Select(cell => cell.Figure?.ToString("R", CultureInfo.InvariantCulture) ?? string.Empty).Prepend(CsvText.Quote(label))).Append("\r\n");
        }

        return text.ToString();
    }
}
