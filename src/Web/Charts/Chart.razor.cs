using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Rondo.Web.Charts;

/// <summary>Shows a drawing. Everything a chart says is also in the table beside it, which keyboards and screen readers use.</summary>
public sealed partial class Chart : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private ElementReference _element;
    private IJSObjectReference? _module;
    private DotNetObjectReference<Chart>? _self;
    private Drawing? _drawn;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    [Parameter, EditorRequired]
    public Drawing Drawing { get; set; } = default!;

    /// <summary>In pixels. Default 320.</summary>
    [Parameter]
    public int Height { get; set; } = 320;

    /// <summary>What the chart is of, for screen readers.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = string.Empty;

    [Parameter]
    public EventCallback<ChartClick> OnClick { get; set; }

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public Task OnPointAsync(int series, int index, double x, double y) => OnClick.InvokeAsync(new ChartClick(series, index, x, y));

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_module is not null)
            {
                await _module.InvokeVoidAsync("dispose", _element);
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The window is gone, and the chart with it.
        }

        _self?.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (ReferenceEquals(_drawn, Drawing))
        {
            return;
        }

        _drawn = Drawing;
        _self ??= DotNetObjectReference.Create(this);
        _module ??= await Js.InvokeAsync<IJSObjectReference>("import", "./charts.js");

        // Serialised here, because the discriminator is only written for the declared type.
        await _module.InvokeVoidAsync("draw", _element, JsonSerializer.SerializeToElement(Drawing, Json), _self);
    }
}
