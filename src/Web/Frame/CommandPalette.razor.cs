using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using static MudBlazor.Icons.Material;

namespace Rondo.Web.Frame;

/// <summary>Ctrl-K: every page, cohort, segment and campaign by name. What can be chosen is read when it opens.</summary>
public sealed partial class CommandPalette
{
    private const int MaximumPerKind = 6;

    private readonly List<Entry> _entries = [];
    private ElementReference _input;
    private string? _search;
    private bool _isOpen;
    private bool _mustFocus;

    [Inject]
    private ProjectPlace Place { get; set; } = default!;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    [Inject]
    private ISegments Segments { get; set; } = default!;

    [Inject]
    private ICampaigns Campaigns { get; set; } = default!;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_mustFocus)
        {
            _mustFocus = false;
            await _input.FocusAsync();
        }
    }

    private async Task ToggledAsync()
    {
        _isOpen = !_isOpen;
        _search = null;
        if (!_isOpen || Place.Project is not { } project)
        {
            return;
        }

        _mustFocus = true;
        _entries.Clear();
        _entries.AddRange(PageList.Groups.SelectMany(group => group.Pages)
            .Select(page => new Entry(L["Pages"], L[page.Title], ProjectPlace.PathOf(project.Id, page.Path), page.Icon, $"g {page.Key}")));
        _entries.Add(new Entry(L["Pages"], L["Settings"], ProjectPlace.PathOf(project.Id, "settings"), Outlined.Settings, "g x"));
        _entries.Add(new Entry(L["Create"], L["New cohort"], ProjectPlace.PathOf(project.Id, "cohorts/new"), Outlined.GroupAdd, null));
        _entries.Add(new Entry(L["Create"], L["New segment"], ProjectPlace.PathOf(project.Id, "segments/new"), Outlined.DonutLarge, null));
        _entries.Add(new Entry(L["Create"], L["New campaign"], ProjectPlace.PathOf(project.Id, "campaigns/new"), Outlined.Campaign, null));
        StateHasChanged();

        var cohorts = await Cohorts.ListAsync(project.Id, includeArchived: false, CancellationToken.None);
        _entries.AddRange(cohorts.Select(cohort => new Entry(L["Cohorts"], cohort.Name, ProjectPlace.PathOf(project.Id, $"cohorts/{cohort.Id}"), Outlined.Group, null)));
        var segments = await Segments.ListAsync(project.Id, includeArchived: false, CancellationToken.None);
        _entries.AddRange(segments.Select(segment => new Entry(L["Segments"], segment.Name, ProjectPlace.PathOf(project.Id, $"segments/{segment.Id}"), Outlined.DonutLarge, null)));
        var campaigns = await Campaigns.ListAsync(project.Id, includeArchived: false, CancellationToken.None);
        _entries.AddRange(campaigns.Select(campaign => new Entry(L["Campaigns"], campaign.Plan.Name, ProjectPlace.PathOf(project.Id, $"campaigns/{campaign.Id}"), Outlined.Campaign, null)));
    }

    private IEnumerable<Entry> Found() => _entries
        .Where(entry => string.IsNullOrWhiteSpace(_search) || entry.Title.Contains(_search.Trim(), StringComparison.CurrentCultureIgnoreCase))
        .GroupBy(entry => entry.Kind)
        .SelectMany(kind => string.IsNullOrWhiteSpace(_search) && kind.Key != L["Pages"] && kind.Key != L["Create"] ? kind.Take(MaximumPerKind) : kind.Take(20));

    private sealed record Entry(string Kind, string Title, string Path, string Icon, string? Keys);
}
