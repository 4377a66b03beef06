using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rondo.Analytics.Ingestion;

/// <summary>Writes the ingestion counters down every few seconds and once more when the server stops.</summary>
internal sealed class CounterWriter(IngestionCounters counters, AnalyticsOptions options, TimeProvider timeProvider, ILogger<CounterWriter> logger) : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryWriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CounterWriteInterval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryWriteAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await counters.WriteAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The counts are still in memory; the next round writes them.
            logger.LogWarning(exception, "The ingestion counters could not be written.");
        }
    }
}
