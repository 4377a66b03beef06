using Microsoft.AspNetCore.Http;

namespace Rondo.Web.Frame;

/// <summary>Marks the endpoints that are pages, so that headers of pages reach them and nobody else.</summary>
internal sealed class PageMark
{
    public static PageMark Instance { get; } = new();
}

/// <summary>What a browser may load and do on our pages.</summary>
internal static class SecurityHeaders
{
    // Inline styles are needed by the component library and by charts; scripts are only ever our own files.
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; font-src 'self' data:; "
        + "connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<PageMark>() is not null)
        {
            http.Response.Headers.ContentSecurityPolicy = Policy;
            http.Response.Headers.XContentTypeOptions = "nosniff";
            http.Response.Headers["Referrer-Policy"] = "same-origin";
            http.Response.Headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        }

        return next(http);
    }
}
