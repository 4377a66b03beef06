using System.Numerics;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution.Straight;

/// <summary>
/// Follows all persons of a block through a plain funnel: step by step, many persons at once, so that what one person did is
/// never a branch. Says of each the attempt that counts: that of the first entry, or, where every entry is tried, the one with
/// the most steps, then the earliest last step, then the latest entry. Belongs to one thread.
/// </summary>
/// <remarks>
/// Where every entry is tried, the steps that can be reached from the first entry whatever the span are found first; the last of
/// them is the first candidate. A candidate counts if the latest entry that leads to it is within the span. Otherwise no earlier entry
/// is, and the next candidate is what the entry after that leads to; without one the person comes down a step. Each round asks
/// this of all persons still undecided. Where the grace lets an attempt take steps out of order, <see cref="FunnelFollower{T}"/> decides.
/// </remarks>
/// <param name="blocks">The persons' events, a block for each step, 2 or more.</param>
/// <param name="grace">How long a step may come before the previous one.</param>
/// <param name="span">What an attempt has to stay within.</param>
/// <typeparam name="T">See <see cref="TrackBlock{T}"/>.</typeparam>
internal sealed unsafe class FunnelPasses<T>(TrackBlock<T>[] blocks, T grace, IAttemptSpan<T> span)
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private const int Room = TrackBlocks.Width + 1;
    private readonly int _stepCount = blocks.Length;

    /// <summary>Per step and person, the first event that the first entry leads to, whatever the span where every entry is tried; for step 0 the first entry in a range that not all are in.</summary>
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

    /// <summary>Per place the cell of the person's entries, to be filled before deciding; 0 without a breakdown.</summary>
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

    /// <summary>Decides everybody who entered but the odd by the first entry, and adds them to what was counted.</summary>
    public void DecideByFirst(FunnelCounts counts, bool hasCells)
    {
        _oddCount = 0;
        LookAhead(isWithinSpan: true);
        for (var level = _stepCount - 1; level > 0; level--)
        {
            var places = _atLevel[level].Start;
            var count = _atLevelCount[level];
            for (var step = 0; step <= level; step++)
            {
                Read(step, places, count, step == 0 ? _entryStarts : _first[step].Start, _times[step].Start);
            }

            new Span<int>(places, count).CopyTo(_counting.Values);
            counts.Add(_times, level, _counting.Start, WithoutOdd(level, count), hasCells ? _cells.Start : null);
        }

        counts.Add(_times, 0, _atLevel[0].Start, _atLevelCount[0], hasCells ? _cells.Start : null);
    }

    /// <summary>Decides everybody who entered but the odd with every entry tried, and adds them to what was counted.</summary>
    public void DecideByBest(FunnelCounts counts, bool hasCells)
    {
        _oddCount = 0;
        LookAhead(isWithinSpan: false);
        for (var level = _stepCount - 1; level > 0; level--)
        {
            DecideLevel(level, counts, hasCells);
        }

        counts.Add(_times, 0, _atLevel[0].Start, _atLevelCount[0], hasCells ? _cells.Start : null);
    }

    /// <summary>Finds for each person the steps that the first entry leads to.</summary>
    /// <param name="isWithinSpan">Whether only within the first entry's span.</param>
    private void LookAhead(bool isWithinSpan)
    {
        var places = _entered.Start;
        var count = _enteredCount;
        var isWithin = _flags.Start;
        _flags.Values.Fill(1);
        Read(0, places, count, _entryStarts, _time.Start);
        for (var step = 1; step < _stepCount; step++)
        {
            Next(step, places, count, blocks[step].Starts);
            var time = _time.Start;
            var at = _at.Start;
            var ends = blocks[step].Ends;
            if (isWithinSpan)
            {
                var entries = _candidates.Start;
                Read(0, places, count, _entryStarts, entries);
                for (var index = 0; index < count; index++)
                {
                    // Where nothing was found, any time stands; the span is asked of times of events only.
                    time[index] = at[index] < ends[places[index]] ? time[index] : entries[index];
                }

                span.Find(places, entries, time, count, isWithin);
            }

            var first = _first[step].Start;
            var next = _atLevel[step].Start;
            var below = _atLevel[step - 1].Start;
            var nextCount = 0;
            var belowCount = 0;
            for (var index = 0; index < count; index++)
            {
                var place = places[index];
                var isThere = ((at[index] - ends[place]) >>> 31) & isWithin[index];
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
        Read(level, active, count, _first[level].Start, _candidates.Start);
        while (count > 0)
        {
            var countingCount = LookBack(level, active, count);
            var regularCount = Settle(level, countingCount);
            counts.Add(_times, level, _counting.Start, regularCount, hasCells ? _cells.Start : null);
            count = GoOn(level, active, count - countingCount);
        }
    }

    /// <summary>Finds the latest entry that leads to each candidate, and parts those within the span from the others; gives the count of the former.</summary>
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
        var isWithin = _flags.Start;
        span.Find(active, time, candidates, count, isWithin);
        var counting = _counting.Start;
        var undecided = _undecided.Start;
        var entries = _entries.Start;
        var entered = _times[0].Start;
        var reached = _times[level].Start;
        var countingCount = 0;
        var undecidedCount = 0;
        for (var index = 0; index < count; index++)
        {
            counting[countingCount] = active[index];
            entered[countingCount] = time[index];
            reached[countingCount] = candidates[index];
            undecided[undecidedCount] = active[index];
            entries[undecidedCount] = at[index];
            countingCount += isWithin[index];
            undecidedCount += 1 - isWithin[index];
        }

        return countingCount;
    }

    /// <summary>Follows the attempts that count, for their times.</summary>
    /// <returns>How many are left without the odd.</returns>
    private int Settle(int level, int count)
    {
        var counting = _counting.Start;
        new Span<T>(_times[0].Start, count).CopyTo(_time.Values);
        for (var step = 1; step < level; step++)
        {
            Next(step, counting, count, _first[step].Start);
            new Span<T>(_time.Start, count).CopyTo(_times[step].Values);
        }

        return WithoutOdd(level, count);
    }

    /// <summary>Takes out the attempts that count but take steps out of order: with them the span may end elsewhere.</summary>
    /// <returns>How many are left.</returns>
    private int WithoutOdd(int level, int count)
    {
        var odd = 0;
        for (var step = 1; step <= level; step++)
        {
            odd |= AreAscending(_times[step - 1].Start, _times[step].Start, count) ? 0 : 1;
        }

        if (odd == 0)
        {
            return count;
        }

        var kept = 0;
        for (var index = 0; index < count; index++)
        {
            var isOdd = 0;
            for (var step = 1; step <= level; step++)
            {
                isOdd |= _times[step].Start[index] < _times[step - 1].Start[index] ? 1 : 0;
            }

            _odd.Start[_oddCount] = _counting.Start[index];
            _oddCount += isOdd;
            _counting.Start[kept] = _counting.Start[index];
            for (var step = 0; step <= level; step++)
            {
                _times[step].Start[kept] = _times[step].Start[index];
            }

            kept += 1 - isOdd;
        }

        return kept;
    }

    private static bool AreAscending(T* before, T* after, int count)
    {
        var descends = 0;
        for (var index = 0; index < count; index++)
        {
            descends |= after[index] < before[index] ? 1 : 0;
        }

        return descends == 0;
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

    /// <summary>Reads the times of some events.</summary>
    private void Read(int step, int* places, int count, int* rows, T* into)
    {
        var times = blocks[step].Times;
        for (var index = 0; index < count; index++)
        {
            into[index] = times[(uint)rows[places[index]]];
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
}
