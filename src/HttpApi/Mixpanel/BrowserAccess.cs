using Microsoft.AspNetCore.Http;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>
/// Lets pages of any origin send events. The browser SDK sends with credentials, so the origin is echoed exactly and never
/// "*" (Mixpanel reference, 1.13). Nothing here reads a cookie, so there is nothing that a foreign page could borrow.
/// </summary>
internal static class BrowserAccess
{
    private const string UsualHeaders = "authorization, content-type, traceparent";
    private static readonly string OneDay = TimeSpan.FromDays(1).TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Answers a preflight, or marks the answer to come; true when the request is done.</summary>
    public static bool Admit(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        var headers = context.Response.Headers;
        if (origin.Length > 0)
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlAllowCredentials = "true";
            headers.Vary = "Origin";
        }

        if (!HttpMethods.IsOptions(context.Request.Method))
        {
            return false;
        }

        var asked = context.Request.Headers.AccessControlRequestHeaders.ToString();
        headers.AccessControlAllowMethods = "GET, POST, OPTIONS";
        headers.AccessControlAllowHeaders = asked.Length > 0 ? asked : UsualHeaders;
        headers.AccessControlMaxAge = OneDay;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
