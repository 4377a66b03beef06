using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rondo.Engagement.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Delivery;

/// <summary>Runs the dispatcher: one lane for each project and channel that has something due, so that a slow provider holds up nobody else.</summary>
internal sealed partial class DeliveryLoop(Dispatcher dispatcher, Ledger ledger, Signals signals, EngagementOptions options, TimeProvider time, ILogger<DeliveryLoop> logger) : BackgroundService
{
    private readonly Dictionary<(ProjectId Project, Channel Channel), Task> _lanes = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ReconcileAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var lane in await ledger.DueLanesAsync(stoppingToken))
                {
                    if (!_lanes.TryGetValue(lane, out var running) || running.IsCompleted)
                    {
                        _lanes[lane] = Task.Run(() => DriveAsync(lane.Project, lane.Channel, stoppingToken), CancellationToken.None);
                    }
                }

                await signals.Sends.WaitAsync(options.ClockInterval, time, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogFailed(failure);
                await Task.Delay(options.ClockInterval, time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await Task.WhenAll(_lanes.Values);
    }

    /// <summary>What was on its way when the server ended must be settled before anything new is sent; until then nothing is.</summary>
    private async Task ReconcileAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await dispatcher.ReconcileAsync(stoppingToken);
                return;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogFailed(failure);
                await Task.Delay(options.ClockInterval, time, stoppingToken);
            }
        }
    }

    private async Task DriveAsync(ProjectId project, Channel channel, CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var outcome = await dispatcher.SendDueAsync(project, channel, stoppingToken);
                if (outcome.Count == 0)
                {
                    break;
                }

                if (outcome.IsHeldUp)
                {
                    await Task.Delay(options.RetryDelay, time, stoppingToken);
                }
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            await Task.Delay(options.ClockInterval, time, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // The server is stopping; nothing is claimed that was not recorded.
        }
    }

    [LoggerMessage(LogLevel.Error, "Sending failed and will be tried again.")]
    private partial void LogFailed(Exception failure);
}
