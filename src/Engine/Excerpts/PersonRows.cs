using Rondo.Engine.Head;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Excerpts;

/// <summary>
/// Copies the rows of some persons out of a view into runs of their own, as compaction would: merged devices under their
/// user, duplicates gone, ties in the order of arrival. A person's number becomes the place in the list, from 1; the ids as
/// ingested stay, since they order what happened at one time. The runs of a name are copied when asked for.
/// </summary>
internal sealed class PersonRows
{
    private readonly StoreView _view;
    private readonly int[] _persons;
    private readonly IReadOnlyList<(int Sequence, Merge Merge)> _merges;
    private readonly TieCollector _ties;

    /// <param name="view">Where the rows are; must live as long as this.</param>
    /// <param name="persons">Canonical persons, ascending.</param>
    /// <param name="merges">The merges of their devices.</param>
    public PersonRows(StoreView view, int[] persons, IReadOnlyList<(int Sequence, Merge Merge)> merges)
    {
        (_view, _persons, _merges) = (view, persons, merges);
        _ties = new TieCollector(view.EventNames.Length);
        Timeline = CopyTimeline();
    }

    public Run Timeline { get; }

    /// <summary>The rows of a name; null when there are none.</summary>
    public Run? Named(int number)
    {
        var track = Track.Of(_view, _view.EventNames[number], _merges);
        var rows = Collect(track);
        if (rows.Keys.Count == 0)
        {
            return null;
        }

        var builder = new RunBuilder(rows.Keys.Count, RunShape.Milliseconds | RunShape.Ids);
        for (var row = 0; row < rows.Keys.Count; row++)
        {
            builder.Add(rows.Persons.Values[row], rows.Keys.Values[row]);
        }

        return builder.ToRun(_view.EventNames[number], 0, new CopiedProperties([.. track.Runs.Select(run => run.Run)], rows.Places), _ties.Of(number));
    }

    private Run CopyTimeline()
    {
        var rows = Collect(Track.Of(_view, null, _merges));
        var builder = new RunBuilder(rows.Keys.Count, RunShape.Milliseconds | RunShape.Ids | RunShape.EventNames, _view.EventNames.Length);
        var rowsOfName = new int[_view.EventNames.Length];
        for (var row = 0; row < rows.Keys.Count; row++)
        {
            ref readonly var key = ref rows.Keys.Values[row];
            var person = rows.Persons.Values[row];
            builder.Add(person, key);
            _ties.Add(person, key.Time, key.Name, rowsOfName[key.Name]++);
        }

        _ties.Finish();
        return builder.ToRun(null, 0, NoProperties.Instance, null);
    }

    private unsafe Collected Collect(Track track)
    {
        var rows = new Collected(new Growing<int>(), new Growing<RowKey>(), new Growing<long>());
        if (_persons.Length == 0)
        {
            return rows;
        }

        var cursor = new TrackCursor(track, _view.Ids, _persons[0]);
        for (var place = 0; place < _persons.Length; place++)
        {
            if (!cursor.MoveTo(_persons[place]))
            {
                continue;
            }

            var times = cursor.Times;
            for (var index = 0; index < times.Length; index++)
            {
                var (run, row) = (cursor.RunOf(index), cursor.RowOf(index));
                var columns = track.Runs[run].Run.Columns;
                var id = columns.Ids is null ? track.Runs[run].Late?.DeviceOf(_persons[place], row) ?? _persons[place] : columns.Ids[row];
                rows.Persons.Add(place + 1);
                rows.Keys.Add(new RowKey(times[index], id, 0, 0, false, columns.EventNames.Start == 0 ? 0 : columns.EventNames[row]));
                rows.Places.Add(((long)run << 32) | (uint)row);
            }
        }

        return rows;
    }

    private sealed record Collected(Growing<int> Persons, Growing<RowKey> Keys, Growing<long> Places);

    /// <summary>The properties of the copied rows, each read when it is asked for.</summary>
    private sealed class CopiedProperties(Run[] runs, Growing<long> places) : IPropertySource
    {
        private readonly Dictionary<string, PropertyColumns?> _columns = new(StringComparer.Ordinal);

        public IReadOnlyCollection<string> Names => [.. runs.SelectMany(run => run.PropertyNames).Distinct(StringComparer.Ordinal)];

        public PropertyColumns? Find(string name)
        {
            if (!_columns.TryGetValue(name, out var columns))
            {
                _columns.Add(name, columns = Copy(name));
            }

            return columns;
        }

        private PropertyColumns? Copy(string name)
        {
            var sources = Array.ConvertAll(runs, run => run.Property(name));
            if (Array.TrueForAll(sources, source => source is null))
            {
                return null;
            }

            var values = new PropertyLog();
            var rows = new int[places.Count];
            for (var index = 0; index < rows.Length; index++)
            {
                rows[index] = index;
                if (sources[(int)(places.Values[index] >> 32)] is { } source && source.ValueAt((int)places.Values[index]) is { IsSet: true } value)
                {
                    values.Add(index, value);
                }
            }

            return values.ToColumns(rows, rows.Length);
        }
    }
}
