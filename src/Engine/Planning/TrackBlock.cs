using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;

namespace Rondo.Engine.Planning;

/// <summary>What all blocks of persons have in common.</summary>
internal static class TrackBlocks
{
    /// <summary>Persons in a block: small enough for the events of several tracks to stay in the second-level cache.</summary>
    public const int Width = 1024;

    /// <summary>How many times fit into a second: whole seconds are 32 bits wide, anything finer is milliseconds in 64.</summary>
    public static long PerSecond<T>()
        where T : unmanaged => typeof(T) == typeof(uint) ? 1 : 1000;

    /// <summary>Milliseconds since 1970, or for, in the unit of a block.</summary>
    public static T Of<T>(long milliseconds)
        where T : unmanaged, IBinaryInteger<T> => T.CreateSaturating(typeof(T) == typeof(uint) ? milliseconds / 1000 : milliseconds);

    /// <summary>The first time in the unit of a block that is not before so many milliseconds.</summary>
    public static T CeilingOf<T>(long milliseconds)
        where T : unmanaged, IBinaryInteger<T> => Of<T>(typeof(T) == typeof(uint) && milliseconds < long.MaxValue - 999 ? milliseconds + 999 : milliseconds);

    /// <summary>Whether all times of some tracks are whole seconds.</summary>
    public static bool AreInSeconds(params IEnumerable<Track> tracks) => tracks.SelectMany(track => track.Runs).All(run => run.Run.Columns.Times.Milliseconds == 0);
}

