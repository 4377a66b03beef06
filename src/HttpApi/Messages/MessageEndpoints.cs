using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Engagement.Contracts;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Messages;

/// <summary><c>/m/…</c>: what people's mail programs ask for. Open to everyone; only what we signed has an effect.</summary>
internal static class MessageEndpoints
{
    /// <summary>A transparent GIF of one pixel.</summary>
    private static readonly byte[] Pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var messages = routes.MapGroup("/m").ExcludeFromDescription();
        messages.MapGet("/o/{token}.gif", OpenAsync);
        messages.MapGet("/c/{token}", ClickAsync);
        messages.MapGet("/u/{token}", ShowAsync);
        messages.MapPost("/u/{token}", ChangeAsync).DisableAntiforgery();
    }

    private static async Task<IResult> OpenAsync(HttpContext context, IMessageLinks links, string token)
    {
        context.Response.Headers.CacheControl = "no-store, private";
        try
        {
            return await links.OpenedAsync(token, UserAgent(context), context.RequestAborted) ? TypedResults.Bytes(Pixel, "image/gif") : TypedResults.NotFound();
        }
        catch (StoreUnavailableException)
        {
            // The picture is shown all the same; mail programs do not ask twice.
            return TypedResults.Bytes(Pixel, "image/gif");
        }
    }

    private static async Task<IResult> ClickAsync(HttpContext context, IMessageLinks links, string token)
    {
        context.Response.Headers.CacheControl = "no-store, private";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return await links.ClickedAsync(token, UserAgent(context), context.RequestAborted) is { } target
            ? TypedResults.Redirect(target.OriginalString)
            : UnsubscribePages.Unknown(context);
    }

    private static async Task<IResult> ShowAsync(HttpContext context, IMessageLinks links, string token) =>
        await links.FindAsync(token, context.RequestAborted) is { } page ? UnsubscribePages.Of(context, page) : UnsubscribePages.Unknown(context);

    /// <summary>
    /// Both the page's buttons and RFC 8058: a mail program posts <c>List-Unsubscribe=One-Click</c> without cookies or a page,
    /// and whatever else it posts means the same.
    /// </summary>
    private static async Task<IResult> ChangeAsync(HttpContext context, IMessageLinks links, string token)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        if (!await links.SubscribeAsync(token, isSubscribed: form["action"] == "subscribe", context.RequestAborted))
        {
            return UnsubscribePages.Unknown(context);
        }

        return form.ContainsKey("action") && await links.FindAsync(token, context.RequestAborted) is { } page ? UnsubscribePages.Of(context, page) : TypedResults.Ok();
    }

    private static string? UserAgent(HttpContext context) => context.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null;
}
