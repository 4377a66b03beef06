using System.Globalization;
using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Components.Filters;

/// <summary>One condition on membership of a cohort.</summary>
public sealed partial class CohortFilterRow
{
    private IReadOnlyList<Cohort> _cohorts = [];
    private Phrases? _phrases;

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    [Parameter, EditorRequired]
    public CohortPredicate Value { get; set; } = default!;

    [Parameter]
    public EventCallback<CohortPredicate> ValueChanged { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _cohorts = await Cohorts.ListAsync(Project.Id, includeArchived: false, CancellationToken.None);

        // The one that is chosen may be archived or gone, and is then not among those that are offered.
        _phrases = await Vocabulary.PhrasesAsync(Project.Id);
    }

    private Task ChangeMembershipAsync(ChangeEventArgs change) => ValueChanged.InvokeAsync(Value with { IsMember = change.Value?.ToString() == "in" });

    private Task ChangeCohortAsync(ChangeEventArgs change) =>
        ValueChanged.InvokeAsync(Value with { Cohort = new CohortId(int.Parse(change.Value!.ToString()!, CultureInfo.InvariantCulture)) });
}
