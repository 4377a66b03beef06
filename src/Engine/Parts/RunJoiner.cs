using Rondo.Engine.Identity;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Parts;

/// <summary>Makes one run of several: persons as they are known now, duplicates and what is to be removed gone.</summary>
internal static class RunJoiner
{
    /// <summary>A timeline of several; <paramref name="ties"/> takes note of the rows of all names.</summary>
    public static Run JoinTimelines(Track timelines, IdSnapshot ids, Removal removal, int nameCount, TieCollector ties)
    {
        var builder = new RunBuilder(CapacityOf(timelines), ShapeOf(timelines, ids) | RunShape.EventNames, nameCount);
        var rowCounts = new int[nameCount];
        Walk(timelines, ids, removal, (person, row, _, _) =>
        {
            builder.Add(person, row);
            ties.Add(person, row.Time, row.Name, rowCounts[row.Name]++);
        });
        ties.Finish();
        return builder.ToRun(null, ids.MergeCount, NoProperties.Instance, null);
    }

    /// <summary>The run of one name.</summary>
    public static Run JoinNamed(Track named, IdSnapshot ids, Removal removal, TieRanks? ties)
    {
        var builder = new RunBuilder(CapacityOf(named), ShapeOf(named, ids));
        var sources = new JoinedRows(CapacityOf(named));
        Walk(named, ids, removal, (person, row, run, sourceRow) =>
        {
            sources.Add(run, sourceRow);
            builder.Add(person, row);
        });
        return builder.ToRun(named.Runs[0].Run.EventName, ids.MergeCount, new JoinedProperties([.. named.Runs.Select(run => run.Run)], sources), ties);
    }

    private static unsafe void Walk(Track track, IdSnapshot ids, Removal removal, Action<int, RowKey, int, int> visit)
    {
        var cursor = new TrackCursor(track, ids, IdDirectory.Nobody);
        for (var person = cursor.Peek(); person != int.MaxValue; person = cursor.Peek())
        {
            cursor.MoveTo(person);
            if (removal.Numbers.Contains(person))
            {
                continue;
            }

            var times = cursor.Times;
            for (var index = Execution.Kernels.TimeBuckets.LowerBound(times, removal.Earliest); index < times.Length; index++)
            {
                var (run, row) = (cursor.RunOf(index), cursor.RowOf(index));
                var columns = track.Runs[run].Run.Columns;
                var id = columns.Ids is null ? StoredPersonOf(track.Runs[run], person, row) : columns.Ids[row];
                visit(person, new RowKey(
                    times[index],
                    id,
                    columns.InsertKeys is null ? 0 : columns.InsertKeys[row],
                    columns.Devices is null ? 0 : columns.Devices[row],
                    columns.UntoldUsers is not null && columns.UntoldUsers[row] != 0,
                    columns.EventNames.Start == 0 ? 0 : columns.EventNames[row]), run, row);
            }
        }
    }

    private static int StoredPersonOf(TrackRun run, int person, int row) =>
        run.Late is null ? person : run.Late.DeviceOf(person, row) ?? person;

    private static int CapacityOf(Track track) => checked(track.Runs.Sum(run => run.Run.RowCount));

    private static unsafe RunShape ShapeOf(Track track, IdSnapshot ids)
    {
        var shape = RunShape.Plain;
        foreach (var (run, _, late, _) in track.Runs)
        {
            shape |= (run.Columns.Times.Milliseconds == 0 ? 0 : RunShape.Milliseconds)
                | (run.Columns.InsertKeys is null ? 0 : RunShape.InsertKeys)
                | (run.Columns.Ids is null && late is null ? 0 : RunShape.Ids)
                | (run.Columns.Devices is null ? 0 : RunShape.Devices)
                | (run.Columns.UntoldUsers is null ? 0 : RunShape.UntoldUsers);
        }

        return shape;
    }
}
