using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Engagement.Contracts;
using Rondo.HttpApi.Operations;
using Rondo.Model;
using Rondo.Model.Queries;

namespace Rondo.HttpApi.Rondo.Engagement;

/// <summary><c>/api/v1/campaigns</c>: made, reviewed, launched, stopped, read.</summary>
internal static class CampaignEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var campaigns = api.MapGroup("/campaigns").WithTags("Campaigns");
        campaigns.MapGet("/", ListAsync).WithSummary("All campaigns, newest first; ?archived=true includes archived ones").Produces<IReadOnlyList<Campaign>>();
        campaigns.MapPost("/", CreateAsync).WithSummary("Makes a draft").Takes<CampaignPlan>().Produces<Campaign>().Produces<ErrorReply>(400);
        campaigns.MapPost("/review", ReviewAsync).WithSummary("What a launch of this plan would do now").Takes<CampaignPlan>().Produces<LaunchReview>().Produces<ErrorReply>(400);
        campaigns.MapPost("/preview", PreviewAsync).WithSummary("A message as one person would get it").Takes<PreviewQuestion>().Produces<MessagePreview>().Produces<ErrorReply>(400);
        campaigns.MapGet("/ledger", LedgerAsync).WithSummary("Why the person ?person=ID did or did not get messages, newest first").Produces<IReadOnlyList<LedgerEntry>>().Produces<ErrorReply>(400);
        campaigns.MapGet("/{campaign:int}", FindAsync).WithSummary("One campaign").Produces<Campaign>().Produces<ErrorReply>(404);
        campaigns.MapPut("/{campaign:int}", ChangeAsync).WithSummary("Changes a draft").Takes<CampaignPlan>().Produces<Campaign>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        campaigns.MapPost("/{campaign:int}/launch", LaunchAsync).WithSummary("Launches a draft; launching twice is one launch").Produces<Campaign>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        campaigns.MapPost("/{campaign:int}/stop", StopAsync).WithSummary("Stops it; what the provider already has is out").Produces<Campaign>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        campaigns.MapPost("/{campaign:int}/archive", ArchiveAsync).WithSummary("Archives it, or restores it with ?archived=false").Produces<Campaign>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        campaigns.MapGet("/{campaign:int}/results", ResultsAsync).WithSummary("What it did: per arm, influenced, direct, incremental, landing").Produces<CampaignResults>().Produces<ErrorReply>(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ICampaigns campaigns, bool archived = false) =>
        Replies.Json(await campaigns.ListAsync(context.ProjectId(), archived, context.RequestAborted));

    private static async Task<IResult> FindAsync(HttpContext context, ICampaigns campaigns, int campaign) =>
        await campaigns.FindAsync(context.ProjectId(), campaign, context.RequestAborted) is { } found ? Replies.Json(found) : Replies.NotFound("campaign");

    private static Task<IResult> CreateAsync(HttpContext context, ICampaigns campaigns) =>
        WithBodyAsync<CampaignPlan>(context, async plan => Replies.Of(await campaigns.CreateAsync(context.ProjectId(), plan, context.RequestAborted)));

    private static Task<IResult> ChangeAsync(HttpContext context, ICampaigns campaigns, int campaign) =>
        WithBodyAsync<CampaignPlan>(context, plan => OfExistingAsync(context, campaigns, campaign, () => campaigns.ChangeAsync(context.ProjectId(), campaign, plan, context.RequestAborted)));

    private static Task<IResult> ReviewAsync(HttpContext context, ICampaigns campaigns) =>
        WithBodyAsync<CampaignPlan>(context, async plan => Replies.Of(await campaigns.ReviewAsync(context.ProjectId(), plan, context.RequestAborted)));

    private static Task<IResult> PreviewAsync(HttpContext context, ICampaigns campaigns) =>
        WithBodyAsync<PreviewQuestion>(context, async question => Replies.Of(await campaigns.PreviewAsync(context.ProjectId(), question.Message, question.DistinctId, context.RequestAborted)));

    private static async Task<IResult> LedgerAsync(HttpContext context, ICampaigns campaigns, string? person = null) =>
        string.IsNullOrEmpty(person)
            ? Replies.Refusal([new Problem("person", "must name a person by distinct id")])
            : Replies.Json(await campaigns.LedgerOfAsync(context.ProjectId(), person, context.RequestAborted));

    private static Task<IResult> LaunchAsync(HttpContext context, ICampaigns campaigns, int campaign) =>
        OfExistingAsync(context, campaigns, campaign, () => campaigns.LaunchAsync(context.ProjectId(), campaign, context.RequestAborted));

    private static Task<IResult> StopAsync(HttpContext context, ICampaigns campaigns, int campaign) =>
        OfExistingAsync(context, campaigns, campaign, () => campaigns.StopAsync(context.ProjectId(), campaign, context.RequestAborted));

    private static Task<IResult> ArchiveAsync(HttpContext context, ICampaigns campaigns, int campaign, bool archived = true) =>
        OfExistingAsync(context, campaigns, campaign, () => campaigns.ArchiveAsync(context.ProjectId(), campaign, archived, context.RequestAborted));

    private static async Task<IResult> ResultsAsync(HttpContext context, ICampaigns campaigns, int campaign) =>
        await campaigns.ResultsAsync(context.ProjectId(), campaign, context.RequestAborted) is { } results ? Replies.Json(results) : Replies.NotFound("campaign");

    private static async Task<IResult> OfExistingAsync(HttpContext context, ICampaigns campaigns, int campaign, Func<Task<Outcome<Campaign>>> act) =>
        await campaigns.FindAsync(context.ProjectId(), campaign, context.RequestAborted) is null ? Replies.NotFound("campaign") : Replies.Of(await act());

    private static async Task<IResult> WithBodyAsync<T>(HttpContext context, Func<T, Task<IResult>> act)
        where T : class
    {
        var body = await JsonBody.ReadAsync<T>(context.Request, context.RequestAborted);
        return body.IsAccepted ? await act(body.Value) : Replies.Refusal(body.Problems);
    }

    /// <summary>A message to be shown as one person would get it.</summary>
    /// <param name="Message">The message.</param>
    /// <param name="DistinctId">The person; left out: somebody.</param>
    internal sealed record PreviewQuestion(Message Message, string? DistinctId = null);
}
