using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.AudienceSync;

/// <summary>
/// Takes syncs up when they are due. Those of one connection come one after the other, as Mixpanel has it; a connection that is
/// slow or dead holds up no other.
/// </summary>
internal sealed class SyncLoop(IntegrationsDatabase database, SyncRunner runner, SyncSchedule schedule, AnalyticsOptions options, TimeProvider time, ILogger<SyncLoop> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<int, Task> _busy = [];

    /// <summary>Takes up everything that is due and waits for it.</summary>
    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await StartDueAsync(cancellationToken);
        await Task.WhenAll(_busy.Values);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Integrations.RunsSyncs)
        {
            return;
        }

        try
        {
            while (true)
            {
                try
                {
                    await StartDueAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    logger.LogError(exception, "The syncs that are due could not be read.");
                }

                await Task.Delay(options.Integrations.ClockInterval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_busy.Values);
        }
    }

    private async Task StartDueAsync(CancellationToken cancellationToken)
    {
        List<SyncRow> rows;
        await using (var context = database.Open())
        {
            rows = await context.Syncs.AsNoTracking().Where(sync => sync.State == SyncState.Active || sync.State == SyncState.Leaving).ToListAsync(cancellationToken);
        }

        var now = time.GetCurrentInstant();
        foreach (var connection in rows.Where(row => schedule.IsDue(row, now)).GroupBy(row => row.ConnectionId))
        {
            var due = connection.Select(row => row.Id).ToList();
            if (!_busy.ContainsKey(connection.Key))
            {
                var work = new TaskCompletionSource();
                _busy[connection.Key] = work.Task;
                _ = Task.Run(
                    async () =>
                    {
                        await TakeUpAsync(due, cancellationToken);
                        _busy.TryRemove(connection.Key, out _);
                        work.SetResult();
                    },
                    CancellationToken.None);
            }
        }
    }

    private async Task TakeUpAsync(IReadOnlyList<int> syncs, CancellationToken cancellationToken)
    {
        foreach (var sync in syncs)
        {
            try
            {
                schedule.Set(sync, await runner.TakeUpAsync(sync, cancellationToken));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // The rows say where it stands, so the next look goes on from there; the others go on now.
                logger.LogError(exception, "Sync {Sync} could not be taken up.", sync);
                schedule.Set(sync, time.GetCurrentInstant() + Duration.FromTimeSpan(options.Integrations.RetryDelay));
            }
        }
    }
}
