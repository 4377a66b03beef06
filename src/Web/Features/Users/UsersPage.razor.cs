using System.Text;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Web.Components;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Features.Users;

/// <summary>The people of a project: searched, filtered, or those behind a point. All of it is in the address.</summary>
public sealed partial class UsersPage
{
    private const int PageSize = 50;
    private const int ColumnsShown = 3;

    private PeoplePage? _page;
    private PersonSet? _among;
    private Predicate? _where;
    private ReportPoint? _point;
    private string? _pointWords;
    private IReadOnlyList<string> _columns = [];
    private IReadOnlyList<Problem> _problems = [];

    [SupplyParameterFromQuery(Name = "point")]
    public string? Point { get; set; }

    [SupplyParameterFromQuery(Name = "where")]
    public string? Where { get; set; }

    [SupplyParameterFromQuery(Name = "search")]
    public string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    public int? PageText { get; set; }

    [Inject]
    private IPeople People { get; set; } = default!;

    [Inject]
    private IReports Reports { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private Browser Browser { get; set; } = default!;

    /// <summary>Whether a cohort can be made of exactly the people who are listed.</summary>
    private bool IsDefinable => string.IsNullOrWhiteSpace(Search) && (_point is null || _where is null);

    private int PageNumber => Math.Max(1, PageText ?? 1);

    protected override async Task OnParametersSetAsync()
    {
        if (_columns.Count == 0)
        {
            var properties = await Vocabulary.PropertiesAsync(Project.Id, PropertySource.User, null);
            _columns = [.. properties.Select(property => property.Name).Where(name => name[0] != '$' && !name.Contains("email", StringComparison.Ordinal)).Take(ColumnsShown)];
        }

        _where = QueryAddress.Read<Predicate>(Where);
        _point = QueryAddress.Read<ReportPoint>(Point);
        _problems = [];
        _among = null;
        if (_point is not null)
        {
            var answer = await Reports.PeopleAtAsync(Project.Id, _point, CancellationToken.None);
            Refuse(answer.Problems);
            _among = answer.Value?.Result ?? PersonSet.Empty;
            _pointWords = answer.IsAccepted ? (await Vocabulary.PhrasesAsync(Project.Id)).Of(new PointCohort(_point), answer.Value.Words) : null;
        }

        if (_where is not null)
        {
            var found = await People.WhereAsync(Project.Id, _where, CancellationToken.None);
            Refuse(found.Problems);
            _among = found.IsAccepted ? _among?.And(found.Value) ?? found.Value : PersonSet.Empty;
        }

        _page = await People.ListAsync(Project.Id, _among, string.IsNullOrWhiteSpace(Search) ? null : Search.Trim(), (PageNumber - 1) * PageSize, PageSize, CancellationToken.None);
    }

    private void Refuse(IReadOnlyList<Problem> problems) => _problems = [.. _problems, .. problems];

    private string PersonPath(string distinctId) => PathOf("person") + "?id=" + Uri.EscapeDataString(distinctId);

    private string LastSeen(PersonSummary person) =>
        person.LastSeen is { } text && PropertyMatch.DateOf(Rondo.Model.Events.PropertyValue.Of(text)) is { } seen ? Figures.Ago(seen, Now) : person.LastSeen ?? Figures.None;

    private void ChangeWhere(Predicate? where) => GoTo(where: where is null ? string.Empty : QueryAddress.Write(where));

    private void GoTo(string? search = null, string? where = null, int page = 1) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["search"] = (search ?? Search) is { Length: > 0 } text ? text : null,
        ["where"] = (where ?? Where) is { Length: > 0 } filter ? filter : null,
        ["page"] = page > 1 ? page : null,
    }));

    private Task SaveAsync()
    {
        CohortDefinition definition = _point is not null ? new PointCohort(_point) : new FilterCohort(_where ?? new AllPredicate([]));
        return CohortDialog.ShowAsync(Dialogs, L["Save as cohort"], Project, definition, string.Empty, isForMessage: false);
    }

    private async Task DownloadAsync()
    {
        var text = new StringBuilder("distinct_id,name,email,last_seen\r\n");
        for (var skip = 0; skip < _page!.Total; skip += 1000)
        {
            var part = await People.ListAsync(Project.Id, _among, string.IsNullOrWhiteSpace(Search) ? null : Search.Trim(), skip, 1000, CancellationToken.None);
            foreach (var person in part.People)
            {
                text.AppendJoin(',', new[] { person.DistinctId, person.Name, person.Email, person.LastSeen }.Select(field => CsvText.Quote(field ?? string.Empty))).Append("\r\n");
            }
        }

        await Browser.DownloadAsync("users.csv", text.ToString());
    }
}
