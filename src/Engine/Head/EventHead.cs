using Rondo.Engine.Identity;
using Rondo.Engine.Parts;

namespace Rondo.Engine.Head;

/// <summary>
/// Recent events in memory, per name in the order of acceptance. Written under the store's gate; a reader names how many
/// rows it may see. Runs for readers are built once and kept until more rows or merges are seen.
/// </summary>
internal sealed class EventHead
{
    private readonly List<List<HeadEvent>> _byName = [];
    private readonly Dictionary<int, CachedRun> _runs = [];
    private readonly Lock _gate = new();
    private CachedRun? _timeline;

    /// <summary>Rows of all names.</summary>
    public int RowCount { get; private set; }

    /// <summary>When the first row came; null while empty.</summary>
    public DateTimeOffset? Since { get; private set; }

    public void Add(in HeadEvent head, DateTimeOffset now)
    {
        lock (_gate)
        {
            while (_byName.Count <= head.Name)
            {
                _byName.Add([]);
            }

            _byName[head.Name].Add(head);
            RowCount++;
            Since ??= now;
        }
    }

    /// <summary>How many rows of each name there are now.</summary>
    public int[] Counts()
    {
        lock (_gate)
        {
            return [.. _byName.Select(rows => rows.Count)];
        }
    }

    /// <summary>The numbers of the ids that have events here.</summary>
    public IReadOnlyCollection<int> IdsSeen()
    {
        lock (_gate)
        {
            return _byName.SelectMany(rows => rows).Select(row => row.Id).ToHashSet();
        }
    }

    /// <summary>The first <paramref name="rowCount"/> rows of a name as a run.</summary>
    public Run RunOf(int name, string eventName, int rowCount, IdSnapshot ids)
    {
        lock (_gate)
        {
            if (_runs.TryGetValue(name, out var cached) && cached.RowCount == rowCount && cached.MergeCount == ids.Merges.Length)
            {
                return cached.Run;
            }
        }

        var run = RunBuilder.FromEvents(eventName, Rows(name, rowCount), ids);
        lock (_gate)
        {
            _runs[name] = new CachedRun(run, rowCount, ids.Merges.Length);
        }

        return run;
    }

    /// <summary>The rows of all names within the counts as a timeline.</summary>
    public Run Timeline(int[] counts, IdSnapshot ids)
    {
        var total = counts.Sum();
        lock (_gate)
        {
            if (_timeline is { } cached && cached.RowCount == total && cached.MergeCount == ids.Merges.Length)
            {
                return cached.Run;
            }
        }

        var rows = new List<HeadEvent>(total);
        for (var name = 0; name < counts.Length; name++)
        {
            rows.AddRange(Rows(name, counts[name]));
        }

        var run = RunBuilder.FromEvents(null, rows, ids);
        lock (_gate)
        {
            _timeline = new CachedRun(run, total, ids.Merges.Length);
        }

        return run;
    }

    private List<HeadEvent> Rows(int name, int rowCount)
    {
        lock (_gate)
        {
            return _byName[name].GetRange(0, rowCount);
        }
    }

    private sealed record CachedRun(Run Run, int RowCount, int MergeCount);
}
