namespace Rondo.Engine.Parts;

/// <summary>Writes a part's folder: one file per event name and one for the timeline, each on disk before it is spoken of.</summary>
internal static class PartWriter
{
    /// <param name="storeDirectory">The store's folder.</param>
    /// <param name="id">A new part number.</param>
    /// <param name="firstArrival">Where the part stands in the order of acceptance.</param>
    /// <param name="mergeWatermark">Merges known when the runs were made.</param>
    /// <param name="runs">Runs of names and, with a null name, the timeline; made one at a time.</param>
    /// <param name="eventNames">Names by number.</param>
    public static Part Write(string storeDirectory, long id, long firstArrival, int mergeWatermark, IEnumerable<Run> runs, IReadOnlyList<string> eventNames)
    {
        var directory = Part.DirectoryOf(storeDirectory, id);
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        Directory.CreateDirectory(directory);
        var entries = new List<RunEntry>();
        long rowCount = 0;
        foreach (var run in runs)
        {
            var file = run.EventName is null ? "timeline.arrow" : $"e{entries.Count:d5}.arrow";
            RunFile.Write(Path.Combine(directory, file), run, eventNames);
            var (first, last) = Span(run);
            entries.Add(new RunEntry(run.EventName, file, run.RowCount, first, last));
            rowCount += run.EventName is null ? 0 : run.RowCount;
        }

        return new Part(id, directory, firstArrival, rowCount, mergeWatermark, entries);
    }

    private static (long First, long Last) Span(Run run)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var time in run.Times)
        {
            (first, last) = (Math.Min(first, time), Math.Max(last, time));
        }

        return (first, last);
    }
}
