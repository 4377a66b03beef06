using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Rondo.Web.Components;

/// <summary>The few things only the browser can do. One per circuit.</summary>
public sealed class Browser(IJSRuntime js)
{
    /// <summary>Shows a popover at a point of the window; at the focused element when the point is (0, 0), as keyboards give it.</summary>
    public ValueTask OpenAtAsync(string id, double x, double y) => js.InvokeVoidAsync("rondo.openAt", id, x, y);

    /// <summary>Hides a popover.</summary>
    public ValueTask CloseAsync(string id) => js.InvokeVoidAsync("rondo.close", id);

    /// <summary>Lets the person save a text as a CSV file.</summary>
    public ValueTask DownloadAsync(string fileName, string text) => js.InvokeVoidAsync("rondo.download", fileName, text);

    /// <summary>Reports clicks on the buttons of a table's cells: one listener for all of them.</summary>
    internal ValueTask WatchCellsAsync<T>(ElementReference table, DotNetObjectReference<T> owner)
        where T : class => js.InvokeVoidAsync("rondo.watchCells", table, owner);
}