/// <summary>
/// The events of a track for a block of neighbouring persons at once, laid out person by person whatever runs they came from.
/// Belongs to one thread; allocates nothing per block once its buffers have grown.
/// </summary>
/// <remarks>
/// A block costs a few instructions a row and none for each run a person is not in. Only persons whose spans overlap in time
/// are read through a <see cref="TrackCursor"/>, which sorts them and leaves out events sent again.
/// </remarks>
/// <typeparam name="T">uint for seconds, long for milliseconds.</typeparam>
internal sealed unsafe class TrackBlock<T>
    where T : unmanaged, IBinaryInteger<T>
{
    private readonly Track _track;
    private readonly IdSnapshot _ids;
    private readonly bool _withRows;
    private readonly int[] _next;
    private readonly int[] _nextLate;
    private readonly int[] _fill = new int[TrackBlocks.Width];
    private readonly long[] _lastOf = new long[TrackBlocks.Width];
    private readonly bool[] _isMixed = new bool[TrackBlocks.Width];
    private readonly CodeColumn[] _names;
    private readonly bool _hasLate;
    private NativeColumn<T> _times = new(4096, isZeroed: false);
    private NativeColumn<long> _rows = new(1, isZeroed: false);
    private readonly PersonBounds _bounds = new();
    private readonly NativeColumn<int> _starts = new(TrackBlocks.Width);
    private readonly NativeColumn<int> _ends = new(TrackBlocks.Width);
    private NativeColumn<int> _passedBefore = new(64, isZeroed: false);
    private TrackCursor? _cursor;
    private int _runInPlace = -1;

    /// <param name="track">Its events.</param>
    /// <param name="ids">Who is who.</param>
    /// <param name="withRows">Whether <see cref="RunOf"/> and <see cref="RowOf"/> will be asked.</param>
    public TrackBlock(Track track, IdSnapshot ids, bool withRows)
    {
        _track = track;
        _ids = ids;
        _withRows = withRows;
        _next = new int[track.Runs.Length];
        _nextLate = new int[track.Runs.Length];
        _names = Array.ConvertAll(track.Runs, run => run.Run.Columns.EventNames);
        Starts = _starts.Start;
        Ends = _ends.Start;
        _hasLate = Array.Exists(track.Runs, run => run.Late is not null);
    }

    /// <summary>Times of all events of the block, those of a person ascending, in <see cref="TrackBlocks.PerSecond{T}"/> since 1970.</summary>
    public T* Times { get; private set; }

    /// <summary>The end of what may be read behind <see cref="Times"/>, whosever it is.</summary>
    public T* TimesEnd { get; private set; }

    /// <summary>Per person of the block the index of the first event.</summary>
    public int* Starts { get; private set; }

    /// <summary>Per person of the block the index after the last event.</summary>
    public int* Ends { get; private set; }

    /// <summary>Events of the block, those that the persons' ends leave out included; their times are some of the track's.</summary>
    public int RowCount => Math.Max(Ends[TrackBlocks.Width - 1], Starts[TrackBlocks.Width - 1]) - Starts[0];

    /// <summary>The track's run that an event lies in.</summary>
    public int RunOf(int index) => _runInPlace >= 0 ? _runInPlace : (int)(_rows.Start[index] >> 32);

    /// <summary>The row within that run.</summary>
    public int RowOf(int index) => _runInPlace >= 0 ? index : (int)_rows.Start[index];

    /// <summary>In a timeline, the number of the event's name.</summary>
    public int NameOf(int index) => _names[RunOf(index)][RowOf(index)];

    /// <summary>Goes to where a range of persons begins, before the first block of the range is read.</summary>
    public void Begin(int firstPerson)
    {
        for (var run = 0; run < _next.Length; run++)
        {
            _next[run] = _track.Runs[run].Run.IndexOfPerson(firstPerson);
            _nextLate[run] = _track.Runs[run].Late?.LowerBound(firstPerson) ?? 0;
        }

        _cursor = null;
    }

    /// <summary>Reads the next block: <see cref="TrackBlocks.Width"/> persons from <paramref name="firstPerson"/> on. Blocks come in ascending order.</summary>
    /// <returns>Whether anybody has an event.</returns>
    public bool Read(int firstPerson)
    {
        var endPerson = firstPerson + TrackBlocks.Width;
        var sourceCount = 0;
        var source = -1;
        for (var run = 0; run < _next.Length; run++)
        {
            var columns = _track.Runs[run].Run.Columns;
            if (_next[run] < columns.PersonCount && columns.Persons[_next[run]] < endPerson)
            {
                sourceCount++;
                source = run;
            }
        }

        if (!_hasLate && sourceCount <= 1)
        {
            return source >= 0 ? ReadOne(source, firstPerson, endPerson) : ReadNone();
        }

        ReadSeveral(firstPerson, endPerson);
        return true;
    }

    private bool ReadNone()
    {
        Starts = _starts.Start;
        Ends = _ends.Start;
        _starts.Values.Clear();
        _ends.Values.Clear();
        return false;
    }

    /// <summary>All persons lie in one run: its rows are taken as they lie.</summary>
    private bool ReadOne(int run, int firstPerson, int endPerson)
    {
        var columns = _track.Runs[run].Run.Columns;
        var first = _next[run];
        var found = new ReadOnlySpan<int>(columns.Persons + first, Math.Min(columns.PersonCount - first, TrackBlocks.Width)).BinarySearch(endPerson);
        var at = first + (found < 0 ? ~found : found);
        _next[run] = at;
        Starts = _bounds.Starts;
        Ends = _bounds.Ends;
        var persons = columns.Persons + first;
        var starts = columns.Starts + first;
        var (firstRow, endRow) = (starts[0], starts[at - first]);
        if (_track.Runs[run].Mask is { } mask)
        {
            _runInPlace = -1;
            EnsureRoom(endRow - firstRow);
            fixed (ulong* words = mask.Words)
            {
                var firstWord = firstRow >> 6;
                TakeMasked(run, words + firstWord, columns.Times, firstRow, endRow);
                _bounds.Set(persons, starts, at - first, firstPerson, 0, new PassedRows(words, _passedBefore.Start - firstWord));
            }
        }
        else if (typeof(T) == typeof(uint))
        {
            // Seconds as they lie in the file, rows by their own numbers.
            _runInPlace = run;
            Times = (T*)columns.Times.SecondsStart;
            TimesEnd = Times + columns.RowCount;
            _bounds.Set(persons, starts, at - first, firstPerson, firstRow, new RowsInOrder(0));
        }
        else
        {
            _runInPlace = -1;
            EnsureRoom(endRow - firstRow);
            Take(run, null, firstRow, endRow, 0);
            _bounds.Set(persons, starts, at - first, firstPerson, 0, new RowsInOrder(firstRow));
        }

        return true;
    }

    /// <summary>Copies the rows that pass the mask, word by word, and notes how many do before each word.</summary>
    /// <param name="run">The run.</param>
    /// <param name="words">Its mask, from the word of the first row on.</param>
    /// <param name="times">Its times.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="endRow">The end of the rows.</param>
    /// <remarks>Word by word and not person by person: a loop over the bits of ten rows would end unforeseen for every person.</remarks>
    private void TakeMasked(int run, ulong* words, RowTimes times, int firstRow, int endRow)
    {
        var lastWord = (endRow >> 6) - (firstRow >> 6);
        if (_passedBefore.Length <= lastWord)
        {
            _passedBefore = new NativeColumn<int>((lastWord + 1) * 2, isZeroed: false);
        }

        var passedBefore = _passedBefore.Start;
        var count = 0;
        for (var word = 0; word <= lastWord; word++)
        {
            var isMeant = (word == 0 ? ulong.MaxValue << firstRow : ulong.MaxValue) & (word == lastWord ? (1UL << endRow) - 1 : ulong.MaxValue);
            var bits = words[word] & isMeant;
            var row = (firstRow & ~63) + (word << 6);
            passedBefore[word] = count;
            count = typeof(T) == typeof(uint) && Avx512F.IsSupported && !_withRows && row + 64 <= endRow
                ? TakeSixteenAtOnce(times.SecondsStart + row, bits, (uint*)_times.Start, count)
                : Take(run, times, bits, row, count);
        }

        passedBefore[0] = -BitOperations.PopCount(words[0] & ((1UL << firstRow) - 1));
    }

    private void ReadSeveral(int firstPerson, int endPerson)
    {
        _runInPlace = -1;
        Starts = _starts.Start;
        Ends = _ends.Start;
        var starting = _starts.Start;
        var ending = _ends.Start;
        new Span<int>(ending, TrackBlocks.Width).Clear();
        Array.Clear(_isMixed);
        VisitSpans(firstPerson, endPerson, (place, run, start, end) => _ends.Start[place] += end - start, advance: false);
        var total = 0;
        for (var place = 0; place < TrackBlocks.Width; place++)
        {
            starting[place] = _fill[place] = total;
            total += ending[place];
        }

        EnsureRoom(total);
        var filler = TrackBlocks.Of<T>(_track.Runs[0].Run.Columns.Times[0]);
        VisitSpans(firstPerson, endPerson, Append, advance: true);
        for (var place = 0; place < TrackBlocks.Width; place++)
        {
            ending[place] = _fill[place];
            if (_isMixed[place])
            {
                Merge(place, firstPerson + place);
            }

            // Whoever reads the whole block in one go must meet times there as well.
            var next = place + 1 < TrackBlocks.Width ? starting[place + 1] : total;
            for (var row = ending[place]; row < next; row++)
            {
                _times.Start[row] = filler;
            }
        }
    }

    private void Append(int place, int run, int start, int end)
    {
        var times = _track.Runs[run].Run.Columns.Times;
        var fill = _fill[place];
        // Masks may leave out rows, so the last time of a span is remembered apart from what was kept of it.
        _isMixed[place] |= _lastOf[place] >= times[start];
        _lastOf[place] = times[end - 1];
        _fill[place] = Take(run, _track.Runs[run].Mask, start, end, fill);
    }

    /// <summary>Calls <paramref name="visit"/> for each span of rows of the block: place, run, first row, end.</summary>
    private void VisitSpans(int firstPerson, int endPerson, Action<int, int, int, int> visit, bool advance)
    {
        Array.Fill(_lastOf, long.MinValue);
        for (var run = 0; run < _next.Length; run++)
        {
            var columns = _track.Runs[run].Run.Columns;
            var late = _track.Runs[run].Late;
            var at = _next[run];
            for (; at < columns.PersonCount && columns.Persons[at] < endPerson; at++)
            {
                var person = columns.Persons[at];
                if (late is null || _ids.Canonical[person] == person)
                {
                    visit(person - firstPerson, run, columns.Starts[at], columns.Starts[at + 1]);
                }
            }

            var nextLate = _nextLate[run];
            for (; late is not null && nextLate < late.Entries.Length && late.Entries[nextLate].Person < endPerson; nextLate++)
            {
                ref readonly var entry = ref late.Entries[nextLate];
                visit(entry.Person - firstPerson, run, entry.Start, entry.End);
            }

            if (advance)
            {
                (_next[run], _nextLate[run]) = (at, nextLate);
            }
        }
    }

    /// <summary>Copies the rows that pass the mask behind what is there; gives the new end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Take(int run, RowMask? mask, int start, int end, int count)
    {
        var times = _track.Runs[run].Run.Columns.Times;
        if (mask is null)
        {
            Copy(times, start, end - start, count);
            for (var row = start; _withRows && row < end; row++)
            {
                _rows.Start[count + row - start] = ((long)run << 32) | (uint)row;
            }

            return count + end - start;
        }

        var words = mask.Words;
        for (var row = start; row < end;)
        {
            var length = Math.Min(end - row, 64 - (row & 63));
            var bits = (words[row >> 6] >> (row & 63)) & (ulong.MaxValue >> (64 - length));
            count = Take(run, times, bits, row, count);
            row += length;
        }

        return count;
    }

    /// <summary>Copies the rows of a word's bits, the lowest of which is a row's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Take(int run, RowTimes times, ulong bits, int row, int count)
    {
        var to = _times.Start;
        for (; bits != 0; bits &= bits - 1)
        {
            var at = row + BitOperations.TrailingZeroCount(bits);
            to[count] = T.CreateTruncating(typeof(T) == typeof(uint) ? times.SecondsStart[at] : times[at]);
            if (_withRows)
            {
                _rows.Start[count] = ((long)run << 32) | (uint)at;
            }

            count++;
        }

        return count;
    }

    /// <summary>Moves those of sixteen times that pass together, whatever their number, and writes all sixteen: the next come over the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TakeSixteenAtOnce(uint* times, ulong bits, uint* to, int count)
    {
        var places = Vector512.Create(1u, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15);
        for (var at = 0; at < 64; at += Vector512<uint>.Count)
        {
            var passes = Vector512.Equals(Vector512.Create((uint)bits) & places, places);
            Avx512F.Compress(Vector512<uint>.Zero, passes, Vector512.Load(times + at)).Store(to + count);
            count += BitOperations.PopCount(bits & 0xFFFF);
            bits >>= Vector512<uint>.Count;
        }

        return count;
    }

    /// <summary>Spans that overlap may hold events sent again: the cursor knows which stand.</summary>
    private void Merge(int place, int person)
    {
        _cursor ??= new TrackCursor(_track, _ids, person);
        _cursor.MoveTo(person);
        var start = _starts.Start[place];
        for (var index = 0; index < _cursor.Count; index++)
        {
            _times.Start[start + index] = T.CreateTruncating(typeof(T) == typeof(uint) ? _cursor.Times[index] / 1000 : _cursor.Times[index]);
            if (!_withRows)
            {
                continue;
            }

            _rows.Start[start + index] = ((long)_cursor.RunOf(index) << 32) | (uint)_cursor.RowOf(index);
        }

        _ends.Start[place] = start + _cursor.Count;
    }

    private void Copy(RowTimes times, int firstRow, int rowCount, int to)
    {
        if (typeof(T) == typeof(uint))
        {
            new ReadOnlySpan<T>(times.SecondsStart + firstRow, rowCount).CopyTo(new Span<T>(_times.Start + to, rowCount));
        }
        else
        {
            times.CopyTo(firstRow, new Span<long>(_times.Start + to, rowCount));
        }
    }

    private void EnsureRoom(int count)
    {
        // More than needed: rows that the mask leaves out are written before it is known.
        if (count + Vector512<uint>.Count > _times.Length)
        {
            _times = new NativeColumn<T>(Math.Max(count + Vector512<uint>.Count, _times.Length * 2), isZeroed: false);
        }

        Times = _times.Start;
        TimesEnd = Times + _times.Length;

        if (_withRows && count >= _rows.Length)
        {
            _rows = new NativeColumn<long>(Math.Max(count + 1, _times.Length), isZeroed: false);
        }
    }
}
