using Microsoft.Extensions.Hosting;
using Rondo.Analytics.AudienceSync.Data;

namespace Rondo.Analytics.Data;

/// <summary>Opens the databases before anything else starts, so that a broken one stops the server and not its first request.</summary>
internal sealed class DatabaseOpener(AnalyticsDatabase database, IntegrationsDatabase integrations) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        database.Open().Dispose();
        integrations.Open().Dispose();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
