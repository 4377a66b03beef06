using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Operations;

/// <summary>For those who keep the server running: <c>/healthz</c> (it runs), <c>/readyz</c> (it can work), <c>/metrics</c>.</summary>
internal static class HealthEndpoints
{
    public static void AddTelemetry(this IServiceCollection services) => services.AddOpenTelemetry().WithMetrics(metrics => metrics
        .AddMeter("Rondo.*")
        .AddAspNetCoreInstrumentation()
        .AddRuntimeInstrumentation()
        .AddPrometheusExporter());

    public static void Map(WebApplication application)
    {
        application.MapGet("/healthz", () => TypedResults.Text("ok")).ExcludeFromDescription();
        application.MapGet("/readyz", ReadyAsync).ExcludeFromDescription();
        application.MapPrometheusScrapingEndpoint("/metrics");
    }

    private static async Task<IResult> ReadyAsync(IProjects projects, IEventStores stores, ILogger<HttpApiOptions> logger, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var project in await projects.ListAsync(cancellationToken))
            {
                await stores.OpenAsync(project.Id, cancellationToken);
            }

            return TypedResults.Text("ready");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogWarning(exception, "The server is not ready.");
            return TypedResults.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
