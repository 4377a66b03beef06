using Rondo.Engine.Parts;

namespace Rondo.Engine.Planning;

/// <content>Spans of one person that overlap in time; and events found again in another track.</content>
internal sealed unsafe partial class TrackCursor
{
    private readonly HashSet<(int Name, int Id, uint InsertKey)> _seen = [];
    private readonly HashSet<int> _sentAgain = [];
    private Gathered[] _gathered = new Gathered[64];

    /// <summary>Among the events of a timeline's current person, finds an event of a named track's current person.</summary>
    /// <remarks>
    /// Within a part the rows of a name come in the same order in the timeline and in the run of the name, so the event is the
    /// one of that name and time with as many before it.
    /// </remarks>
    public int IndexOf(TrackCursor named, int index, int name)
    {
        var time = named._times[index];
        ref readonly var source = ref named._sources[named.RunOf(index)];
        var rank = RankOf(source.Run, named.RowOf(index), -1);
        for (var at = Execution.Kernels.TimeBuckets.LowerBound(Times, time); ; at++)
        {
            Invariant.That(at < Count && _times[at] == time, "an event of a named run stands in its part's timeline");
            ref readonly var own = ref _sources[RunOf(at)];
            if (NameOf(at) == name && own.Owner == source.Owner && RankOf(own.Run, RowOf(at), name) == rank)
            {
                return at;
            }
        }
    }

    /// <summary>The stored person of a row, and how many rows of the same person, name and time come before it in its run.</summary>
    private static (int Person, int Rank) RankOf(Run run, int row, int name)
    {
        var columns = run.Columns;
        var person = new ReadOnlySpan<int>(columns.Starts, columns.PersonCount).BinarySearch(row);
        person = person < 0 ? ~person - 1 : person;
        var rank = 0;
        for (var before = row - 1; before >= columns.Starts[person] && columns.Times[before] == columns.Times[row]; before--)
        {
            rank += name < 0 || columns.EventNames[before] == name ? 1 : 0;
        }

        return (columns.Persons[person], rank);
    }

    private void Merge()
    {
        var count = 0;
        for (var index = 0; index < _spanCount; index++)
        {
            ref readonly var span = ref _spans[index];
            ref readonly var source = ref _sources[span.Run];
            var columns = source.Run.Columns;
            if (count + span.End - span.Start > _gathered.Length)
            {
                Array.Resize(ref _gathered, Math.Max(count + span.End - span.Start, _gathered.Length * 2));
            }

            for (var row = span.Start; row < span.End; row++)
            {
                _gathered[count++] = new Gathered(
                    source.Times[row],
                    columns.Ids is null ? span.StoredPerson : columns.Ids[row],
                    source.Owner.Age,
                    columns.Ties?.Of(row) ?? 0,
                    span.Run,
                    row);
            }
        }

        _gathered.AsSpan(0, count).Sort();
        EnsureRoom(count);
        var kept = 0;
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            while (end < count && _gathered[end].Time == _gathered[start].Time)
            {
                end++;
            }

            if (end - start > 1)
            {
                MarkSentAgain(start, end);
            }

            for (; start < end; start++)
            {
                ref readonly var row = ref _gathered[start];
                if (!_sentAgain.Contains(start) && (_sources[row.Run].Mask is not { } mask || mask[row.Row]))
                {
                    _times[kept] = row.Time;
                    _rows[kept++] = ((long)row.Run << 32) | (uint)row.Row;
                }
            }

            _sentAgain.Clear();
        }

        Count = kept;
    }

    /// <summary>Of rows at one time from several runs, finds those that a later arrival repeats.</summary>
    private void MarkSentAgain(int start, int end)
    {
        var age = _gathered[start].Age;
        var isOfOneSource = true;
        for (var at = start + 1; at < end; at++)
        {
            isOfOneSource &= _gathered[at].Age == age;
        }

        if (isOfOneSource)
        {
            // A part or head has no duplicates within itself.
            return;
        }

        _seen.Clear();
        for (var at = end - 1; at >= start; at--)
        {
            ref readonly var row = ref _gathered[at];
            var (name, key) = KeyOf(row);
            if (key != 0 && !_seen.Add((name, row.Id, key)))
            {
                _sentAgain.Add(at);
            }
        }
    }

    /// <summary>A timeline holds no insert keys: they stand in the runs of the names beside it.</summary>
    private (int Name, uint InsertKey) KeyOf(in Gathered row)
    {
        ref readonly var source = ref _sources[row.Run];
        if (source.Run.EventName is not null)
        {
            var keys = source.Run.Columns.InsertKeys;
            return (_nameOfRun[row.Run], keys is null ? 0 : keys[row.Row]);
        }

        var name = source.Names[row.Row];
        var (person, rank) = RankOf(source.Run, row.Row, name);
        var named = source.Owner.Named(name)!;
        if (named.Columns.InsertKeys is null)
        {
            return (name, 0);
        }

        var (first, last) = named.RowsOf(person);
        return (name, named.Columns.InsertKeys[named.Columns.Times.LowerBound(first, last, row.Time) + rank]);
    }

    private readonly record struct Gathered(long Time, int Id, int Age, int Tie, int Run, int Row) : IComparable<Gathered>
    {
        public int CompareTo(Gathered other) =>
            Time != other.Time ? Time.CompareTo(other.Time)
            : Id != other.Id ? Id.CompareTo(other.Id)
            : Age != other.Age ? Age.CompareTo(other.Age)
            : Tie != other.Tie ? Tie.CompareTo(other.Tie)
            : Run != other.Run ? Run.CompareTo(other.Run)
            : Row.CompareTo(other.Row);
    }
}
