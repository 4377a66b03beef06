using System.Numerics;
using System.Runtime.CompilerServices;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution.Straight;

/// <summary>
/// Follows all persons of a block through a plain funnel in which every entry is tried: step by step, many persons at once, so
/// that what one person did is never a branch. Says of each the attempt that counts: the most steps, then the earliest
/// last step, then the latest entry. Belongs to one thread.
/// </summary>
/// <remarks>
/// Windows aside, the steps that can be reached from the first entry are found first; the last of them is the first candidate.
/// A candidate counts if the latest entry that leads to it is within the window. Otherwise no earlier entry is, and the next
/// candidate is what the entry after that leads to; without one the person comes down a step. Each round asks this of all
/// persons still undecided. Where the grace of seconds out of order makes the attempt end elsewhere than the candidate,
/// <see cref="FunnelFollower{T}"/> decides.
/// </remarks>
/// <param name="blocks">The persons' events, a block for each step, 2 or more.</param>
/// <param name="grace">How long a step may come before the previous one.</param>
/// <param name="window">How long from the entry, its end included.</param>
/// <typeparam name="T">See <see cref="TrackBlock{T}"/>.</typeparam>
internal sealed unsafe class FunnelPasses<T>(TrackBlock<T>[] blocks, T grace, T window)
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private const int Room = TrackBlocks.Width + 1;
    private readonly int _stepCount = blocks.Length;

    /// <summary>Per step and person, the first event that the first entry leads to, windows aside; for step 0 the first entry in a range that not all are in.</summary>
    private readonly NativeColumn<int>[] _first = [.. blocks.Select(_ => new NativeColumn<int>(Room))];
    private readonly NativeColumn<int> _endsInRange = new(Room);
    private readonly NativeColumn<int> _cells = new(Room);

    /// <summary>Places, by how far the person comes at most.</summary>
    private readonly NativeColumn<int>[] _atLevel = [.. blocks.Select(_ => new NativeColumn<int>(Room))];
    private readonly int[] _atLevelCount = new int[blocks.Length];

    /// <summary>Places that a round asks about, and what it says of them.</summary>
    private readonly NativeColumn<int> _entered = new(Room);
    private readonly NativeColumn<int> _counting = new(Room);
    private readonly NativeColumn<int> _undecided = new(Room);
    private readonly NativeColumn<int> _odd = new(Room);

    /// <summary>Per person where the entries in the range begin and end: as the block says while all of them are.</summary>
    private int* _entryStarts;
    private int* _entryEnds;
    private int _enteredCount;
    private int _oddCount;

    /// <summary>One after the other as in the list of a round: when the event of the level's step that is asked about was, and the latest entry that leads to it.</summary>
    private readonly NativeColumn<T> _candidates = new(Room);
    private readonly NativeColumn<int> _entries = new(Room);

    /// <summary>Likewise, per step, when the attempts that count reached it.</summary>
    private readonly NativeColumn<T>[] _times = [.. blocks.Select(_ => new NativeColumn<T>(Room))];

    /// <summary>Likewise what was found last.</summary>
    private readonly NativeColumn<int> _at = new(Room);
    private readonly NativeColumn<int> _flags = new(Room);
    private readonly NativeColumn<int> _rest = new(Room);
    private NativeColumn<T> _time = new(Room);
    private NativeColumn<T> _found = new(Room);

    /// <summary>Places of the block's persons who entered.</summary>
    public ReadOnlySpan<int> Entered => new(_entered.Start, _enteredCount);

    /// <summary>Those of them whom the follower must decide.</summary>
    public ReadOnlySpan<int> Odd => new(_odd.Start, _oddCount);

    /// <summary>Per place the cell of the person's entries, to be filled before <see cref="Decide"/>; 0 without a breakdown.</summary>
    public Span<int> Cells => _cells.Values;

    /// <summary>The index of a person's first entry in the block of entries.</summary>
    public int FirstEntryAt(int place) => _entryStarts[place];

    /// <summary>The index behind a person's last entry.</summary>
    public int EntryEndAt(int place) => _entryEnds[place];

    /// <summary>Finds who entered in a range of time.</summary>
    /// <param name="firstPlace">The place of the first person who counts.</param>
    /// <param name="from">Its first instant.</param>
    /// <param name="to">Its end, not included.</param>
    /// <param name="span">The first and the last time of all entries.</param>
    public void Enter(int firstPlace, T from, T to, (T First, T Last) span)
    {
        var block = blocks[0];
        _entryStarts = block.Starts;
        _entryEnds = block.Ends;
        if (from > span.First || to <= span.Last)
        {
            _entryStarts = _first[0].Start;
            _entryEnds = _endsInRange.Start;
            for (var place = firstPlace; place < TrackBlocks.Width; place++)
            {
                _entryStarts[place] = Find(block, place, from);
                _entryEnds[place] = Find(block, place, to);
            }
        }

        var starts = _entryStarts;
        var ends = _entryEnds;
        var entered = _entered.Start;
        var count = 0;
        for (var place = firstPlace; place < TrackBlocks.Width; place++)
        {
            entered[count] = place;
            count += (starts[place] - ends[place]) >>> 31;
        }

        _enteredCount = count;
    }

    /// <summary>Decides everybody who entered but the odd, and adds them to what was counted.</summary>
    public void Decide(FunnelCounts counts, bool hasCells)
    {
        _oddCount = 0;
        LookAhead();
        for (var level = _stepCount - 1; level > 0; level--)
        {
            DecideLevel(level, counts, hasCells);
        }

        counts.Add(_times, 0, _atLevel[0].Start, _atLevelCount[0], hasCells ? _cells.Start : null);
    }

    /// <summary>Finds for each person the steps that can be reached at all.</summary>
    private void LookAhead()
    {
        var places = _entered.Start;
        var count = _enteredCount;
        Read(0, places, count, _entryStarts);
        for (var step = 1; step < _stepCount; step++)
        {
            Next(step, places, count, blocks[step].Starts);
            var time = _time.Start;
            var at = _at.Start;
            var ends = blocks[step].Ends;
            var first = _first[step].Start;
            var next = _atLevel[step].Start;
            var below = _atLevel[step - 1].Start;
            var nextCount = 0;
            var belowCount = 0;
            for (var index = 0; index < count; index++)
            {
                var place = places[index];
                var isThere = (at[index] - ends[place]) >>> 31;
                first[place] = at[index];
                next[nextCount] = place;
                below[belowCount] = place;
                time[nextCount] = time[index];
                nextCount += isThere;
                belowCount += 1 - isThere;
            }

            _atLevelCount[step - 1] = belowCount;
            places = next;
            count = nextCount;
        }

        _atLevelCount[^1] = count;
    }

    /// <summary>Decides who reaches a step at most, and whom it takes down to the step before.</summary>
    private void DecideLevel(int level, FunnelCounts counts, bool hasCells)
    {
        var active = _atLevel[level].Start;
        var count = _atLevelCount[level];
        Read(level, active, count, _first[level].Start);
        new Span<T>(_time.Start, count).CopyTo(_candidates.Values);
        while (count > 0)
        {
            var countingCount = LookBack(level, active, count);
            var regularCount = Settle(level, countingCount);
            counts.Add(_times, level, _counting.Start, regularCount, hasCells ? _cells.Start : null);
            count = GoOn(level, active, count - countingCount);
        }
    }

    /// <summary>Finds the latest entry that leads to each candidate, and parts those within the window from the others; gives the count of the former.</summary>
    private int LookBack(int level, int* active, int count)
    {
        new Span<T>(_candidates.Start, count).CopyTo(_time.Values);
        for (var step = level - 1; step >= 0; step--)
        {
            Previous(step, active, count);
        }

        var time = _time.Start;
        var at = _at.Start;
        var candidates = _candidates.Start;
        var counting = _counting.Start;
        var undecided = _undecided.Start;
        var entries = _entries.Start;
        var entered = _times[0].Start;
        var reached = _times[level].Start;
        var countingCount = 0;
        var undecidedCount = 0;
        for (var index = 0; index < count; index++)
        {
            var isInTime = candidates[index] <= DeadlineOf(time[index]) ? 1 : 0;
            counting[countingCount] = active[index];
            entered[countingCount] = time[index];
            reached[countingCount] = candidates[index];
            undecided[undecidedCount] = active[index];
            entries[undecidedCount] = at[index];
            countingCount += isInTime;
            undecidedCount += 1 - isInTime;
        }

        return countingCount;
    }

    /// <summary>Follows the attempts that count, for their times. The last is the candidate; only with the grace may a step before it come after the window.</summary>
    /// <returns>How many attempts are left without those that do.</returns>
    private int Settle(int level, int count)
    {
        var counting = _counting.Start;
        var entered = _times[0].Start;
        var late = 0;
        new Span<T>(entered, count).CopyTo(_time.Values);
        for (var step = 1; step < level; step++)
        {
            Next(step, counting, count, _first[step].Start);
            new Span<T>(_time.Start, count).CopyTo(_times[step].Values);
            for (var index = 0; index < count; index++)
            {
                late |= _time.Start[index] > DeadlineOf(entered[index]) ? 1 : 0;
            }
        }

        return late == 0 ? count : WithoutLate(level, count);
    }

    private int WithoutLate(int level, int count)
    {
        var kept = 0;
        for (var index = 0; index < count; index++)
        {
            if (Enumerable.Range(1, level - 1).Any(step => _times[step].Values[index] > DeadlineOf(_times[0].Values[index])))
            {
                _odd.Start[_oddCount++] = _counting.Start[index];
                continue;
            }

            _counting.Start[kept] = _counting.Start[index];
            foreach (var times in _times)
            {
                times.Start[kept] = times.Start[index];
            }

            kept++;
        }

        return kept;
    }

    /// <summary>Goes to the candidates that the next entries lead to; gives how many persons have one.</summary>
    private int GoOn(int level, int* active, int count)
    {
        var undecided = _undecided.Start;
        var entries = _entries.Start;
        var entryEnds = _entryEnds;
        var isThere = _flags.Start;
        var at = _at.Start;
        var time = _time.Start;
        var times = blocks[0].Times;
        for (var index = 0; index < count; index++)
        {
            isThere[index] = (entries[index] + 1 - entryEnds[undecided[index]]) >>> 31;
            time[index] = times[(uint)(entries[index] + isThere[index])];
        }

        for (var step = 1; step <= level; step++)
        {
            Next(step, undecided, count, _first[step].Start);
            var ends = blocks[step].Ends;
            for (var index = 0; index < count; index++)
            {
                isThere[index] &= (at[index] - ends[undecided[index]]) >>> 31;
            }
        }

        time = _time.Start;
        var candidates = _candidates.Start;
        var below = _atLevel[level - 1].Start;
        var activeCount = 0;
        var belowCount = _atLevelCount[level - 1];
        for (var index = 0; index < count; index++)
        {
            candidates[activeCount] = time[index];
            active[activeCount] = undecided[index];
            below[belowCount] = undecided[index];
            activeCount += isThere[index];
            belowCount += 1 - isThere[index];
        }

        _atLevelCount[level - 1] = belowCount;
        return activeCount;
    }

    /// <summary>Begins with the times of some events.</summary>
    private void Read(int step, int* places, int count, int* rows)
    {
        var times = blocks[step].Times;
        var time = _time.Start;
        for (var index = 0; index < count; index++)
        {
            time[index] = times[(uint)rows[places[index]]];
        }
    }

    /// <summary>Finds each person's first event of a step not before what was found last; where there is none, its index is the end.</summary>
    /// <param name="step">The step.</param>
    /// <param name="places">The persons.</param>
    /// <param name="count">How many.</param>
    /// <param name="from">Per place where to begin.</param>
    private void Next(int step, int* places, int count, int* from)
    {
        var block = blocks[step];
        AscendingTimes.Find(block.Times, block.TimesEnd, block.Ends[TrackBlocks.Width - 1], places, count, from, block.Ends, _time.Start, grace, 0, _at.Start, _found.Start, _rest.Start);
        (_time, _found) = (_found, _time);
    }

    /// <summary>Finds each person's last event of a step that is not after what was found last. There is one: what the first entry leads to.</summary>
    private void Previous(int step, int* places, int count)
    {
        var block = blocks[step];
        var starts = step == 0 ? _entryStarts : _first[step].Start;
        var ends = step == 0 ? _entryEnds : block.Ends;
        AscendingTimes.Find(block.Times, block.TimesEnd, block.Ends[TrackBlocks.Width - 1], places, count, starts, ends, _time.Start, unchecked(T.Zero - grace - T.One), 1, _at.Start, _found.Start, _rest.Start);
        (_time, _found) = (_found, _time);
    }

    private static int Find(TrackBlock<T> block, int place, T bound) =>
        (int)(AscendingTimes.FirstNotBefore(block.Times + block.Starts[place], block.Times + block.Ends[place], bound, block.TimesEnd) - block.Times);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T DeadlineOf(T entry) => entry + T.Min(window, T.MaxValue - entry);
}
