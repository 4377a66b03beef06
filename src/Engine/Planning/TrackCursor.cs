using Rondo.Engine.Identity;

namespace Rondo.Engine.Planning;

/// <summary>
/// Walks a track person by person, in ascending order, and gives each person's events in order, without duplicates and
/// through the filter. Belongs to one thread.
/// </summary>
/// <remarks>
/// A person whose rows lie in one run, unfiltered, is read in place; everyone else's rows are gathered, sorted by time and
/// arrival, and rid of events sent again before the filter is asked: the row that arrived last is the one that counts.
/// </remarks>
internal sealed unsafe class TrackCursor
{
    private readonly TrackRun[] _runs;
    private readonly int[] _canonical;
    private readonly int[] _next;
    private readonly int[] _nextLate;
    private Gathered[] _gathered = new Gathered[64];
    private long[] _times = new long[64];
    private int _directRun;
    private int _directRow;
    private bool _isDirect;

    public TrackCursor(Track track, IdSnapshot ids, int firstPerson)
    {
        _runs = track.Runs;
        _canonical = ids.Canonical;
        _next = new int[_runs.Length];
        _nextLate = new int[_runs.Length];
        for (var run = 0; run < _runs.Length; run++)
        {
            _next[run] = _runs[run].Run.LowerBound(firstPerson);
            _nextLate[run] = _runs[run].Late?.LowerBound(firstPerson) ?? 0;
        }
    }

    /// <summary>How many events the current person has.</summary>
    public int Count { get; private set; }

    /// <summary>Their times, ascending.</summary>
    public ReadOnlySpan<long> Times => _isDirect
        ? new ReadOnlySpan<long>(_runs[_directRun].Run.Columns.Times + _directRow, Count)
        : _times.AsSpan(0, Count);

    /// <summary>The track's run that an event of the current person lies in.</summary>
    public int RunOf(int index) => _isDirect ? _directRun : _gathered[index].Run;

    /// <summary>The row within that run.</summary>
    public int RowOf(int index) => _isDirect ? _directRow + index : _gathered[index].Row;

    /// <summary>The event's number in the order of acceptance.</summary>
    public long ArrivalOf(int index) => _isDirect ? _runs[_directRun].Run.Columns.Arrivals[_directRow + index] : _gathered[index].Arrival;

    /// <summary>In a timeline, the number of the event's name.</summary>
    public int NameOf(int index) => _isDirect ? _runs[_directRun].Run.Columns.EventNames[_directRow + index] : _gathered[index].Name;

    /// <summary>The next person that has rows, without moving; <see cref="int.MaxValue"/> at the end. The filter may leave none of them.</summary>
    public int Peek()
    {
        var person = int.MaxValue;
        for (var run = 0; run < _runs.Length; run++)
        {
            SkipMerged(run);
            if (_next[run] < _runs[run].Run.RowCount)
            {
                person = Math.Min(person, _runs[run].Run.Columns.Persons[_next[run]]);
            }

            if (_runs[run].Late is { } late && _nextLate[run] < late.RowCount)
            {
                person = Math.Min(person, late.Persons[_nextLate[run]]);
            }
        }

        return person;
    }

    /// <summary>Moves to a person not before the current one and reads that person's events.</summary>
    /// <returns>Whether there are any.</returns>
    public bool MoveTo(int person)
    {
        Count = 0;
        var gathered = 0;
        var sources = 0;
        var singleRun = -1;
        var singleStart = 0;
        for (var run = 0; run < _runs.Length; run++)
        {
            var (start, end) = Advance(run, person);
            var late = AdvanceLate(run, person);
            if (end > start)
            {
                if (sources++ == 0)
                {
                    (singleRun, singleStart) = (run, start);
                    Count = end - start;
                }
                else
                {
                    if (sources == 2)
                    {
                        gathered = Gather(singleRun, singleStart, singleStart + Count, gathered);
                    }

                    gathered = Gather(run, start, end, gathered);
                }
            }

            if (late.End > late.Start)
            {
                if (sources == 1)
                {
                    gathered = Gather(singleRun, singleStart, singleStart + Count, gathered);
                }

                sources += 2;
                for (var entry = late.Start; entry < late.End; entry++)
                {
                    var row = _runs[run].Late!.Rows[entry];
                    gathered = Gather(run, row, row + 1, gathered);
                }
            }
        }

        if (sources == 0)
        {
            return false;
        }

        if (sources == 1)
        {
            return ReadSingle(singleRun, singleStart);
        }

        Array.Sort(_gathered, 0, gathered);
        Count = KeepLastOfDuplicates(gathered);
        return Filter();
    }

