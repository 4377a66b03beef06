using System.Runtime.InteropServices;
using Rondo.Engine.Planning;
using Rondo.Model.Events;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Kernels;

/// <summary>
/// Walks the rows in which one person was born and says in which buckets the person was retained (semantics:
/// <see cref="RetentionQuery"/>). Belongs to one thread; allocates nothing per person.
/// </summary>
/// <remarks>
/// O(buckets · log returns) per row. Where returns have to be read one by one, for sums or segments, O(returns within the
/// row's buckets) more, and all later ones for "on or after".
/// </remarks>
internal sealed class RetentionKernel
{
    private readonly RetentionCalendar _calendar;
    private readonly TrackCursor _returns;
    private readonly EventReading _reading;
    private readonly RetentionCriterion _criterion;
    private readonly RetentionBirth _birthKind;
    private readonly bool _countBirth;
    private readonly int _bucketCount;
    private readonly bool _isStrictlyAfter;
    private readonly bool _birthIsNoReturn;

    /// <summary>Per slot (0 is all together) and bucket, the one after the last for whatever comes later.</summary>
    private readonly bool[] _returned;
    private readonly double[] _sums;
    private readonly bool[] _isTouched;
    private readonly List<int> _touched = [];
    private TrackCursor _births = null!;
    private bool _hasReturns;
    private int _person;

    public RetentionKernel(RetentionQuery query, RetentionCalendar calendar, TrackCursor returns, EventReading reading)
    {
        _calendar = calendar;
        _returns = returns;
        _reading = reading;
        _criterion = query.Criterion;
        _birthKind = query.BirthKind;
        _countBirth = query.CountBirthAsReturn;
        _bucketCount = calendar.BucketCount;

        // The beginning of a session comes before everything of its instant, its end after everything.
        var (birth, back) = (query.Birth.Event, query.Return.Event);
        _isStrictlyAfter = (birth == WellKnownEvents.SessionEnd && back != birth) || (back == WellKnownEvents.SessionStart && back != birth);
        _birthIsNoReturn = birth == back || !(WellKnownEvents.IsSessionEdge(birth) || WellKnownEvents.IsSessionEdge(back));
        _returned = new bool[(reading.SlotCount + 1) * (_bucketCount + 1)];
        _sums = new double[_returned.Length];
        _isTouched = new bool[reading.SlotCount + 1];
    }

    /// <summary>The current row.</summary>
    public int Row { get; private set; }

    /// <summary>Index of the birth event of the current row among the person's births.</summary>
    public int BirthIndex { get; private set; }

    /// <summary>The slots that any return of the current row belongs to, counted from 1; 0, all together, comes first.</summary>
    public ReadOnlySpan<int> Slots => CollectionsMarshal.AsSpan(_touched);

    /// <summary>Per bucket whether the person was retained in the current row.</summary>
    public ReadOnlySpan<bool> Retained(int slot) => _returned.AsSpan(slot * (_bucketCount + 1), _bucketCount);

    /// <summary>Per bucket the sum of the current row; 0 where not retained.</summary>
    public ReadOnlySpan<double> Sums(int slot) => _sums.AsSpan(slot * (_bucketCount + 1), _bucketCount);

    /// <summary>Starts with a person; false when no row holds a birth.</summary>
    public bool MoveTo(TrackCursor births, int person)
    {
        _births = births;
        _person = person;
        var times = births.Times;
        BirthIndex = _birthKind == RetentionBirth.FirstEver ? 0 : TimeBuckets.LowerBound(times, _calendar.Start);
        if (BirthIndex == times.Length || times[BirthIndex] < _calendar.Start || times[BirthIndex] >= _calendar.End)
        {
            return false;
        }

        _hasReturns = _returns.MoveTo(person);
        ReadRow();
        return true;
    }

    /// <summary>Goes on to the next row with a birth; false when there is none.</summary>
    public bool NextRow()
    {
        var times = _births.Times;
        var next = BirthIndex + TimeBuckets.LowerBound(times[BirthIndex..], _calendar.EndOfRow(Row));
        if (_birthKind != RetentionBirth.Recurring || next == times.Length || times[next] >= _calendar.End)
        {
            return false;
        }

        BirthIndex = next;
        ReadRow();
        return true;
    }

