using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.Cohorts;

/// <summary>Computes all cohorts again and again, so that none is older than the refresh interval and its own computing time.</summary>
internal sealed class CohortRefresher(
    CohortDirectory cohorts,
    IProjects projects,
    AnalyticsOptions options,
    TimeProvider timeProvider,
    ILogger<CohortRefresher> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await RefreshAsync(stoppingToken);
                await Task.Delay(options.CohortRefreshInterval, timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task RefreshAsync(CancellationToken stoppingToken)
    {
        foreach (var project in await projects.ListAsync(stoppingToken))
        {
            try
            {
                await cohorts.RefreshAllAsync(project.Id, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // One project's trouble must not age the cohorts of the others; the next round tries again.
                logger.LogError(exception, "The cohorts of project {Project} could not be computed.", project.Id);
            }
        }
    }
}
