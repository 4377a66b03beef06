using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rondo.Engagement.Delivery;

/// <summary>Runs the reporter whenever there is something to tell the event store.</summary>
internal sealed partial class ReportingLoop(MessageEventReporter reporter, Signals signals, EngagementOptions options, TimeProvider time, ILogger<ReportingLoop> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await reporter.ReportAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogFailed(failure);
            }

            await signals.Reports.WaitAsync(options.ClockInterval, time, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Error, "Message events could not be taken into the event store and will be tried again.")]
    private partial void LogFailed(Exception failure);
}
