using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using NodaTime;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync;

/// <summary>
/// Takes syncs up when they are due. Those of one connection come one after the other, as Mixpanel has it; a connection that is
/// slow or dead holds up no other.
/// </summary>
internal sealed class SyncLoop(IntegrationsDatabase database, SyncRunner runner, SyncSchedule schedule, AnalyticsOptions options, TimeProvider time, ILogger<SyncLoop> logger)
    : IntegrationLoop(options.Integrations, time, logger)
{
    private readonly ConcurrentDictionary<int, Task> _busy = [];

    /// <summary>Unix milliseconds before which a disk that refused is not asked again.</summary>
    private long _removalAfter;

    protected override IEnumerable<Task> Work => _busy.Values;

    /// <summary>Takes up everything that is due and waits for it.</summary>
    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await Task.WhenAll(Work);
    }

    protected override async Task LookAsync(CancellationToken stoppingToken)
    {
        List<SyncRow> rows;
        await using (var context = database.Open())
        {
            rows = await context.Syncs.AsNoTracking().Where(sync => sync.State == SyncState.Active || sync.State == SyncState.Leaving).ToListAsync(stoppingToken);
        }

        var now = Time.GetCurrentInstant();
        foreach (var connection in rows.Where(row => schedule.IsDue(row, now)).GroupBy(row => row.ConnectionId))
        {
            var due = connection.Select(row => row.Id).ToList();
            if (!_busy.TryGetValue(connection.Key, out var work) || work.IsCompleted)
            {
                _busy[connection.Key] = Task.Run(() => TakeUpAsync(due, stoppingToken), CancellationToken.None);
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
                Logger.LogError(exception, "Sync {Sync} could not be taken up.", sync);
                schedule.Set(sync, Time.GetCurrentInstant() + Duration.FromTimeSpan(Options.RetryDelay));
            }
        }

        await RemoveRemnantsAsync(cancellationToken);
    }

    /// <summary>Whoever was erased and has been taken out at the other side goes here byte for byte.</summary>
    private async Task RemoveRemnantsAsync(CancellationToken cancellationToken)
    {
        if (Time.GetUtcNow().ToUnixTimeMilliseconds() < Interlocked.Read(ref _removalAfter) || !database.HoldsRemnants)
        {
            return;
        }

        try
        {
            await database.RemoveRemnantsAsync(cancellationToken);
        }
        catch (StoreUnavailableException exception)
        {
            Logger.LogError(exception, "Bytes of erased people could not be removed.");
            Interlocked.Exchange(ref _removalAfter, (Time.GetUtcNow() + Options.MaximumRetryDelay).ToUnixTimeMilliseconds());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The mark stays: it is done when the server starts again.
            return;
        }
    }
}
