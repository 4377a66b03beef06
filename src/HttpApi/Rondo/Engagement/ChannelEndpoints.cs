using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Engagement.Contracts;
using Rondo.HttpApi.Operations;

namespace Rondo.HttpApi.Rondo.Engagement;

/// <summary><c>/api/v1/channels</c>: which providers carry a project's messages. Secrets go in and never come out.</summary>
internal static class ChannelEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var channels = api.MapGroup("/channels").WithTags("Channels");
        channels.MapGet("/", GetAsync).WithSummary("How the project sends; secrets are left out").Produces<ChannelSettings>();
        channels.MapPut("/", ChangeAsync).WithSummary("Changes how the project sends; a secret that is left out is kept").Takes<ChannelSettings>().Produces<ChannelSettings>().Produces<ErrorReply>(400);
        channels.MapGet("/alerts", AlertsAsync).WithSummary("Channels whose provider does not accept us").Produces<IReadOnlyList<ChannelAlert>>();
    }

    private static async Task<IResult> GetAsync(HttpContext context, IChannelSettings channels) =>
        Replies.Json(await channels.GetAsync(context.ProjectId(), context.RequestAborted));

    private static async Task<IResult> ChangeAsync(HttpContext context, IChannelSettings channels)
    {
        var body = await JsonBody.ReadAsync<ChannelSettings>(context.Request, context.RequestAborted);
        return body.IsAccepted ? Replies.Of(await channels.ChangeAsync(context.ProjectId(), body.Value, context.RequestAborted)) : Replies.Refusal(body.Problems);
    }

    private static async Task<IResult> AlertsAsync(HttpContext context, IChannelHealth health) =>
        Replies.Json(await health.AlertsAsync(context.ProjectId(), context.RequestAborted));
}
