using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace Rondo.Web.Frame;

/// <summary>The frame around every page: rail, top bar, content.</summary>
public sealed partial class MainLayout : IDisposable
{
    private ErrorBoundary? _boundary;
    private bool _isReady;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private ProjectPlace Place { get; set; } = default!;

    private bool IsProjectMissing => Place.Project is null && Navigation.ToBaseRelativePath(Navigation.Uri).StartsWith("p/", StringComparison.Ordinal);

    private string PathWithoutFragment => new Uri(Navigation.Uri).PathAndQuery;

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        Place.Changed -= StateHasChanged;
    }

    protected override async Task OnInitializedAsync()
    {
        Navigation.LocationChanged += OnLocationChanged;
        Place.Changed += StateHasChanged;
        await Place.ResolveAsync(CancellationToken.None);
        _isReady = true;
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_isReady)
        {
            await Place.ResolveAsync(CancellationToken.None);
        }
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _boundary?.Recover();

    private void Recover() => _boundary?.Recover();
}
