using System.Globalization;
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

    /// <summary>One project that does not open must not take the others out of service: they are served, and it is named.</summary>
    private static async Task<IResult> ReadyAsync(IProjects projects, IEventStores stores, ILogger<HttpApiOptions> logger, CancellationToken cancellationToken)
    {
        var broken = new List<string>();
        try
        {
            var all = await projects.ListAsync(cancellationToken);
            foreach (var project in all)
            {
                try
                {
                    await stores.OpenAsync(project.Id, cancellationToken);
                }
                catch (Exception exception) when (exception is StoreDamagedException or StoreUnavailableException)
                {
                    logger.LogWarning(exception, "Project {ProjectId} does not open.", project.Id.Value);
                    broken.Add(string.Create(CultureInfo.InvariantCulture, $"project {project.Id.Value} does not open"));
                }
            }

            return broken.Count > 0 && broken.Count == all.Count
                ? TypedResults.Text(string.Join('\n', ["not ready", .. broken]), statusCode: StatusCodes.Status503ServiceUnavailable)
                : TypedResults.Text(string.Join('\n', ["ready", .. broken]));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogWarning(exception, "The server is not ready.");
            return TypedResults.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