    private bool ReadSingle(int run, int start)
    {
        if (_runs[run].Mask is null)
        {
            (_isDirect, _directRun, _directRow) = (true, run, start);
            return true;
        }

        Count = Gather(run, start, start + Count, 0);
        return Filter();
    }

    private (int Start, int End) Advance(int run, int person)
    {
        SkipMerged(run);
        var persons = _runs[run].Run.Columns.Persons;
        var rowCount = _runs[run].Run.RowCount;
        var start = _next[run];
        if (start < rowCount && persons[start] < person)
        {
            start = Gallop(persons, start, rowCount, person);
        }

        var end = start;
        while (end < rowCount && persons[end] == person)
        {
            end++;
        }

        _next[run] = end;
        return (start, end);
    }

    private (int Start, int End) AdvanceLate(int run, int person)
    {
        if (_runs[run].Late is not { } late)
        {
            return (0, 0);
        }

        var start = _nextLate[run];
        while (start < late.RowCount && late.Persons[start] < person)
        {
            start++;
        }

        var end = start;
        while (end < late.RowCount && late.Persons[end] == person)
        {
            end++;
        }

        _nextLate[run] = end;
        return (start, end);
    }

    /// <summary>Rows of a device that was merged after the run was written are read through <see cref="TrackRun.Late"/>.</summary>
    private void SkipMerged(int run)
    {
        if (_runs[run].Late is null)
        {
            return;
        }

        var persons = _runs[run].Run.Columns.Persons;
        var rowCount = _runs[run].Run.RowCount;
        while (_next[run] < rowCount && _canonical[persons[_next[run]]] != persons[_next[run]])
        {
            _next[run]++;
        }
    }

    private static int Gallop(int* persons, int from, int rowCount, int person)
    {
        var step = 1;
        var low = from;
        var high = from + 1;
        while (high < rowCount && persons[high] < person)
        {
            low = high;
            step *= 2;
            high = Math.Min(rowCount, low + step);
        }

        high = Math.Min(high, rowCount);
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            if (persons[middle] < person)
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

    private int Gather(int run, int start, int end, int count)
    {
        if (count + end - start > _gathered.Length)
        {
            Array.Resize(ref _gathered, Math.Max(count + end - start, _gathered.Length * 2));
        }

        var columns = _runs[run].Run.Columns;
        for (var row = start; row < end; row++)
        {
            _gathered[count++] = new Gathered(
                columns.Times[row], columns.Arrivals[row], columns.InsertKeys[row], columns.Ids[row],
                columns.EventNames is null ? 0 : columns.EventNames[row], run, row);
        }

        return count;
    }

    private int KeepLastOfDuplicates(int count)
    {
        var kept = 0;
        for (var index = 0; index < count; index++)
        {
            if (!IsSentAgain(index, count))
            {
                _gathered[kept++] = _gathered[index];
            }
        }

        return kept;
    }

    private bool IsSentAgain(int index, int count)
    {
        ref readonly var candidate = ref _gathered[index];
        if (candidate.InsertKey == 0)
        {
            return false;
        }

        for (var later = index + 1; later < count && _gathered[later].Time == candidate.Time; later++)
        {
            ref readonly var other = ref _gathered[later];
            if (other.InsertKey == candidate.InsertKey && other.Id == candidate.Id && other.Name == candidate.Name
                && string.Equals(_runs[other.Run].Run.EventName, _runs[candidate.Run].Run.EventName, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private bool Filter()
    {
        var kept = 0;
        if (_times.Length < Count)
        {
            _times = new long[_gathered.Length];
        }

        for (var index = 0; index < Count; index++)
        {
            if (_runs[_gathered[index].Run].Mask is not { } mask || mask[_gathered[index].Row])
            {
                _gathered[kept] = _gathered[index];
                _times[kept] = _gathered[index].Time;
                kept++;
            }
        }

        Count = kept;
        _isDirect = false;
        return kept > 0;
    }

    private readonly record struct Gathered(long Time, long Arrival, ulong InsertKey, int Id, int Name, int Run, int Row) : IComparable<Gathered>
    {
        public int CompareTo(Gathered other) => Time != other.Time ? Time.CompareTo(other.Time) : Arrival.CompareTo(other.Arrival);
    }
}
