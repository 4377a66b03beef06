using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Analytics.Contracts;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>
/// The address that is given to Mixpanel's custom webhook, so that it pushes cohorts in (Mixpanel reference, 5.3). The key is
/// the password of HTTP Basic.
/// </summary>
internal static class CohortPushEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/webhooks/cohorts", HandleAsync).ExcludeFromDescription();

    private static async Task HandleAsync(HttpContext context, IReceivedCohorts received, HttpApiOptions options)
    {
        var (body, fault) = await BodyBytes.ReadAsync(context.Request, options.MaximumBodyBytes, context.RequestAborted);
        if (fault is not null)
        {
            await FailAsync(context, fault.Kind == RequestFaultKind.TooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest, string.Empty, fault.Message);
            return;
        }

        var request = CohortPushRequest.Read(body);
        if (Credentials.Of(context.Request) is not { Bearer: null, Password: { Length: > 0 } secret } || await received.FindKeyAsync(secret, context.RequestAborted) is not { } key)
        {
            context.Response.Headers.WWWAuthenticate = "Basic";
            await FailAsync(context, StatusCodes.Status401Unauthorized, request.Action, "send the key as the password of HTTP Basic");
            return;
        }

        if (request.Refusal is { } refusal)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, request.Action, refusal);
            return;
        }

        var declared = await received.DeclareAsync(key, request.CohortId, request.Name, context.RequestAborted);
        var taken = declared != ReceivingFault.None ? declared
            : request.Action == "members" ? await received.ReplaceAsync(key, request.CohortId, request.Page, request.Members, context.RequestAborted)
            : await received.ChangeAsync(key, request.CohortId, [request.Members], context.RequestAborted);
        await (taken switch
        {
            // Both are tried again by the sender; a 4xx would pause it.
            ReceivingFault.Busy => FailAsync(context, StatusCodes.Status503ServiceUnavailable, request.Action, "the cohort is being changed by another request"),
            ReceivingFault.PageMissing => FailAsync(context, StatusCodes.Status503ServiceUnavailable, request.Action, "the pages before this one have not come: begin again"),
            _ => ReplyJson.SendAsync(
                context.Response,
                StatusCodes.Status200OK,
                json =>
                {
                    json.WriteString("action", request.Action);
                    json.WriteString("status", "success");
                },
                context.RequestAborted),
        });
    }

    private static Task FailAsync(HttpContext context, int status, string action, string message) => ReplyJson.SendAsync(
        context.Response,
        status,
        json =>
        {
            json.WriteString("action", action);
            json.WriteString("status", "failure");
            json.WriteStartObject("error");
            json.WriteString("message", message);
            json.WriteNumber("code", status);
            json.WriteEndObject();
        },
        context.RequestAborted);
}
