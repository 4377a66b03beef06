using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Ingestion;

/// <summary>
/// Counts what was taken and dropped, in memory, and writes the counts down now and then. Counter 1 is events, 2 profile
/// updates, 100 + n drops of <see cref="DropReason"/> n: the numbers are stored and may be added to, never changed.
/// </summary>
internal sealed class IngestionCounters : IDisposable
{
    private const int Events = 1;
    private const int ProfileUpdates = 2;
    private const int FirstDrop = 100;

    private readonly AnalyticsDatabase _database;
    private readonly Meter _meter;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _dropped;
    private readonly Lazy<ConcurrentDictionary<(int Project, int Counter), Tally>> _tallies;

    public IngestionCounters(AnalyticsDatabase database, IMeterFactory meters)
    {
        _database = database;
        _meter = meters.Create("Rondo.Ingestion");
        _accepted = _meter.CreateCounter<long>("rondo.ingestion.accepted", "{record}", "Records made durable.");
        _dropped = _meter.CreateCounter<long>("rondo.ingestion.dropped", "{record}", "Records not taken, by reason.");
        _tallies = new(Load);
    }

    public void CountAccepted(ProjectId project, int eventCount, int profileUpdateCount)
    {
        Add(project.Value, Events, eventCount);
        Add(project.Value, ProfileUpdates, profileUpdateCount);
        if (eventCount > 0)
        {
            _accepted.Add(eventCount, new("project", project.Value), new("kind", "event"));
        }

        if (profileUpdateCount > 0)
        {
            _accepted.Add(profileUpdateCount, new("project", project.Value), new("kind", "profile_update"));
        }
    }

    /// <summary>Counts drops; the default project stands for records that named none.</summary>
    public void CountDropped(ProjectId project, DropReason reason, int recordCount)
    {
        Add(project.Value, FirstDrop + (int)reason, recordCount);
        _dropped.Add(recordCount, new("project", project.Value), new("reason", reason.ToString()));
    }

    public IngestionCounts Of(ProjectId project) => new(
        CountOf(project, Events),
        CountOf(project, ProfileUpdates),
        Enum.GetValues<DropReason>()
            .Select(reason => (Reason: reason, Count: CountOf(project, FirstDrop + (int)reason)))
            .Where(drop => drop.Count > 0)
            .ToDictionary(drop => drop.Reason, drop => drop.Count));

    /// <summary>Writes down every count that has changed since the last time.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var changed = _tallies.Value
            .Select(entry => (entry.Key, Tally: entry.Value, Count: Interlocked.Read(ref entry.Value.Count)))
            .Where(entry => entry.Count != entry.Tally.WrittenCount)
            .ToList();
        if (changed.Count == 0)
        {
            return;
        }

        await using var context = _database.Open();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        foreach (var (key, _, count) in changed)
        {
            await context.Database.ExecuteSqlAsync(
                $"INSERT INTO IngestionCounts (ProjectId, Counter, Count) VALUES ({key.Project}, {key.Counter}, {count}) ON CONFLICT (ProjectId, Counter) DO UPDATE SET Count = excluded.Count",
                cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        foreach (var (_, tally, count) in changed)
        {
            tally.WrittenCount = count;
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Add(int project, int counter, int recordCount)
    {
        if (recordCount > 0)
        {
            Interlocked.Add(ref _tallies.Value.GetOrAdd((project, counter), static _ => new Tally()).Count, recordCount);
        }
    }

    private long CountOf(ProjectId project, int counter) =>
        _tallies.Value.TryGetValue((project.Value, counter), out var tally) ? Interlocked.Read(ref tally.Count) : 0;

    private ConcurrentDictionary<(int Project, int Counter), Tally> Load()
    {
        using var context = _database.Open();
        return new(context.IngestionCounts.AsNoTracking().AsEnumerable().Select(row =>
            KeyValuePair.Create((row.ProjectId, row.Counter), new Tally { Count = row.Count, WrittenCount = row.Count })));
    }

    private sealed class Tally
    {
        public long Count;
        public long WrittenCount;
    }
}
