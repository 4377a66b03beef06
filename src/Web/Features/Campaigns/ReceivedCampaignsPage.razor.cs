using Microsoft.AspNetCore.Components;
using Rondo.Engagement.Contracts;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components;
using Rondo.Web.Components.Reports;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Features.Campaigns;

/// <summary>What a real Braze sent, from the events that it streams in.</summary>
public sealed partial class ReceivedCampaignsPage
{
    private ReceivedCampaignList? _list;
    private IReadOnlyList<Problem> _problems = [];
    private PointMenu? _menu;

    /// <summary>The days, from the address.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? RangeText { get; set; }

    [Inject]
    private IReceivedCampaigns Campaigns { get; set; } = default!;

    private DateRange Range => QueryAddress.Read<DateRange>(RangeText) ?? DateRange.Last(30, CalendarUnit.Day);

    protected override async Task OnParametersSetAsync()
    {
        var listed = await Campaigns.ListAsync(Project.Id, Range, CancellationToken.None);
        (_list, _problems) = (listed.Value, listed.Problems);
    }

    private void Change(DateRange range) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("q", QueryAddress.Write(range)));

    private string PathOfCampaign(ReceivedCampaign campaign) =>
        PathOf($"campaigns/braze/{(campaign.Kind == ReceivedCampaignKind.Campaign ? "campaign" : "canvas")}/{Uri.EscapeDataString(campaign.Id)}")
        + "?q=" + Uri.EscapeDataString(QueryAddress.Write(new ReceivedCampaignQuestion(Range)));
}
