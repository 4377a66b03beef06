using Rondo.Engine.Identity;

namespace Rondo.Engine.Parts;

/// <summary>
/// Rows of a run that stand under a device merged after the run was written, sorted by the person they mean now. A reader
/// skips them in the run itself and reads them here. Compaction makes them unnecessary.
/// </summary>
internal sealed class LateMerges
{
    private LateMerges(int mergeCount, int[] persons, int[] rows)
    {
        MergeCount = mergeCount;
        Persons = persons;
        Rows = rows;
    }

    /// <summary>The number of merges this view knows.</summary>
    public int MergeCount { get; }

    /// <summary>The person of each row, ascending.</summary>
    public int[] Persons { get; }

    /// <summary>The row in the run.</summary>
    public int[] Rows { get; }

    public int RowCount => Rows.Length;

    public static unsafe LateMerges Of(Run run, IdSnapshot ids)
    {
        var found = new List<(int Person, int Row)>();
        var persons = run.Columns.Persons;
        for (var sequence = run.MergeWatermark; sequence < ids.Merges.Length; sequence++)
        {
            var (device, user) = ids.Merges[sequence];
            for (var row = run.LowerBound(device); row < run.RowCount && persons[row] == device; row++)
            {
                found.Add((user, row));
            }
        }

        found.Sort();
        GC.KeepAlive(run);
        return new LateMerges(ids.Merges.Length, [.. found.Select(pair => pair.Person)], [.. found.Select(pair => pair.Row)]);
    }

    /// <summary>First entry of a person or the next one.</summary>
    public int LowerBound(int person)
    {
        var found = Array.BinarySearch(Persons, person);
        if (found < 0)
        {
            return ~found;
        }

        while (found > 0 && Persons[found - 1] == person)
        {
            found--;
        }

        return found;
    }
}
