using Microsoft.AspNetCore.Components;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Web.Frame;

namespace Rondo.Web.Components;

/// <summary>What pages of a project share.</summary>
public abstract class ProjectPage : ComponentBase
{
    /// <summary>The project's number, from the address.</summary>
    [Parameter]
    public int ProjectNumber { get; set; }

    [CascadingParameter]
    protected Project Project { get; set; } = default!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    [Inject]
    protected Visit Visit { get; set; } = default!;

    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    /// <summary>The present.</summary>
    protected Instant Now => Instant.FromDateTimeOffset(Time.GetUtcNow());

    /// <summary>The address of another page of this project.</summary>
    protected string PathOf(string page) => ProjectPlace.PathOf(Project.Id, page);
}
