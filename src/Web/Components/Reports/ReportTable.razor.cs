using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Rondo.Web.Components.Reports;

/// <summary>The table under a chart: sorts, folds, chooses what is plotted, and opens the same menu as the chart does.</summary>
public sealed partial class ReportTable : IDisposable
{
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private HashSet<string> _parents = [];
    private ElementReference _table;
    private DotNetObjectReference<ReportTable>? _self;
    private string _search = string.Empty;
    private int? _sortColumn;
    private bool _isDescending;

    [Inject]
    private Browser Browser { get; set; } = default!;

    [Parameter, EditorRequired]
    public ReportTableModel Model { get; set; } = default!;

    /// <summary>Name of the CSV file without ending.</summary>
    [Parameter, EditorRequired]
    public string FileName { get; set; } = string.Empty;

    /// <summary>Called with a row's key when its check box is used.</summary>
    [Parameter]
    public EventCallback<string> OnPlot { get; set; }

    /// <summary>Called when a figure is chosen.</summary>
    [Parameter]
    public EventCallback<(PointSelection Selection, double X, double Y)> OnSelect { get; set; }

    /// <summary>Called by the browser with the cell's name and place.</summary>
    [JSInvokable]
    public Task OpenCellAsync(string cell, double x, double y)
    {
        var parts = cell.Split('\u001f');
        var row = Model.Rows.FirstOrDefault(candidate => candidate.Key == parts[0]);
        var select = row?.Cells.ElementAtOrDefault(int.Parse(parts[1], CultureInfo.InvariantCulture))?.Selection;
        return select is null ? Task.CompletedTask : OnSelect.InvokeAsync((select(), x, y));
    }

    public void Dispose() => _self?.Dispose();

    protected override void OnParametersSet() => _parents = [.. Model.Rows.Where(row => row.ParentKey is not null).Select(row => row.ParentKey!)];

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            await Browser.WatchCellsAsync(_table, _self);
        }
    }

    private static string? HeatOf(TableCell cell) =>
        cell.Heat is { } heat ? string.Create(CultureInfo.InvariantCulture, $"--heat-share: {Math.Clamp(heat, 0, 1) * 0.5:0.###}") : null;

    private string? SortOf(int column) => _sortColumn == column ? (_isDescending ? "descending" : "ascending") : null;

    private string? MarkOf(int column) => _sortColumn == column ? (_isDescending ? "↓ " : "↑ ") : null;

    private void SortBy(int column)
    {
        // Numbers: largest first, then smallest, then as given; labels the other way round.
        var first = column >= 0;
        if (_sortColumn != column)
        {
            (_sortColumn, _isDescending) = (column, first);
        }
        else if (_isDescending == first)
        {
            _isDescending = !first;
        }
        else
        {
            _sortColumn = null;
        }
    }

    private void Fold(string key)
    {
        if (!_open.Remove(key))
        {
            _open.Add(key);
        }
    }

    private IEnumerable<TableRow> Shown()
    {
        var top = Model.Rows.Where(row => row.ParentKey is null && (_search.Length == 0 || row.Label.Contains(_search, StringComparison.CurrentCultureIgnoreCase)));
        foreach (var row in Sorted(top))
        {
            yield return row;
            if (_open.Contains(row.Key))
            {
                foreach (var child in Sorted(Model.Rows.Where(child => child.ParentKey == row.Key)))
                {
                    yield return child;
                }
            }
        }
    }

    private IEnumerable<TableRow> Sorted(IEnumerable<TableRow> rows) => _sortColumn switch
    {
        null => rows,
        -1 => _isDescending ? rows.OrderByDescending(row => row.Label, StringComparer.CurrentCulture) : rows.OrderBy(row => row.Label, StringComparer.CurrentCulture),
        { } column => _isDescending
            ? rows.OrderByDescending(row => row.Cells.ElementAtOrDefault(column)?.Figure ?? double.NegativeInfinity)
            : rows.OrderBy(row => row.Cells.ElementAtOrDefault(column)?.Figure ?? double.PositiveInfinity),
    };

    private ValueTask DownloadAsync() => Browser.DownloadAsync(FileName + ".csv", Model.ToCsv());
}
