using System.Globalization;
using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;

namespace Rondo.Web.Components.Filters;

/// <summary>One condition on membership of a cohort.</summary>
public sealed partial class CohortFilterRow
{
    private IReadOnlyList<Cohort> _cohorts = [];

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    [Parameter, EditorRequired]
    public CohortPredicate Value { get; set; } = default!;

    [Parameter]
    public EventCallback<CohortPredicate> ValueChanged { get; set; }

    protected override async Task OnInitializedAsync() => _cohorts = await Cohorts.ListAsync(Project.Id, includeArchived: false, CancellationToken.None);

    private Task ChangeMembershipAsync(ChangeEventArgs change) => ValueChanged.InvokeAsync(Value with { IsMember = change.Value?.ToString() == "in" });

    private Task ChangeCohortAsync(ChangeEventArgs change) =>
        ValueChanged.InvokeAsync(Value with { Cohort = new CohortId(int.Parse(change.Value!.ToString()!, CultureInfo.InvariantCulture)) });
}
