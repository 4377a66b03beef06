using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Web.Frame;

/// <summary>The project of the page one is on, taken from the address: <c>/p/3/funnels</c> is project 3.</summary>
/// <remarks>One per circuit; used by one page at a time.</remarks>
public sealed class ProjectPlace(IProjects projects, NavigationManager navigation)
{
    /// <summary>The project; null outside projects and before <see cref="ResolveAsync"/>.</summary>
    public Project? Project { get; private set; }

    /// <summary>All projects by name, as of the last <see cref="ResolveAsync"/>.</summary>
    public IReadOnlyList<Project> All { get; private set; } = [];

    /// <summary>Raised when the project was renamed or its calendar changed.</summary>
    public event Action? Changed;

    /// <summary>Reads the address again; cheap when the project is still the same.</summary>
    public async Task ResolveAsync(CancellationToken cancellationToken)
    {
        var number = NumberIn(navigation.ToBaseRelativePath(navigation.Uri));
        if (number is { } current && Project?.Id.Value == current)
        {
            return;
        }

        All = await projects.ListAsync(cancellationToken);
        Project = number is null ? null : All.FirstOrDefault(project => project.Id.Value == number);
    }

    /// <summary>Forgets what was read, after a project was changed or made.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        Project = null;
        await ResolveAsync(cancellationToken);
        Changed?.Invoke();
    }

    /// <summary>The address of a page of a project.</summary>
    public static string PathOf(ProjectId project, string page) => $"/p/{project}/{page}";

    private static int? NumberIn(string path)
    {
        var parts = path.Split('/', '?', '#');
        return parts is ["p", var number, ..] && int.TryParse(number, out var value) ? value : null;
    }
}
