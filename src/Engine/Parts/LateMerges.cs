using Rondo.Engine.Identity;

namespace Rondo.Engine.Parts;

/// <summary>
/// The rows of a run that stand under a device merged after the run was written, by the person they mean now. A reader
/// skips them in the run itself and reads them here. Compaction makes them unnecessary.
/// </summary>
internal sealed class LateMerges
{
    private LateMerges(int mergeCount, Entry[] entries)
    {
        MergeCount = mergeCount;
        Entries = entries;
        RowCount = entries.Sum(entry => (long)entry.End - entry.Start);
    }

    /// <summary>The number of merges this view knows.</summary>
    public int MergeCount { get; }

    /// <summary>Ascending by person, then by device.</summary>
    public Entry[] Entries { get; }

    public long RowCount { get; }

    public bool IsEmpty => Entries.Length == 0;

    public static LateMerges Of(Run run, IdSnapshot ids)
    {
        var found = new List<Entry>();
        foreach (var merge in ids.MergesFrom(run.MergeWatermark))
        {
            Find(run, merge, found);
        }

        found.Sort();
        return new LateMerges(ids.MergeCount, [.. found]);
    }

    /// <summary>Only the rows of some devices; null when there are none.</summary>
    public static LateMerges? Of(Run run, IReadOnlyList<(int Sequence, Merge Merge)> merges)
    {
        var found = new List<Entry>();
        foreach (var (sequence, merge) in merges)
        {
            if (sequence >= run.MergeWatermark)
            {
                Find(run, merge, found);
            }
        }

        found.Sort();
        return found.Count == 0 ? null : new LateMerges(0, [.. found]);
    }

    private static void Find(Run run, Merge merge, List<Entry> found)
    {
        var (start, end) = run.RowsOf(merge.Device);
        if (end > start)
        {
            found.Add(new Entry(merge.User, merge.Device, start, end));
        }
    }

    /// <summary>The device under which a row of a person stands; null when it stands under the person.</summary>
    public int? DeviceOf(int person, int row)
    {
        for (var index = LowerBound(person); index < Entries.Length && Entries[index].Person == person; index++)
        {
            if (row >= Entries[index].Start && row < Entries[index].End)
            {
                return Entries[index].Device;
            }
        }

        return null;
    }

    /// <summary>First entry of a person or the next one.</summary>
    public int LowerBound(int person)
    {
        var (low, high) = (0, Entries.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (Entries[middle].Person < person)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The rows of one device.</summary>
    internal readonly record struct Entry(int Person, int Device, int Start, int End) : IComparable<Entry>
    {
        public int CompareTo(Entry other) => Person != other.Person ? Person.CompareTo(other.Person) : Device.CompareTo(other.Device);
    }
}
