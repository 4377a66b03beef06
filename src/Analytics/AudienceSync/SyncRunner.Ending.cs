using Microsoft.EntityFrameworkCore;
using NodaTime;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.AudienceSync;

internal sealed partial class SyncRunner
{
    /// <summary>Nothing differs. Frequent syncs write nothing about it: the next look is kept in memory.</summary>
    private async Task<Instant?> InStepAsync(SyncRow row, CancellationToken cancellationToken)
    {
        var now = time.GetCurrentInstant();
        if (row.State == SyncState.Active && row.IntervalMilliseconds < Frequent.TotalMilliseconds && row is { TroubleAt: null, LastCompletedAt: not null })
        {
            return now + Duration.FromMilliseconds(row.IntervalMilliseconds!.Value);
        }

        return await CompletedAsync(row, null, cancellationToken);
    }

    private Task<Instant?> CompletedAsync(SyncRow row, RunRow? run, CancellationToken cancellationToken) => database.ChangeAsync<Instant?>(
        async context =>
        {
            var now = time.GetCurrentInstant();
            if (run is not null)
            {
                await context.Runs.Where(found => found.Id == run.Id).ExecuteUpdateAsync(
                    set => set.SetProperty(found => found.EndedAt, now).SetProperty(found => found.Attempts, found => found.Attempts + 1).SetProperty(found => found.Error, (string?)null),
                    cancellationToken);
                var horizon = now - Duration.FromTimeSpan(options.Integrations.AuditRetention);
                await context.Runs.Where(found => found.SyncId == row.Id && found.EndedAt != null && found.EndedAt < horizon).ExecuteDeleteAsync(cancellationToken);
            }

            if (row.State == SyncState.Leaving)
            {
                planner.Forget(row.Id);
                await context.Syncs.Where(sync => sync.Id == row.Id && sync.State == SyncState.Leaving).ExecuteDeleteAsync(cancellationToken);
                return null;
            }

            Instant? next = row.IntervalMilliseconds is { } interval ? now + Duration.FromMilliseconds(interval) : null;
            var state = next is null ? SyncState.Finished : SyncState.Active;
            var wasFull = run?.IsFull == true;
            await context.Syncs.Where(sync => sync.Id == row.Id && sync.State == SyncState.Active).ExecuteUpdateAsync(
                set => set
                    .SetProperty(sync => sync.State, state)
                    .SetProperty(sync => sync.IsFullWanted, sync => sync.IsFullWanted && !wasFull)
                    .SetProperty(sync => sync.LastCompletedAt, now)
                    .SetProperty(sync => sync.NextAt, next)
                    .SetProperty(sync => sync.FailureCount, 0)
                    .SetProperty(sync => sync.TroubleAt, (Instant?)null)
                    .SetProperty(sync => sync.TroubleMessage, (string?)null)
                    .SetProperty(sync => sync.TroubleAdvice, (SyncAdvice?)null),
                cancellationToken);
            return next;
        },
        cancellationToken);

    private Task<Instant?> WaitAsync(SyncRow row, RunRow run, TryAgain answer, CancellationToken cancellationToken)
    {
        var failures = row.FailureCount + 1;
        var next = time.GetCurrentInstant() + (answer.After ?? Duration.FromTimeSpan(options.Integrations.DelayAfter(row.Id, failures)));
        return NoteAsync(row, run, row.State, failures, next, answer.Detail, SyncAdvice.Wait, cancellationToken);
    }

    private Task<Instant?> StopAsync(SyncRow row, RunRow? run, Stopped answer, CancellationToken cancellationToken) =>
        NoteAsync(row, run, SyncState.Paused, row.FailureCount + 1, null, answer.Detail, answer.Advice, cancellationToken);

    private Task<Instant?> NoteAsync(SyncRow row, RunRow? run, SyncState state, int failures, Instant? next, string message, SyncAdvice advice, CancellationToken cancellationToken) => database.ChangeAsync(
        async context =>
        {
            var now = time.GetCurrentInstant();
            if (run is not null)
            {
                await context.Runs.Where(found => found.Id == run.Id).ExecuteUpdateAsync(
                    set => set.SetProperty(found => found.Attempts, found => found.Attempts + 1).SetProperty(found => found.Error, message), cancellationToken);
            }

            await context.Syncs.Where(sync => sync.Id == row.Id && sync.State == row.State).ExecuteUpdateAsync(
                set => set
                    .SetProperty(sync => sync.State, state)
                    .SetProperty(sync => sync.FailureCount, failures)
                    .SetProperty(sync => sync.NextAt, next)
                    .SetProperty(sync => sync.TroubleAt, now)
                    .SetProperty(sync => sync.TroubleMessage, message)
                    .SetProperty(sync => sync.TroubleAdvice, advice),
                cancellationToken);
            return next;
        },
        cancellationToken);
}
