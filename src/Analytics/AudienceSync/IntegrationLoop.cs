using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rondo.Analytics.AudienceSync;

/// <summary>Looks again and again for what is due, and on stopping waits for what is under way.</summary>
internal abstract class IntegrationLoop(IntegrationOptions options, TimeProvider time, ILogger logger) : BackgroundService
{
    protected IntegrationOptions Options { get; } = options;

    protected TimeProvider Time { get; } = time;

    protected ILogger Logger { get; } = logger;

    /// <summary>What is under way.</summary>
    protected abstract IEnumerable<Task> Work { get; }

    /// <summary>Takes up what is due, without waiting for it.</summary>
    protected abstract Task LookAsync(CancellationToken stoppingToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!Options.RunsSyncs)
        {
            return;
        }

        try
        {
            while (true)
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    Logger.LogError(exception, "What is due could not be read.");
                }

                await Task.Delay(Options.ClockInterval, Time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(Work);
        }
    }
}
