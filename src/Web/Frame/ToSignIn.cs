using Microsoft.AspNetCore.Components;

namespace Rondo.Web.Frame;

/// <summary>Sends somebody who is not signed in to the sign-in page, and back afterwards.</summary>
public sealed class ToSignIn : ComponentBase
{
    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override void OnInitialized() =>
        Navigation.NavigateTo("/sign-in?returnTo=" + Uri.EscapeDataString("/" + Navigation.ToBaseRelativePath(Navigation.Uri)), forceLoad: true);
}
