using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rondo.HttpApi.Rondo.Engagement;
using Rondo.HttpApi.Rondo.Integrations;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Rondo;

/// <summary>Our own interface under <c>/api/v1</c>: one group for those who speak for a project, one for the operator.</summary>
internal static class RondoRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").AddEndpointFilter(AnswerStoreTrouble).AddEndpointFilter<RequireProject>();
        ReportEndpoints.Map(api);
        CohortEndpoints.Map(api);
        PeopleEndpoints.Map(api);
        LexiconEndpoints.Map(api);
        DefinitionEndpoints.Map(api);
        EventEndpoints.Map(api);
        SegmentEndpoints.Map(api);
        CampaignEndpoints.Map(api);
        ReceivedCampaignEndpoints.Map(api);
        ChannelEndpoints.Map(api);
        ConnectionEndpoints.Map(api);
        SyncEndpoints.Map(api);
        StreamEndpoints.Map(api);
        ReceivingEndpoints.Map(api);

        var admin = routes.MapGroup("/api/v1").AddEndpointFilter(AnswerStoreTrouble).AddEndpointFilter<RequireAdmin>();
        ProjectEndpoints.Map(admin);
        BackupEndpoints.Map(admin);
    }

    private static async ValueTask<object?> AnswerStoreTrouble(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (StoreUnavailableException)
        {
            var options = context.HttpContext.RequestServices.GetRequiredService<HttpApiOptions>();
            context.HttpContext.Response.Headers.RetryAfter = ((int)options.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Replies.Error(StatusCodes.Status503ServiceUnavailable, "The server cannot store data at the moment. Please retry the request.", []);
        }
        catch (StoreDamagedException damage)
        {
            return Replies.Error(StatusCodes.Status500InternalServerError, damage.Message, []);
        }
    }
}
