using System.Runtime.CompilerServices;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;

namespace Rondo.Engine.Planning;

/// <summary>
/// Walks a track person by person, in ascending order, and gives each person's events in order, without duplicates and
/// through the filter. Belongs to one thread; allocates nothing per person once its buffers have grown.
/// </summary>
/// <remarks>
/// A person's rows lie in spans: one per run that has any, and one per device merged since. Spans that follow one another in
/// time are read as they lie; only spans that overlap are sorted, by time, id and arrival, and rid of events sent again,
/// before the filter is asked: the row that arrived last is the one that counts.
/// </remarks>
internal sealed unsafe partial class TrackCursor
{
    private readonly Source[] _sources;
    private readonly int[] _canonical;
    private readonly int[] _nameOfRun;
    private Span[] _spans = new Span[8];
    private int _spanCount;
    private long[] _times = new long[64];
    private long[] _rows = new long[64];
    private int _nextPerson;

    public TrackCursor(Track track, IdSnapshot ids, int firstPerson)
    {
        _canonical = ids.Canonical;
        _sources = new Source[track.Runs.Length];
        _nameOfRun = new int[track.Runs.Length];
        for (var run = 0; run < _sources.Length; run++)
        {
            _sources[run] = new Source(track.Runs[run], firstPerson);
            _nameOfRun[run] = Array.FindIndex(track.Runs, other => string.Equals(other.Run.EventName, track.Runs[run].Run.EventName, StringComparison.Ordinal));
            SkipMerged(ref _sources[run]);
        }

        _nextPerson = FindNext();
    }

    /// <summary>How many events the current person has.</summary>
    public int Count { get; private set; }

    /// <summary>Their times, ascending; milliseconds since 1970.</summary>
    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    /// <summary>The track's run that an event of the current person lies in.</summary>
    public int RunOf(int index) => (int)(_rows[index] >> 32);

    /// <summary>The row within that run.</summary>
    public int RowOf(int index) => (int)_rows[index];

    /// <summary>A number that names the event among all tracks of named events of one question.</summary>
    public long ArrivalOf(int index) => ((long)_sources[RunOf(index)].Run.Ordinal << 32) | (uint)RowOf(index);

    /// <summary>In a timeline, the number of the event's name.</summary>
    public int NameOf(int index) => _sources[RunOf(index)].Names[RowOf(index)];

    /// <summary>The next person that has rows, without moving; <see cref="int.MaxValue"/> at the end. The filter may leave none of them.</summary>
    public int Peek() => _nextPerson;

    /// <summary>Moves to a person not before the current one and reads that person's events.</summary>
    /// <returns>Whether there are any.</returns>
    public bool MoveTo(int person)
    {
        Count = 0;
        if (person < _nextPerson)
        {
            return false;
        }

        _spanCount = 0;
        var next = int.MaxValue;
        for (var run = 0; run < _sources.Length; run++)
        {
            ref var source = ref _sources[run];
            if (source.NextPerson < person)
            {
                source.SkipTo(person);
                SkipMerged(ref source);
            }

            if (source.NextPerson == person)
            {
                AddSpan(run, person, source.Starts[source.Next], source.Starts[source.Next + 1]);
                source.Advance();
                SkipMerged(ref source);
            }

            next = Math.Min(next, source.NextPerson);
            if (source.Late is not null)
            {
                next = Math.Min(next, TakeLate(run, ref source, person));
            }
        }

        _nextPerson = next;
        if (_spanCount == 0)
        {
            return false;
        }

        if (_spanCount == 1 || FollowOneAnother())
        {
            for (var span = 0; span < _spanCount; span++)
            {
                Read(_spans[span]);
            }
        }
        else
        {
            Merge();
        }

        return Count > 0;
    }

    /// <summary>Devices come before the user that they mean, so that equal times keep the order of ids.</summary>
    private int TakeLate(int run, ref Source source, int person)
    {
        var entries = source.Late!.Entries;
        while (source.NextLate < entries.Length && entries[source.NextLate].Person <= person)
        {
            ref readonly var entry = ref entries[source.NextLate++];
            if (entry.Person == person)
            {
                AddSpan(run, entry.Device, entry.Start, entry.End);
            }
        }

        return source.NextLate < entries.Length ? entries[source.NextLate].Person : int.MaxValue;
    }

    private void AddSpan(int run, int storedPerson, int start, int end)
    {
        if (_spanCount == _spans.Length)
        {
            Array.Resize(ref _spans, _spanCount * 2);
        }

        _spans[_spanCount++] = new Span(run, storedPerson, start, end);
    }

