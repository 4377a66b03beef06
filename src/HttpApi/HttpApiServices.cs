using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rondo.HttpApi.Braze;
using Rondo.HttpApi.Messages;
using Rondo.HttpApi.Mixpanel;
using Rondo.HttpApi.Operations;
using Rondo.HttpApi.Rondo;
using Rondo.Model;

namespace Rondo.HttpApi;

/// <summary>Puts the HTTP interfaces into a web application.</summary>
public static class HttpApiServices
{
    /// <summary>Registers what the endpoints need beside the two halves' contracts.</summary>
    public static IServiceCollection AddRondoHttpApi(this IServiceCollection services, HttpApiOptions options)
    {
        options.Check();
        services.AddSingleton(options);
        services.AddSingleton<ProjectAccess>();
        services.AddSingleton<ImportRate>();
        services.ConfigureHttpJsonOptions(json => ModelJson.Configure(json.SerializerOptions));
        services.AddApiDescription();
        services.AddTelemetry();
        return services;
    }

    /// <summary>Maps every endpoint.</summary>
    public static void MapRondoHttpApi(this WebApplication application)
    {
        MixpanelRoutes.Map(application);
        CohortPushEndpoint.Map(application);
        PartnerCohortEndpoints.Map(application);
        CurrentsEndpoint.Map(application);
        RondoRoutes.Map(application);
        MessageEndpoints.Map(application);
        ApiDescription.Map(application);
        HealthEndpoints.Map(application);
    }
}
