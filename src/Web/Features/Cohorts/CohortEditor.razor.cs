using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Web.Features.Cohorts;

/// <summary>Writes a cohort by conditions, with the number of people beside it.</summary>
public sealed partial class CohortEditor
{
    private string _name = string.Empty;
    private string _description = string.Empty;
    private Predicate? _where;
    private int? _count;
    private int _counting;
    private bool _isSaving;
    private IReadOnlyList<Problem> _problems = [];

    [Parameter]
    public int? CohortNumber { get; set; }

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    private bool CanSave => !_isSaving && _where is not null && !string.IsNullOrWhiteSpace(_name);

    private string BackPath => CohortNumber is null ? PathOf("cohorts") : PathOf($"cohorts/{CohortNumber}");

    protected override async Task OnInitializedAsync()
    {
        if (CohortNumber is { } number && await Cohorts.FindAsync(Project.Id, new CohortId(number), CancellationToken.None) is { Definition: FilterCohort filter } cohort)
        {
            (_name, _description) = (cohort.Name, cohort.Description);
            await ChangeAsync(filter.Where);
        }
    }

    private async Task ChangeAsync(Predicate? where)
    {
        _where = where;
        var counting = ++_counting;
        if (where is null)
        {
            _count = null;
            return;
        }

        var people = await Cohorts.PreviewAsync(Project.Id, new FilterCohort(where), CancellationToken.None);
        if (counting == _counting)
        {
            _problems = people.Problems;
            _count = people.Value?.Count;
        }
    }

    private async Task SaveAsync()
    {
        _isSaving = true;
        var definition = new FilterCohort(_where!);
        var outcome = CohortNumber is { } number
            ? await Cohorts.ChangeAsync(Project.Id, new CohortId(number), _name.Trim(), _description.Trim(), definition, CancellationToken.None)
            : await Cohorts.CreateAsync(Project.Id, _name.Trim(), _description.Trim(), definition, CancellationToken.None);
        _isSaving = false;
        _problems = outcome.Problems;
        if (outcome.IsAccepted)
        {
            Navigation.NavigateTo(PathOf($"cohorts/{outcome.Value.Id}"));
        }
    }
}
