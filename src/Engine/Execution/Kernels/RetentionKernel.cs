using Rondo.Engine.Planning;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Kernels;

/// <summary>
/// Walks the rows in which one person was born and says in which buckets the person was retained (semantics:
/// <see cref="RetentionQuery"/>). Belongs to one thread; allocates nothing per person.
/// </summary>
internal sealed class RetentionKernel
{
    private readonly RetentionCalendar _calendar;
    private readonly TrackCursor _returns;
    private readonly int _bucketCount;
    private readonly bool _isRolling;
    private readonly bool _isOnOrAfter;
    private readonly bool _isFirstEver;
    private readonly bool _countBirth;
    private readonly bool[] _returned;
    private TrackCursor _births = null!;
    private bool _hasReturns;
    private int _lastReturn;

    public RetentionKernel(RetentionQuery query, RetentionCalendar calendar, TrackCursor returns)
    {
        _calendar = calendar;
        _returns = returns;
        _bucketCount = query.Buckets;
        _isRolling = query.Alignment == RetentionAlignment.Rolling;
        _isOnOrAfter = query.Criterion == RetentionCriterion.OnOrAfter;
        _isFirstEver = query.BirthKind == RetentionBirth.FirstEver;
        _countBirth = query.CountBirthAsReturn;
        _returned = new bool[query.Buckets];
        IsRetained = bucket => _isOnOrAfter ? _lastReturn >= bucket : _returned[bucket];
    }

    /// <summary>The current row.</summary>
    public int Row { get; private set; }

    /// <summary>Index of the birth event of the current row among the person's births.</summary>
    public int BirthIndex { get; private set; }

    /// <summary>Whether the person was retained in a bucket of the current row.</summary>
    public Func<int, bool> IsRetained { get; }

    /// <summary>Starts with a person; false when no row holds a birth.</summary>
    public bool MoveTo(TrackCursor births, int person)
    {
        _births = births;
        var times = births.Times;
        BirthIndex = _isFirstEver ? 0 : TimeBuckets.LowerBound(times, _calendar.Start);
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
        if (_isFirstEver || next == times.Length || times[next] >= _calendar.End)
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
        var birthArrival = _births.ArrivalOf(BirthIndex);
        Row = _calendar.BucketOf(birth);
        Array.Clear(_returned);
        _lastReturn = -1;
        if (_countBirth)
        {
            Note(0);
        }

        if (!_hasReturns)
        {
            return;
        }

        var times = _returns.Times;
        for (var index = TimeBuckets.LowerBound(times, birth); index < times.Length; index++)
        {
            if (times[index] > birth || _returns.ArrivalOf(index) != birthArrival)
            {
                Note(_isRolling ? (int)Math.Min(int.MaxValue, (times[index] - birth) / _calendar.UnitMilliseconds) : _calendar.BucketOf(times[index]) - Row);
            }
        }
    }

    private void Note(int bucket)
    {
        _lastReturn = Math.Max(_lastReturn, bucket);
        if (bucket < _bucketCount)
        {
            _returned[bucket] = true;
        }
    }
}
