using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Mixpanel's ingestion paths; each also answers with a slash at its end, and to browsers of any origin.</summary>
internal static class MixpanelRoutes
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Post, HttpMethods.Options];

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/track", (context, services) => TrackEndpoint.HandleAsync(context, services.GetRequiredService<IIntake>(), services.GetRequiredService<HttpApiOptions>()));
        Map(routes, "/engage", (context, services) => EngageEndpoint.HandleAsync(context, services.GetRequiredService<IIntake>(), services.GetRequiredService<HttpApiOptions>()));
        Map(routes, "/import", (context, services) => ImportEndpoint.HandleAsync(
            context,
            services.GetRequiredService<IIntake>(),
            services.GetRequiredService<ProjectAccess>(),
            services.GetRequiredService<IProjects>(),
            services.GetRequiredService<ImportRate>(),
            services.GetRequiredService<HttpApiOptions>()));
        Map(routes, "/decide", (context, _) => DecideEndpoint.HandleAsync(context));
        routes.MapGet("/lookup-tables", context => LookupTablesEndpoint.ListAsync(context, context.RequestServices.GetRequiredService<ProjectAccess>(), context.RequestServices.GetRequiredService<IDefinitions>())).ExcludeFromDescription();
        routes.MapPut("/lookup-tables/{id}", context => LookupTablesEndpoint.ReplaceAsync(context, context.RequestServices.GetRequiredService<ProjectAccess>(), context.RequestServices.GetRequiredService<IDefinitions>())).ExcludeFromDescription();
    }

    private static void Map(IEndpointRouteBuilder routes, string path, Func<HttpContext, IServiceProvider, Task> handle) =>
        routes.MapMethods(path, Methods, context => BrowserAccess.Admit(context) ? Task.CompletedTask : TryHandleAsync(context, handle)).ExcludeFromDescription();

    private static async Task TryHandleAsync(HttpContext context, Func<HttpContext, IServiceProvider, Task> handle)
    {
        try
        {
            await handle(context, context.RequestServices);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or StoreDamagedException)
        {
            // Every SDK keeps its batch after a 503 and sends it again; nothing is lost.
            var options = context.RequestServices.GetRequiredService<HttpApiOptions>();
            context.RequestServices.GetRequiredService<ILogger<HttpApiOptions>>().LogWarning(exception, "A request was turned away: the store cannot be read or written.");
            context.Response.Headers.RetryAfter = ((int)options.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await ReplyJson.SendAsync(
                context.Response,
                StatusCodes.Status503ServiceUnavailable,
                json =>
                {
                    json.WriteNumber("code", StatusCodes.Status503ServiceUnavailable);
                    json.WriteString("error", "The server cannot store data at the moment. Please retry the request.");
                    json.WriteString("status", "Service Unavailable");
                },
                context.RequestAborted);
        }
    }
}
