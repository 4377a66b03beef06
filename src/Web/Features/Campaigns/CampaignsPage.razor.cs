using Microsoft.AspNetCore.Components;
using Rondo.Engagement.Contracts;
using Rondo.Web.Components;
using Rondo.Web.Components.Pickers;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Features.Campaigns;

/// <summary>All campaigns.</summary>
public sealed partial class CampaignsPage
{
    private IReadOnlyList<Campaign>? _campaigns;
    private Phrases? _phrases;
    private string _search = string.Empty;
    private bool _showsArchived;
    private CampaignState? _state;

    [Inject]
    private ICampaigns Campaigns { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    private IReadOnlyList<(CampaignState? Value, string Text)> States =>
        [(null, L["All"]), (CampaignState.Draft, L["Drafts"]), (CampaignState.Active, L["Active"]), (CampaignState.Finished, L["Finished"])];

    private IEnumerable<Campaign> Shown => _campaigns!.Where(campaign => (_showsArchived || !campaign.IsArchived)
        && (_state is null || Group(campaign.State) == _state)
        && (_search.Length == 0 || campaign.Plan.Name.Contains(_search, StringComparison.CurrentCultureIgnoreCase)));

    protected override async Task OnParametersSetAsync()
    {
        _phrases = await Vocabulary.PhrasesAsync(Project.Id);
        _campaigns = await Campaigns.ListAsync(Project.Id, includeArchived: true, CancellationToken.None);
    }

    private static CampaignState Group(CampaignState state) => state switch
    {
        CampaignState.Scheduled => CampaignState.Active,
        CampaignState.Stopped => CampaignState.Finished,
        _ => state,
    };

    private string DeliveryOf(Delivery delivery) => delivery switch
    {
        SendAt at => Figures.Moment(at.At, Project.Calendar),
        SendOnEvent trigger => L["On {0}", EventTitle.Of(trigger.Event.Event, L)],
        _ => L["Once, at launch"],
    };
}
