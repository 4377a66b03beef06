using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using DateRange = Rondo.Model.Time.DateRange;
using Segment = Rondo.Model.Queries.Segment;

namespace Rondo.Web.Features.Cohorts;

/// <summary>Writes a cohort by conditions, with the number of people beside it.</summary>
public sealed partial class CohortEditor
{
    private string _name = string.Empty;
    private string _description = string.Empty;
    private CohortDefinition? _definition;
    private Means _means;
    private int? _count;
    private int _counting;
    private bool _isSaving;
    private bool _isMissing;
    private IReadOnlyList<Problem> _problems = [];

    [Parameter]
    public int? CohortNumber { get; set; }

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    private bool CanSave => !_isSaving && _definition is not null && !string.IsNullOrWhiteSpace(_name);

    private string BackPath => CohortNumber is null ? PathOf("cohorts") : PathOf($"cohorts/{CohortNumber}");

    protected override async Task OnInitializedAsync()
    {
        if (CohortNumber is not { } number)
        {
            return;
        }

        // A fixed list has no conditions, so there is nothing to edit.
        if (await Cohorts.FindAsync(Project.Id, new CohortId(number), CancellationToken.None) is not { Definition: not StaticCohort } cohort)
        {
            _isMissing = true;
            return;
        }

        (_name, _description) = (cohort.Name, cohort.Description);
        await ChangeAsync(cohort.Definition);
    }

    private enum Means
    {
        Conditions = 0,
        Funnel = 1,
        Retention = 2,
    }

    private IReadOnlyList<(Means Value, string Text)> Choices => [(Means.Conditions, L["Conditions"]), (Means.Funnel, L["Step of a funnel"]), (Means.Retention, L["Cell of a retention"])];

    private Task ChangeMeansAsync(Means means)
    {
        _means = means;
        var range = DateRange.Last(30, CalendarUnit.Day);
        var any = new EventSelector(null);
        return ChangeAsync(means switch
        {
            Means.Funnel => new PointCohort(new FunnelPoint(new FunnelQuery { Steps = [any, any], Range = range }, 1, FunnelOutcome.DroppedOff, Segment.Overall)),
            Means.Retention => new PointCohort(new RetentionPoint(new RetentionQuery { Birth = any, Return = any, Range = DateRange.Last(12, CalendarUnit.Week) }, null, 1, RetentionOutcome.NotRetained, Segment.Overall)),
            _ => null,
        });
    }

    private async Task ChangeAsync(CohortDefinition? definition)
    {
        _definition = definition;
        var counting = ++_counting;
        if (definition is null)
        {
            _count = null;
            return;
        }

        var people = await Cohorts.PreviewAsync(Project.Id, definition, CancellationToken.None);
        if (counting == _counting)
        {
            _problems = people.Problems;
            _count = people.Value?.Count;
        }
    }

    private async Task SaveAsync()
    {
        _isSaving = true;
        var outcome = CohortNumber is { } number
            ? await Cohorts.ChangeAsync(Project.Id, new CohortId(number), _name.Trim(), _description.Trim(), _definition!, CancellationToken.None)
            : await Cohorts.CreateAsync(Project.Id, _name.Trim(), _description.Trim(), _definition!, CancellationToken.None);
        _isSaving = false;
        _problems = outcome.Problems;
        if (outcome.IsAccepted)
        {
            Navigation.NavigateTo(PathOf($"cohorts/{outcome.Value.Id}"));
        }
    }
}