    private bool FollowOneAnother()
    {
        for (var index = 1; index < _spanCount; index++)
        {
            // Few spans, most of them in order already.
            for (var at = index; at > 0 && FirstTime(_spans[at]) < FirstTime(_spans[at - 1]); at--)
            {
                (_spans[at], _spans[at - 1]) = (_spans[at - 1], _spans[at]);
            }
        }

        for (var index = 1; index < _spanCount; index++)
        {
            ref readonly var before = ref _spans[index - 1];
            ref readonly var after = ref _spans[index];
            if (_sources[before.Run].Times[before.End - 1] >= _sources[after.Run].Times[after.Start])
            {
                return false;
            }
        }

        return true;
    }

    private long FirstTime(in Span span) => _sources[span.Run].Times[span.Start];

    private void Read(in Span span)
    {
        ref var source = ref _sources[span.Run];
        var run = (long)span.Run << 32;
        var count = Count;
        EnsureRoom(count + span.End - span.Start);
        if (source.Mask is null)
        {
            source.Times.CopyTo(span.Start, _times.AsSpan(count, span.End - span.Start));
            for (var row = span.Start; row < span.End; row++)
            {
                _rows[count++] = run | (uint)row;
            }
        }
        else
        {
            var mask = source.Mask.Words;
            for (var row = span.Start; row < span.End; row++)
            {
                if ((mask[row >> 6] & (1UL << (row & 63))) != 0)
                {
                    _times[count] = source.Times[row];
                    _rows[count++] = run | (uint)row;
                }
            }
        }

        Count = count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EnsureRoom(int count)
    {
        if (count > _times.Length)
        {
            Array.Resize(ref _times, Math.Max(count, _times.Length * 2));
            Array.Resize(ref _rows, _times.Length);
        }
    }

    /// <summary>Rows of a device that was merged after the run was written are read through <see cref="TrackRun.Late"/>.</summary>
    private void SkipMerged(ref Source source)
    {
        if (source.Late is null)
        {
            return;
        }

        while (source.NextPerson != int.MaxValue && _canonical[source.NextPerson] != source.NextPerson)
        {
            source.Advance();
        }
    }

    private int FindNext()
    {
        var next = int.MaxValue;
        foreach (ref var source in _sources.AsSpan())
        {
            next = Math.Min(next, source.NextPerson);
            if (source.Late is { } late && source.NextLate < late.Entries.Length)
            {
                next = Math.Min(next, late.Entries[source.NextLate].Person);
            }
        }

        return next;
    }

    /// <summary>Rows of one stored person in one run.</summary>
    private readonly record struct Span(int Run, int StoredPerson, int Start, int End);

    /// <summary>Where the cursor stands in one run.</summary>
    private struct Source
    {
        private readonly int* _persons;
        private readonly int _personCount;

        public Source(TrackRun run, int firstPerson)
        {
            Run = run.Run;
            Late = run.Late;
            Mask = run.Mask;
            Owner = run.Source;
            var columns = run.Run.Columns;
            _persons = columns.Persons;
            _personCount = columns.PersonCount;
            Starts = columns.Starts;
            Times = columns.Times;
            Names = columns.EventNames;
            Next = run.Run.IndexOfPerson(firstPerson);
            NextPerson = Next < _personCount ? _persons[Next] : int.MaxValue;
            NextLate = run.Late?.LowerBound(firstPerson) ?? 0;
        }

        public Run Run { get; }

        public LateMerges? Late { get; }

        public RowMask? Mask { get; }

        public RunSource Owner { get; }

        public int* Starts { get; }

        public RowTimes Times { get; }

        public CodeColumn Names { get; }

        /// <summary>Index of the next person of the run.</summary>
        public int Next { get; private set; }

        public int NextPerson { get; private set; }

        public int NextLate { get; set; }

        public void Advance()
        {
            Next++;
            NextPerson = Next < _personCount ? _persons[Next] : int.MaxValue;
        }

        /// <summary>Goes on to a person or the first one after it, in ever longer leaps.</summary>
        public void SkipTo(int person)
        {
            var low = Next;
            var step = 1;
            while (low + step < _personCount && _persons[low + step] < person)
            {
                low += step;
                step <<= 1;
            }

            var high = Math.Min(low + step, _personCount);
            low++;
            while (low < high)
            {
                var middle = (low + high) >> 1;
                if (_persons[middle] < person)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            Next = low;
            NextPerson = low < _personCount ? _persons[low] : int.MaxValue;
        }
    }
}
