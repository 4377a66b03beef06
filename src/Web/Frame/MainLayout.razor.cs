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

    [Inject]
    private Visit Visit { get; set; } = default!;

    private bool IsProjectMissing => Place.Project is null && Navigation.ToBaseRelativePath(Navigation.Uri).StartsWith("p/", StringComparison.Ordinal);

    private string PathWithoutFragment => new Uri(Navigation.Uri).PathAndQuery;

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        Place.Changed -= StateHasChanged;
    }

    protected override void OnInitialized()
    {
        Navigation.LocationChanged += OnLocationChanged;
        Place.Changed += StateHasChanged;
    }

    protected override async Task OnParametersSetAsync()
    {
        Visit.Look();

        // No page is shown beside a project that it does not belong to.
        var resolving = Place.ResolveAsync(CancellationToken.None);
        _isReady = resolving.IsCompletedSuccessfully;
        await resolving;
        _isReady = true;
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _boundary?.Recover();

    private void Recover() => _boundary?.Recover();
}
