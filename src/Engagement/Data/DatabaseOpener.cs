using Microsoft.Extensions.Hosting;

namespace Rondo.Engagement.Data;

/// <summary>Opens the database before anything else starts, so that a broken one stops the server and not its first message.</summary>
internal sealed class DatabaseOpener(EngagementDatabase database) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        database.Open().Dispose();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
