using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Engagement.Contracts;
using Rondo.HttpApi.Operations;
using Rondo.Model.Time;

namespace Rondo.HttpApi.Rondo.Engagement;

/// <summary><c>/api/v1/received-campaigns</c>: campaigns and Canvases of a real Braze, from the events that it streams in.</summary>
internal static class ReceivedCampaignEndpoints
{
    private const string List = """{"range":{"kind":"last","count":30,"unit":"day"}}""";
    private const string Results = """{"range":{"kind":"last","count":30,"unit":"day"},"goal":{"event":"Checkout"},"window":{"count":3,"unit":"day"}}""";

    public static void Map(RouteGroupBuilder api)
    {
        var campaigns = api.MapGroup("/received-campaigns").WithTags("Integrations");
        campaigns.MapPost("/", ListAsync).WithSummary("Campaigns and Canvases that were received in some days").Takes<RangeBody>(("The last 30 days", List)).Produces<ReceivedCampaignList>().Produces<ErrorReply>(400);
        campaigns.MapPost("/{kind}/{id}/results", ResultsAsync).WithSummary("What one of them (kind: campaign or canvas) did; each number with the point that opens its people")
            .Takes<ReceivedCampaignQuestion>(("With a goal", Results)).Produces<ReceivedCampaignResults>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IReceivedCampaigns campaigns)
    {
        var body = await JsonBody.ReadAsync<RangeBody>(context.Request, context.RequestAborted);
        return body.IsAccepted ? Replies.Of(await campaigns.ListAsync(context.ProjectId(), body.Value.Range, context.RequestAborted)) : Replies.Refusal(body.Problems);
    }

    private static async Task<IResult> ResultsAsync(HttpContext context, IReceivedCampaigns campaigns, string kind, string id)
    {
        if (kind is not ("campaign" or "canvas"))
        {
            return Replies.NotFound("campaign");
        }

        var body = await JsonBody.ReadAsync<ReceivedCampaignQuestion>(context.Request, context.RequestAborted);
        return body.IsAccepted
            ? Replies.Of(await campaigns.ResultsAsync(context.ProjectId(), kind == "canvas" ? ReceivedCampaignKind.Canvas : ReceivedCampaignKind.Campaign, id, body.Value, context.RequestAborted))
            : Replies.Refusal(body.Problems);
    }

    /// <summary>Some days.</summary>
    internal sealed record RangeBody(DateRange Range);
}
