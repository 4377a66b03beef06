using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;

namespace Rondo.Web.Frame;

/// <summary>The left rail: project, pages, account.</summary>
public sealed partial class NavRail : IDisposable
{
    private string _name = string.Empty;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private ProjectPlace Place { get; set; } = default!;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    private string Initial => Place.Project is { Name.Length: > 0 } project ? project.Name[..1].ToUpperInvariant() : "R";

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        Place.Changed -= OnChanged;
    }

    protected override async Task OnInitializedAsync()
    {
        Navigation.LocationChanged += OnLocationChanged;
        Place.Changed += OnChanged;
        var user = (await Session).User;
        _name = user.FindFirstValue(ClaimTypes.Email) ?? user.Identity?.Name ?? string.Empty;
    }

    private static string? IsLanguage(string culture) => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == culture ? "true" : null;

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(StateHasChanged);

    private void OnChanged() => _ = InvokeAsync(StateHasChanged);

    private string LanguageLink(string culture) =>
        $"/language?culture={culture}&returnTo={Uri.EscapeDataString(new Uri(Navigation.Uri).PathAndQuery)}";
}
