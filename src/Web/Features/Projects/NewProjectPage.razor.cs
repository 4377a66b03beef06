using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model.Queries;
using Rondo.Web.Frame;

namespace Rondo.Web.Features.Projects;

/// <summary>Makes a project and shows its keys, once.</summary>
public sealed partial class NewProjectPage
{
    private string _name = string.Empty;
    private string _timeZone = "UTC";
    private ProjectWithKeys? _made;
    private IReadOnlyList<Problem> _problems = [];

    [Inject]
    private IProjects Projects { get; set; } = default!;

    [Inject]
    private ProjectPlace Place { get; set; } = default!;

    private async Task MakeAsync()
    {
        if (string.IsNullOrWhiteSpace(_name) || _made is not null)
        {
            return;
        }

        var outcome = await Projects.CreateAsync(new NewProject(_name.Trim(), TimeZone: _timeZone), CancellationToken.None);
        _problems = outcome.Problems;
        if (outcome.IsAccepted)
        {
            _made = outcome.Value;
            await Place.ReloadAsync(CancellationToken.None);
        }
    }
}
