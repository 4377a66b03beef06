using Microsoft.AspNetCore.Components;

namespace Rondo.Web.Components.Pickers;

/// <summary>One thing to pick.</summary>
/// <param name="Value">What it stands for; given back when it is picked.</param>
/// <param name="Title">Shown and searched.</param>
/// <param name="Group">Heading above it; items of a group stand together.</param>
/// <param name="Icon">Drawing before it; null for none.</param>
/// <param name="Detail">Small text after it; null for none.</param>
/// <param name="IsChosen">Whether it is the present choice.</param>
/// <param name="LeadsOn">Whether picking it asks something more in the same panel.</param>
public sealed record PickerItem(object? Value, string Title, string? Group = null, string? Icon = null, string? Detail = null, bool IsChosen = false, bool LeadsOn = false);

/// <summary>A search box over a list; arrow keys move, Enter takes.</summary>
public sealed partial class PickerList
{
    private const int MaximumShown = 200;

    private ElementReference _input;
    private string? _search = string.Empty;

    [Parameter, EditorRequired]
    public IReadOnlyList<PickerItem> Items { get; set; } = [];

    [Parameter, EditorRequired]
    public string Placeholder { get; set; } = string.Empty;

    [Parameter]
    public EventCallback<PickerItem> OnPick { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await _input.FocusAsync();
        }
    }

    private IEnumerable<PickerItem> Found() => Items
        .Where(item => string.IsNullOrEmpty(_search) || item.Title.Contains(_search.Trim(), StringComparison.CurrentCultureIgnoreCase) || item.Detail?.Contains(_search.Trim(), StringComparison.CurrentCultureIgnoreCase) == true)
        .Take(MaximumShown);
}
