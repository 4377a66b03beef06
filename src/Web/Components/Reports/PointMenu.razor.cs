using Microsoft.AspNetCore.Components;
using MudBlazor;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Web.Components.Pickers;
using Rondo.Web.Frame;
using Breakdown = Rondo.Model.Queries.Breakdown;

namespace Rondo.Web.Components.Reports;

/// <summary>What can be done with the people behind a point of any chart. Their number is asked for, never guessed from the chart.</summary>
public sealed partial class PointMenu : IDisposable
{
    private readonly string _id = "point" + Guid.NewGuid().ToString("N")[..8];
    private PointSelection? _selection;
    private int _side;
    private int? _people;
    private string? _refusal;
    private CancellationTokenSource? _counting;
    private (double X, double Y)? _mustOpenAt;

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private Browser Browser { get; set; } = default!;

    [Inject]
    private IReports Reports { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    /// <summary>Called with the property to break the report down by; without it this is not offered.</summary>
    [Parameter]
    public EventCallback<Breakdown> OnBreakdown { get; set; }

    /// <summary>The event whose properties are offered for the breakdown.</summary>
    [Parameter]
    public string? EventName { get; set; }

    /// <summary>Further items of one report.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    private PointSide? Side => _selection?.Sides[_side];

    private string UsersPath => ProjectPlace.PathOf(Project.Id, "users") + "?point=" + Uri.EscapeDataString(QueryAddress.Write(Side!.Point));

    /// <summary>Opens the menu at a place of the window.</summary>
    public async Task OpenAsync(PointSelection selection, double x, double y)
    {
        _selection = selection;
        _side = 0;
        _mustOpenAt = (x, y);
        StateHasChanged();
        await CountAsync();
    }

    public void Dispose() => _counting?.Dispose();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_mustOpenAt is { } place)
        {
            _mustOpenAt = null;
            await Browser.OpenAtAsync(_id, place.X, place.Y);
        }
    }

    private Task ChooseAsync(int side)
    {
        _side = side;
        return CountAsync();
    }

    private async Task CountAsync()
    {
        _counting?.Cancel();
        _counting?.Dispose();
        _counting = new CancellationTokenSource();
        var cancellationToken = _counting.Token;
        _people = null;
        _refusal = null;
        try
        {
            var answer = await Reports.PeopleAtAsync(Project.Id, Side!.Point, cancellationToken);
            if (!cancellationToken.IsCancellationRequested)
            {
                _people = answer.Value?.Result.Count;
                _refusal = answer.IsAccepted ? null : ProblemWords.Of(answer.Problems[0], L);
                StateHasChanged();
            }
        }
        catch (OperationCanceledException)
        {
            // Another point was chosen meanwhile.
        }
    }

    private async Task MakeCohortAsync(bool isForMessage)
    {
        var side = Side!;
        await CohortDialog.ShowAsync(Dialogs, isForMessage ? L["Message these users"] : L["Create cohort"], Project, new PointCohort(side.Point), side.CohortName, isForMessage);
    }

    private Task ExportAsync() =>
        CohortDialog.ShowAsync(Dialogs, L["Export to Braze…"], Project, new PointCohort(Side!.Point), Side.CohortName, isForMessage: false, isForExport: true);

    private async Task BreakDownAsync(object picked)
    {
        if (picked is PickedProperty property)
        {
            await Browser.CloseAsync(_id);
            await OnBreakdown.InvokeAsync(new Breakdown(property.Source, property.Name));
        }
    }
}
