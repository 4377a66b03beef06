using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Rondo.Web.Components;

/// <summary>A page's part of the top bar: title (changed in place where that is possible) and actions.</summary>
public sealed partial class PageHead
{
    private ElementReference _field;
    private bool _isRenaming;
    private bool _mustFocus;

    [Parameter, EditorRequired]
    public string Title { get; set; } = string.Empty;

    /// <summary>Where the back arrow goes; null for none.</summary>
    [Parameter]
    public string? BackPath { get; set; }

    /// <summary>What stands beside the title, such as a state.</summary>
    [Parameter]
    public RenderFragment? Beside { get; set; }

    /// <summary>Called with the new title; without it the title cannot be changed.</summary>
    [Parameter]
    public EventCallback<string> OnRename { get; set; }

    /// <summary>Actions at the right.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_mustFocus)
        {
            _mustFocus = false;
            await _field.FocusAsync();
        }
    }

    private void StartRenaming()
    {
        _isRenaming = true;
        _mustFocus = true;
    }

    private void StopRenaming() => _isRenaming = false;

    private void OnKey(KeyboardEventArgs key)
    {
        if (key.Key == "Escape")
        {
            _isRenaming = false;
        }
    }

    private async Task RenameAsync(ChangeEventArgs change)
    {
        _isRenaming = false;
        var name = change.Value?.ToString()?.Trim();
        if (!string.IsNullOrEmpty(name) && name != Title)
        {
            await OnRename.InvokeAsync(name);
        }
    }
}
