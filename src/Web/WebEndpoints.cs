using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Routing;
using Rondo.Web.Accounts;
using Rondo.Web.Features.Cohorts;
using Rondo.Web.Features.Integrations;
using Rondo.Web.Frame;

namespace Rondo.Web;

/// <summary>Puts the pages into a server's pipeline.</summary>
public static class WebEndpoints
{
    /// <summary>Languages the pages speak, the default first.</summary>
    internal static readonly string[] Languages = ["en", "ko"];

    /// <summary>
    /// Maps every page, their static files, sign-in and sign-out. Call once, after <c>Build()</c>; endpoints of others are
    /// not touched: only pages ask for a signed-in person.
    /// </summary>
    public static WebApplication MapRondoWeb(this WebApplication application)
    {
        application.UseRequestLocalization(localization => localization
            .SetDefaultCulture(Languages[0])
            .AddSupportedCultures(Languages)
            .AddSupportedUICultures(Languages));
        application.UseAuthentication();
        application.UseAuthorization();
        application.UseAntiforgery();
        application.Use(SecurityHeaders.AddAsync);

        application.MapStaticAssets();
        application.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(server => server.ContentSecurityFrameAncestorsPolicy = null)
            .WithMetadata(PageMark.Instance)
            .RequireAuthorization();
        application.MapGet("/language", ChooseLanguage);
        application.MapCohortMembers();
        application.MapSyncRecords();
        application.MapStreamRecords();
        return application;
    }

    private static IResult ChooseLanguage(HttpContext http, string culture, string? returnTo)
    {
        if (Languages.Contains(culture))
        {
            http.Response.Cookies.Append(
                CookieRequestCultureProvider.DefaultCookieName,
                CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(CultureInfo.GetCultureInfo(culture))),
                new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, IsEssential = true, Path = "/" });
        }

        return Results.LocalRedirect(LocalPath.OrHome(returnTo));
    }
}
