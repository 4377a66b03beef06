using Microsoft.AspNetCore.Components;
using MudBlazor;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Web.Charts;
using Rondo.Web.Components;
using Rondo.Web.Components.Exports;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Features.Cohorts;

/// <summary>One cohort: definition in words, size over time, members. Shows new sizes by itself.</summary>
public sealed partial class CohortPage
{
    private const int PageSize = 25;

    private Cohort? _cohort;
    private LineDrawing? _history;
    private PeoplePage? _page;
    private Dictionary<PersonNumber, CohortMember> _members = [];
    private Phrases? _phrases;
    private CohortComparison? _comparison;
    private IReadOnlyList<Problem> _problems = [];
    private int _pageNumber = 1;
    private bool _isMissing;

    [Parameter]
    public int CohortNumber { get; set; }

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    [Inject]
    private IPeople People { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    private CohortId Id => new(CohortNumber);

    protected override TimeSpan ReadEvery => TimeSpan.FromSeconds(5);

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override async Task ReadAsync()
    {
        var cohort = await Cohorts.FindAsync(Project.Id, Id, CancellationToken.None);
        _isMissing = cohort is null;
        if (cohort is null)
        {
            _cohort = null;
            return;
        }

        _phrases = await Vocabulary.PhrasesAsync(Project.Id);
        _comparison = await Cohorts.LastComparisonAsync(Project.Id, Id, CancellationToken.None);
        var isChanged = _cohort is null || _cohort.Size != cohort.Size;
        _cohort = cohort;
        if (isChanged)
        {
            await ReadHistoryAsync();
            await ReadMembersAsync();
        }
    }

    private async Task ReadHistoryAsync()
    {
        var sizes = await Cohorts.HistoryAsync(Project.Id, Id, CancellationToken.None);
        _history = sizes.Count < 2 ? null : new LineDrawing
        {
            Buckets = [.. sizes.Select(size => Figures.Moment(size.At, Project.Calendar))],
            Series = [new DrawnSeries("size", L["People"], "#3B6FD4", [.. sizes.Select(size => (double?)size.Size)], HasArea: true)],
            FirstIncomplete = sizes.Count,
            IncompleteNote = string.Empty,
        };
    }

    private async Task ReadMembersAsync()
    {
        var page = await People.ListAsync(Project.Id, Cohorts.MembersOf(Project.Id, Id), null, (_pageNumber - 1) * PageSize, PageSize, CancellationToken.None);
        _members = (await Cohorts.ExplainAsync(Project.Id, Id, [.. page.People.Select(person => person.Number)], CancellationToken.None)).ToDictionary(member => member.Person);
        _page = page;
    }

    private Task GoToAsync(int page)
    {
        _pageNumber = page;
        return ReadMembersAsync();
    }

    private async Task RenameAsync(string name) =>
        Take(await Cohorts.ChangeAsync(Project.Id, Id, name, _cohort!.Description, null, CancellationToken.None));

    private async Task CompareAsync()
    {
        _comparison = await Cohorts.CompareAsync(Project.Id, Id, CancellationToken.None);
        _cohort = await Cohorts.FindAsync(Project.Id, Id, CancellationToken.None);
        await ReadHistoryAsync();
        await ReadMembersAsync();
    }

    private Task ExportAsync() => ExportDialog.ShowAsync(Dialogs, L["Export “{0}”", _cohort!.Name], Project, Id);

    private async Task ArchiveAsync() => Take(await Cohorts.ArchiveAsync(Project.Id, Id, !_cohort!.IsArchived, CancellationToken.None));

    private void Take(Outcome<Cohort> outcome)
    {
        _problems = outcome.Problems;
        _cohort = outcome.Value ?? _cohort;
    }
}