    private void ReadRow()
    {
        var birth = _births.Times[BirthIndex];
        Row = _calendar.RowOf(birth);
        Clear();
        Touch(0);
        if (_countBirth)
        {
            _returned[0] = true;
        }

        if (_hasReturns)
        {
            ReadReturns(birth);
        }

        foreach (var slot in _touched)
        {
            Judge(_returned.AsSpan(slot * (_bucketCount + 1), _bucketCount + 1), _sums.AsSpan(slot * (_bucketCount + 1), _bucketCount + 1));
        }
    }

    private void ReadReturns(long birth)
    {
        var times = _returns.Times;
        var index = TimeBuckets.LowerBound(times, _isStrictlyAfter ? birth + 1 : birth);
        var birthReturn = _criterion == RetentionCriterion.Streak || !_birthIsNoReturn ? -1 : ReturnThatIsTheBirth(index, birth);
        for (var bucket = 0; bucket <= _bucketCount && index < times.Length; bucket++)
        {
            var next = bucket == _bucketCount ? times.Length : index + TimeBuckets.LowerBound(times[index..], _calendar.EndOf(Row, birth, bucket));
            if (bucket == _bucketCount && _criterion != RetentionCriterion.OnOrAfter)
            {
                return;
            }

            if (!_reading.IsNeeded)
            {
                _returned[bucket] |= next - index > (birthReturn >= index && birthReturn < next ? 1 : 0);
                index = next;
                continue;
            }

            for (; index < next; index++)
            {
                if (index != birthReturn)
                {
                    Note(index, bucket);
                }
            }
        }
    }

    /// <summary>Index of the birth event among the returns; −1 when it is none.</summary>
    private int ReturnThatIsTheBirth(int index, long birth)
    {
        var times = _returns.Times;
        var arrival = _births.ArrivalOf(BirthIndex);
        for (; index < times.Length && times[index] == birth; index++)
        {
            if (_returns.ArrivalOf(index) == arrival)
            {
                return index;
            }
        }

        return -1;
    }

    private void Note(int index, int bucket)
    {
        var number = _reading.Values?.NumberOf(_returns.RunOf(index), _returns.RowOf(index), _person) ?? 0;
        var value = double.IsNaN(number) ? 0 : number;
        Note(0, bucket, value);
        if (_reading.Segments is not null)
        {
            foreach (var slot in _reading.SlotsOf(_returns, index, _person))
            {
                Note(slot + 1, bucket, value);
            }
        }
    }

    private void Note(int slot, int bucket, double value)
    {
        Touch(slot);
        var cell = (slot * (_bucketCount + 1)) + bucket;
        _returned[cell] = true;
        _sums[cell] += value;
    }

    private void Touch(int slot)
    {
        if (!_isTouched[slot])
        {
            _isTouched[slot] = true;
            _touched.Add(slot);
        }
    }

    private void Clear()
    {
        foreach (var slot in _touched)
        {
            _isTouched[slot] = false;
            _returned.AsSpan(slot * (_bucketCount + 1), _bucketCount + 1).Clear();
            _sums.AsSpan(slot * (_bucketCount + 1), _bucketCount + 1).Clear();
        }

        _touched.Clear();
    }

    /// <summary>From what happened in each bucket to who is retained in it.</summary>
    private void Judge(Span<bool> returned, Span<double> sums)
    {
        switch (_criterion)
        {
            case RetentionCriterion.OnOrAfter:
                for (var bucket = _bucketCount - 1; bucket >= 0; bucket--)
                {
                    returned[bucket] |= returned[bucket + 1];
                    sums[bucket] += sums[bucket + 1];
                }

                break;
            case RetentionCriterion.OnOrBefore:
                for (var bucket = 1; bucket < _bucketCount; bucket++)
                {
                    returned[bucket] |= returned[bucket - 1];
                    sums[bucket] += sums[bucket - 1];
                }

                break;
            case RetentionCriterion.Streak:
                for (var bucket = 1; bucket < _bucketCount; bucket++)
                {
                    returned[bucket] &= returned[bucket - 1];
                    sums[bucket] = returned[bucket] ? sums[bucket] : 0;
                }

                break;
        }
    }
}
