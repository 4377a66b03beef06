using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Web.Frame;

namespace Rondo.Web.Features.Home;

/// <summary>The address without a page: leads to the first project, or to making one.</summary>
[Route("/")]
[Authorize]
public sealed class StartPage : ComponentBase
{
    [Inject]
    private IProjects Projects { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        var all = await Projects.ListAsync(CancellationToken.None);
        Navigation.NavigateTo(all.Count == 0 ? "/projects/new" : ProjectPlace.PathOf(all.MinBy(project => project.Id.Value)!.Id, "home"), replace: true);
    }
}
