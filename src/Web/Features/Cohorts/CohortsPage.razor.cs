using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Web.Components;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Features.Cohorts;

/// <summary>All cohorts.</summary>
public sealed partial class CohortsPage
{
    private IReadOnlyList<Cohort>? _cohorts;
    private Phrases? _phrases;
    private string _search = string.Empty;
    private bool _showsArchived;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    private IEnumerable<Cohort> Shown => _cohorts!.Where(cohort => (_showsArchived || !cohort.IsArchived)
        && (_search.Length == 0 || cohort.Name.Contains(_search, StringComparison.CurrentCultureIgnoreCase) || cohort.Words.Contains(_search, StringComparison.CurrentCultureIgnoreCase)));

    protected override async Task OnParametersSetAsync()
    {
        _phrases = await Vocabulary.PhrasesAsync(Project.Id);
        _cohorts = await Cohorts.ListAsync(Project.Id, includeArchived: true, CancellationToken.None);
    }
}
