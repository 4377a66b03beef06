using System.Collections.Concurrent;
using NodaTime;
using Rondo.Analytics.AudienceSync.Data;

namespace Rondo.Analytics.AudienceSync;

/// <summary>When syncs are looked at next, beside what is written down: one in step writes nothing about it. Thread-safe.</summary>
internal sealed class SyncSchedule
{
    private readonly ConcurrentDictionary<int, Instant> _next = [];

    public bool IsDue(SyncRow row, Instant now) =>
        (row.NextAt is null || row.NextAt <= now) && (!_next.TryGetValue(row.Id, out var next) || next <= now);

    public void Set(int sync, Instant? next)
    {
        if (next is { } at)
        {
            _next[sync] = at;
        }
        else
        {
            _next.TryRemove(sync, out _);
        }
    }

    /// <summary>When a row is looked at next; null when it is due.</summary>
    public Instant? NextOf(SyncRow row) =>
        _next.TryGetValue(row.Id, out var next) && (row.NextAt is null || next > row.NextAt) ? next : row.NextAt;
}
