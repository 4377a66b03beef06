using Microsoft.AspNetCore.Components;

namespace Rondo.Web.Components;

/// <summary>A button that opens a panel beside it. The browser opens, places and closes it; the content exists only while it is open.</summary>
public sealed partial class Flyout
{
    private readonly string _id = "f" + Guid.NewGuid().ToString("N")[..10];
    private bool _isOpen;

    [Inject]
    private Browser Browser { get; set; } = default!;

    /// <summary>What the button shows.</summary>
    [Parameter, EditorRequired]
    public RenderFragment Trigger { get; set; } = default!;

    /// <summary>The panel. Elements with <c>data-close</c> in it close it when chosen.</summary>
    [Parameter, EditorRequired]
    public RenderFragment ChildContent { get; set; } = default!;

    [Parameter]
    public string? TriggerId { get; set; }

    [Parameter]
    public string TriggerClass { get; set; } = "button";

    [Parameter]
    public string PanelClass { get; set; } = "menu";

    /// <summary>Said by screen readers; needed when the button shows only a picture.</summary>
    [Parameter]
    public string? Label { get; set; }

    [Parameter]
    public string? Title { get; set; }

    [Parameter]
    public bool IsEndAligned { get; set; }

    /// <summary>Whether the panel is at least as wide as the button.</summary>
    [Parameter]
    public bool FitsTrigger { get; set; }

    [Parameter]
    public bool IsDisabled { get; set; }

    [Parameter]
    public EventCallback OnOpen { get; set; }

    [Parameter]
    public EventCallback OnClose { get; set; }

    /// <summary>Hides the panel.</summary>
    public ValueTask CloseAsync() => Browser.CloseAsync(_id);

    private async Task ToggledAsync()
    {
        _isOpen = !_isOpen;
        await (_isOpen ? OnOpen : OnClose).InvokeAsync();
    }
}
