using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;
using Rondo.Web.Components.Exports;
using Rondo.Web.Frame;

namespace Rondo.Web.Components.Reports;

/// <summary>Makes a cohort of the people behind a point or a filter, and leads on to messaging them.</summary>
public sealed partial class CohortDialog
{
    private string _name = string.Empty;
    private bool _isFresh = true;
    private bool _isMaking;
    private int? _people;
    private Cohort? _made;
    private IReadOnlyList<Problem> _problems = [];

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Parameter, EditorRequired]
    public Project Project { get; set; } = default!;

    [Parameter, EditorRequired]
    public CohortDefinition Definition { get; set; } = default!;

    [Parameter, EditorRequired]
    public string ProposedName { get; set; } = string.Empty;

    /// <summary>Whether to go on to the composer at once.</summary>
    [Parameter]
    public bool IsForMessage { get; set; }

    /// <summary>Whether to go on to sending the cohort to another product at once.</summary>
    [Parameter]
    public bool IsForExport { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _name = ProposedName;
        var people = await Cohorts.PreviewAsync(Project.Id, Definition, CancellationToken.None);
        _people = people.Value?.Count;
        _problems = people.Problems;
    }

    private string MessagePath(Cohort cohort) => ProjectPlace.PathOf(Project.Id, $"campaigns/new?cohort={cohort.Id}");

    /// <summary>Shows the dialog.</summary>
    public static Task ShowAsync(IDialogService dialogs, string title, Project project, CohortDefinition definition, string proposedName, bool isForMessage, bool isForExport = false) =>
        dialogs.ShowAsync<CohortDialog>(title, new DialogParameters<CohortDialog>
        {
            { dialog => dialog.Project, project },
            { dialog => dialog.Definition, definition },
            { dialog => dialog.ProposedName, proposedName },
            { dialog => dialog.IsForMessage, isForMessage },
            { dialog => dialog.IsForExport, isForExport },
        });

    private Task OnKeyAsync(KeyboardEventArgs key) => key.Key == "Enter" && !string.IsNullOrWhiteSpace(_name) ? MakeAsync() : Task.CompletedTask;

    private async Task MakeAsync()
    {
        // Enter and a click may come together; one cohort is meant.
        if (_isMaking)
        {
            return;
        }

        _isMaking = true;
        var outcome = _isFresh
            ? await Cohorts.CreateAsync(Project.Id, _name.Trim(), string.Empty, Definition, CancellationToken.None)
            : await MakeFixedAsync();
        _isMaking = false;
        _problems = outcome.Problems;
        if (outcome.IsAccepted)
        {
            _made = outcome.Value;
            if (IsForMessage)
            {
                Dialog.Close();
                Navigation.NavigateTo(MessagePath(_made));
            }
            else if (IsForExport)
            {
                await ExportAsync(_made);
            }
        }
    }

    private Task ExportAsync(Cohort cohort)
    {
        Dialog.Close();
        return ExportDialog.ShowAsync(Dialogs, L["Export “{0}”", cohort.Name], Project, cohort.Id);
    }

    private async Task<Outcome<Cohort>> MakeFixedAsync()
    {
        var people = await Cohorts.PreviewAsync(Project.Id, Definition, CancellationToken.None);
        return people.IsAccepted
            ? await Cohorts.CreateStaticAsync(Project.Id, _name.Trim(), ProposedName, people.Value, CancellationToken.None)
            : Outcome<Cohort>.Refused(people.Problems);
    }
}
