using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using NodaTime;
using Rondo.Engagement.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components;
using Rondo.Web.Components.Reports;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Features.Campaigns;

/// <summary>What a campaign did and truly changed. Counts move by themselves while it runs.</summary>
public sealed partial class CampaignPage
{
    private static readonly Duration FollowAfterEnd = Duration.FromHours(1);

    private Campaign? _campaign;
    private CampaignResults? _results;
    private Phrases? _phrases;
    private IReadOnlyList<Problem> _problems = [];
    private bool _isMissing;

    [Parameter]
    public int CampaignNumber { get; set; }

    [Inject]
    private ICampaigns Campaigns { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    private bool HasControl => _campaign!.Plan.ControlPercent > 0;

    private int Received => _results!.Arms.Where(arm => !arm.IsControl).Sum(arm => arm.People);

    private string OpenEvent => _campaign!.Plan.Channel == Channel.Push ? WellKnownEvents.PushOpen : WellKnownEvents.EmailClick;

    private EventSelector Opened => new(OpenEvent, new PropertyPredicate(PropertySource.Event, "campaign_name", PropertyOperator.Equals, [PropertyValue.Of(_campaign!.Plan.Name)]));

    private DateRange SinceLaunch => new SinceRange(Project.Calendar.DateOf(_campaign!.LaunchedAt ?? _campaign.CreatedAt));

    private string FlowPath => PathOf("flows") + "?q=" + Uri.EscapeDataString(QueryAddress.Write(new FlowQuery { Anchor = Opened, Range = SinceLaunch, StepsAfter = 3, Top = 4 }));

    private string FunnelPath => PathOf("funnels") + "?q=" + Uri.EscapeDataString(QueryAddress.Write(new FunnelQuery
    {
        Steps = [Opened, _campaign!.Plan.Goal!.Event],
        Range = SinceLaunch,
        Window = new ConversionWindow(1, WindowUnit.Session),
    }));

    protected override TimeSpan ReadEvery => TimeSpan.FromSeconds(3);

    // Opens and conversions come in after the last message went out.
    protected override bool IsFollowing => _campaign is { } campaign
        && (campaign.State is CampaignState.Active or CampaignState.Scheduled || (campaign.FinishedAt is { } finished && Now - finished < FollowAfterEnd));

    protected override Task OnInitializedAsync() => ReadAsync();

    private static string Whole(int part, int whole) => whole == 0 ? Figures.None : Math.Round(100.0 * part / whole).ToString("0", CultureInfo.CurrentCulture) + "%";

    private static string Signed(double people) => Math.Round(people).ToString("+#,0;−#,0;0", CultureInfo.CurrentCulture);

    protected override async Task ReadAsync()
    {
        _phrases = await Vocabulary.PhrasesAsync(Project.Id);
        _campaign = await Campaigns.FindAsync(Project.Id, CampaignNumber, CancellationToken.None);
        _isMissing = _campaign is null;
        if (_campaign is null)
        {
            return;
        }

        if (_campaign.State == CampaignState.Draft)
        {
            Navigation.NavigateTo(PathOf($"campaigns/{CampaignNumber}/edit"), replace: true);
            return;
        }

        _results = await Campaigns.ResultsAsync(Project.Id, CampaignNumber, CancellationToken.None) ?? _results;
    }

    private async Task StopAsync()
    {
        var dialog = await Dialogs.ShowAsync<ConfirmDialog>(L["Stop “{0}”?", _campaign!.Plan.Name], new DialogParameters<ConfirmDialog>
        {
            { one => one.Text, L["Nothing more is sent. What the provider already has is out. A stopped campaign cannot be started again."].Value },
            { one => one.Action, L["Stop the campaign"].Value },
        });
        if (await dialog.Result is { Canceled: false })
        {
            var stopped = await Campaigns.StopAsync(Project.Id, CampaignNumber, CancellationToken.None);
            (_campaign, _problems) = (stopped.Value ?? _campaign, stopped.Problems);
        }
    }

    private async Task ArchiveAsync()
    {
        var archived = await Campaigns.ArchiveAsync(Project.Id, CampaignNumber, !_campaign!.IsArchived, CancellationToken.None);
        (_campaign, _problems) = (archived.Value ?? _campaign, archived.Problems);
    }
}
