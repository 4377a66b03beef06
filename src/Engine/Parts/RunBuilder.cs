using Rondo.Engine.Head;
using Rondo.Engine.Identity;

namespace Rondo.Engine.Parts;

/// <summary>Makes a run in memory: resolves persons, sorts, removes duplicates, builds columns.</summary>
internal static class RunBuilder
{
    /// <summary>A run of one name, or with a null name a timeline without properties, from events of the head.</summary>
    public static Run FromEvents(string? name, IReadOnlyList<HeadEvent> events, IdSnapshot ids)
    {
        var rows = new Row[events.Count];
        for (var index = 0; index < rows.Length; index++)
        {
            var head = events[index];
            rows[index] = new Row(ids.Canonical[head.Id], head.Time, head.Arrival, head.Id, head.InsertKey, head.Name, 0, index);
        }

        rows = SortAndDeduplicate(rows);
        var columns = new ColumnArrays(rows.Length, isTimeline: name is null);
        var properties = new PropertyTable(rows.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            var head = events[rows[row].SourceRow];
            columns.Set(row, rows[row], head.Device, head.User);
            if (name is null)
            {
                continue;
            }

            properties.SetInsertId(row, head.Event.InsertId);
            foreach (var (property, value) in head.Event.Properties)
            {
                properties.Set(row, property, value);
            }
        }

        return columns.ToRun(name, ids.Merges.Length, properties);
    }

    /// <summary>One run from several of the same name (or several timelines).</summary>
    public static unsafe Run FromRuns(string? name, IReadOnlyList<Run> runs, IdSnapshot ids)
    {
        var rows = new Row[runs.Sum(run => run.RowCount)];
        var count = 0;
        for (var source = 0; source < runs.Count; source++)
        {
            var from = runs[source].Columns;
            for (var row = 0; row < runs[source].RowCount; row++)
            {
                rows[count++] = new Row(
                    ids.Canonical[from.Persons[row]], from.Times[row], from.Arrivals[row], from.Ids[row], from.InsertKeys[row],
                    from.EventNames is null ? 0 : from.EventNames[row], source, row);
            }
        }

        rows = SortAndDeduplicate(rows);
        var columns = new ColumnArrays(rows.Length, isTimeline: name is null);
        for (var row = 0; row < rows.Length; row++)
        {
            var from = runs[rows[row].Source].Columns;
            columns.Set(row, rows[row], from.Devices[rows[row].SourceRow], from.Users[rows[row].SourceRow]);
        }

        var properties = new PropertyTable(rows.Length);
        if (name is not null)
        {
            CopyProperties(runs, rows, properties);
        }

        GC.KeepAlive(runs);
        return columns.ToRun(name, ids.Merges.Length, properties);
    }

    private static void CopyProperties(IReadOnlyList<Run> runs, Row[] rows, PropertyTable properties)
    {
        for (var row = 0; row < rows.Length; row++)
        {
            properties.SetInsertId(row, runs[rows[row].Source].InsertIdOf(rows[row].SourceRow));
        }

        foreach (var property in runs.SelectMany(run => run.PropertyNames).Distinct())
        {
            var sources = runs.Select(run => run.Property(property)).ToArray();
            for (var row = 0; row < rows.Length; row++)
            {
                if (sources[rows[row].Source] is { } source)
                {
                    properties.Set(row, property, source.ValueAt(rows[row].SourceRow));
                }
            }
        }
    }

    private static Row[] SortAndDeduplicate(Row[] rows)
    {
        Array.Sort(rows);
        var kept = 0;
        for (var row = 0; row < rows.Length; row++)
        {
            if (!IsReplaced(rows, row))
            {
                rows[kept++] = rows[row];
            }
        }

        Array.Resize(ref rows, kept);
        return rows;
    }

    /// <summary>Whether a later arrival among the rows of the same person and time is the same event sent again.</summary>
    private static bool IsReplaced(Row[] rows, int row)
    {
        var candidate = rows[row];
        if (candidate.InsertKey == 0)
        {
            return false;
        }

        for (var later = row + 1; later < rows.Length && rows[later].Person == candidate.Person && rows[later].Time == candidate.Time; later++)
        {
            if (rows[later].InsertKey == candidate.InsertKey && rows[later].Id == candidate.Id && rows[later].Name == candidate.Name)
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Row(int Person, long Time, long Arrival, int Id, ulong InsertKey, int Name, int Source, int SourceRow) : IComparable<Row>
    {
        public int CompareTo(Row other)
        {
            if (Person != other.Person)
            {
                return Person.CompareTo(other.Person);
            }

            return Time != other.Time ? Time.CompareTo(other.Time) : Arrival.CompareTo(other.Arrival);
        }
    }

    private sealed class ColumnArrays(int rowCount, bool isTimeline)
    {
        private readonly int[] _persons = Pinned.Array<int>(rowCount);
        private readonly int[] _ids = Pinned.Array<int>(rowCount);
        private readonly long[] _times = Pinned.Array<long>(rowCount);
        private readonly ulong[] _insertKeys = Pinned.Array<ulong>(rowCount);
        private readonly long[] _arrivals = Pinned.Array<long>(rowCount);
        private readonly int[] _devices = Pinned.Array<int>(rowCount);
        private readonly int[] _users = Pinned.Array<int>(rowCount);
        private readonly int[]? _names = isTimeline ? Pinned.Array<int>(rowCount) : null;

        public void Set(int index, in Row row, int device, int user)
        {
            _persons[index] = row.Person;
            _ids[index] = row.Id;
            _times[index] = row.Time;
            _insertKeys[index] = row.InsertKey;
            _arrivals[index] = row.Arrival;
            _devices[index] = device;
            _users[index] = user;
            if (_names is not null)
            {
                _names[index] = row.Name;
            }
        }

        public unsafe Run ToRun(string? name, int mergeWatermark, PropertyTable properties) => new(
            name,
            rowCount,
            mergeWatermark,
            new RunColumns
            {
                Persons = Pinned.Pointer(_persons),
                Ids = Pinned.Pointer(_ids),
                Times = Pinned.Pointer(_times),
                InsertKeys = Pinned.Pointer(_insertKeys),
                Arrivals = Pinned.Pointer(_arrivals),
                Devices = Pinned.Pointer(_devices),
                Users = Pinned.Pointer(_users),
                EventNames = _names is null ? null : Pinned.Pointer(_names),
            },
            properties,
            this);
    }
}
