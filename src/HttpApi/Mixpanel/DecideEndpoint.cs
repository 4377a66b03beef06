using Microsoft.AspNetCore.Http;

namespace Rondo.HttpApi.Mixpanel;

/// <summary><c>/decide</c>: old SDKs ask for surveys and notifications, of which there are none (Mixpanel reference, 1.12).</summary>
internal static class DecideEndpoint
{
    public static Task HandleAsync(HttpContext context) => ReplyJson.SendAsync(
        context.Response,
        StatusCodes.Status200OK,
        json =>
        {
            json.WriteStartArray("notifications");
            json.WriteEndArray();
            json.WriteStartObject("config");
            json.WriteEndObject();
        },
        context.RequestAborted);
}
