using Microsoft.AspNetCore.Components;
using Rondo.Engagement.Contracts;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components;
using Rondo.Web.Components.Reports;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Features.Campaigns;

/// <summary>What one campaign or Canvas of a real Braze did. The question is in the address; every number opens its people.</summary>
public sealed partial class ReceivedCampaignPage
{
    private ReceivedCampaignResults? _results;
    private IReadOnlyList<Problem> _problems = [];
    private PointMenu? _menu;
    private bool _isAsking;

    /// <summary>"campaign" or "canvas".</summary>
    [Parameter]
    public string Kind { get; set; } = string.Empty;

    /// <summary>Its id at Braze.</summary>
    [Parameter]
    public string? CampaignId { get; set; }

    /// <summary>The question, from the address.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? QuestionText { get; set; }

    [Inject]
    private IReceivedCampaigns Campaigns { get; set; } = default!;

    private bool IsCanvas => Kind == "canvas";

    private ReceivedCampaignQuestion Question { get; set; } = new(DateRange.Last(30, CalendarUnit.Day));

    private string BackPath => PathOf("campaigns/braze") + "?q=" + Uri.EscapeDataString(QueryAddress.Write(Question.Range));

    private string WindowText => Question.WindowOrUsual.IsSessions ? L["{0} sessions", Question.WindowOrUsual.Count] : Figures.Length(Question.WindowOrUsual.Length.TotalSeconds);

    protected override async Task OnParametersSetAsync()
    {
        Question = QueryAddress.Read<ReceivedCampaignQuestion>(QuestionText) is { Range: not null } question ? question : new ReceivedCampaignQuestion(DateRange.Last(30, CalendarUnit.Day));
        _isAsking = true;
        var answer = await Campaigns.ResultsAsync(Project.Id, IsCanvas ? ReceivedCampaignKind.Canvas : ReceivedCampaignKind.Campaign, CampaignId ?? string.Empty, Question, CancellationToken.None);
        _isAsking = false;
        (_results, _problems) = (answer.Value ?? _results, answer.Problems);
    }

    private void Change(ReceivedCampaignQuestion question) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("q", QueryAddress.Write(question)));

    private string PathOfReport<T>(string page, T query) => PathOf(page) + "?q=" + Uri.EscapeDataString(QueryAddress.Write(query));

    private string Named(params IEnumerable<string> parts) => string.Join(" · ", parts.Prepend(_results!.Name));

    private string ArmText(ReceivedArm arm) => arm.Arm.Kind == SegmentKind.Combination
        ? string.Join(" / ", arm.Arm.Parts.Select(part => part.Kind == SegmentKind.NotSet ? L["(not set)"].Value : part.Label))
        : arm.Arm.Kind == SegmentKind.NotSet ? L["(not set)"] : arm.Arm.Label;
}
