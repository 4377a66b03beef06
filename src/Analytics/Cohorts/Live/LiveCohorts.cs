using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts.Live;

/// <summary>Keeps the cohorts of every project live, each project by itself.</summary>
internal sealed class LiveCohorts(IServiceProvider services, IEventStores stores, TimeProvider timeProvider, ILogger<LiveCohorts> logger) : BackgroundService
{
    private static readonly TimeSpan LookForProjects = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var tools = ActivatorUtilities.CreateInstance<LiveTools>(services);
        var kept = new Dictionary<ProjectId, Task>();
        try
        {
            while (true)
            {
                foreach (var project in await tools.Projects.ListAsync(stoppingToken))
                {
                    if (!kept.ContainsKey(project.Id))
                    {
                        kept.Add(project.Id, Task.Run(() => KeepAsync(project.Id, tools, stoppingToken), stoppingToken));
                    }
                }

                await Task.Delay(LookForProjects, timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(kept.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task KeepAsync(ProjectId project, LiveTools tools, CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                var store = await stores.OpenAsync(project, stoppingToken);
                await using var live = new LiveProject(project, store, tools);
                await live.RunAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // One project's trouble must not age the cohorts of the others; beginning again computes everything anew.
                logger.LogError(exception, "The cohorts of project {Project} could not be kept live.", project);
                await Task.Delay(AfterTrouble, timeProvider, stoppingToken);
            }
        }
    }
}
