using Rondo.Engine.Planning;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Kernels;

/// <summary>The attempt of one person that counts. The arrays belong to the kernel and change with the next person.</summary>
internal readonly record struct FunnelAttempt(int Entry, int Reached, long[] Times);

/// <summary>
/// Follows one person at a time through the steps (semantics: <see cref="FunnelQuery"/>). Belongs to one thread; allocates
/// nothing per person.
/// </summary>
internal sealed class FunnelKernel
{
    private static readonly long GraceMilliseconds = (long)FunnelQuery.Grace.TotalMilliseconds;

    private readonly TrackCursor[] _laterSteps;
    private readonly SessionCursor? _sessions;
    private readonly int _sessionCount;
    private readonly long _windowMilliseconds;
    private readonly bool _isOptimized;
    private readonly long _start;
    private readonly long _end;
    private readonly bool[] _hasEvents;
    private readonly long[] _arrivals;
    private long[] _times;
    private long[] _bestTimes;

    public FunnelKernel(FunnelQuery query, TrackCursor[] laterSteps, SessionCursor? sessions, long start, long end)
    {
        _laterSteps = laterSteps;
        _sessions = sessions;
        _sessionCount = query.Window.Count;
        _windowMilliseconds = query.Window.IsSessions ? long.MaxValue : (long)query.Window.Length.TotalMilliseconds;
        _isOptimized = query.ReEntry == ReEntry.Optimized;
        _start = start;
        _end = end;
        _hasEvents = new bool[laterSteps.Length];
        _arrivals = new long[laterSteps.Length + 1];
        _times = new long[laterSteps.Length + 1];
        _bestTimes = new long[laterSteps.Length + 1];
    }

    /// <summary>The person's attempt; null when no step-1 event lies in the range.</summary>
    public FunnelAttempt? Follow(TrackCursor entries, int person)
    {
        var times = entries.Times;
        var first = TimeBuckets.LowerBound(times, _start);
        if (first == times.Length || times[first] >= _end)
        {
            return null;
        }

        for (var step = 0; step < _laterSteps.Length; step++)
        {
            _hasEvents[step] = _laterSteps[step].MoveTo(person);
        }

        _sessions?.MoveTo(person);
        var best = new FunnelAttempt(first, Attempt(entries, first), _times);
        for (var entry = first + 1; _isOptimized && entry < times.Length && times[entry] < _end; entry++)
        {
            // The attempt that is best so far keeps its times; the next one is written into the other array.
            (_times, _bestTimes) = (_bestTimes, _times);
            var reached = Attempt(entries, entry);
            if (reached > best.Reached || (reached == best.Reached && _times[reached - 1] <= best.Times[reached - 1]))
            {
                best = new FunnelAttempt(entry, reached, _times);
            }
            else
            {
                (_times, _bestTimes) = (_bestTimes, _times);
            }
        }

        return best;
    }

    /// <summary>How many steps an attempt from one entry reaches.</summary>
    private int Attempt(TrackCursor entries, int entry)
    {
        var entryTime = entries.Times[entry];
        _times[0] = entryTime;
        _arrivals[0] = entries.ArrivalOf(entry);
        var deadline = _windowMilliseconds == long.MaxValue ? long.MaxValue : entryTime + _windowMilliseconds;
        var firstSession = _sessions?.IndexOf(entryTime) ?? 0;
        if (firstSession < 0)
        {
            return 1;
        }

        for (var step = 1; step <= _laterSteps.Length; step++)
        {
            if (!_hasEvents[step - 1] || !Advance(_laterSteps[step - 1], step, deadline, firstSession))
            {
                return step;
            }
        }

        return _laterSteps.Length + 1;
    }

    /// <summary>Finds the earliest event of a step that may follow the previous one and has not been used.</summary>
    private bool Advance(TrackCursor events, int step, long deadline, int firstSession)
    {
        var times = events.Times;
        for (var index = TimeBuckets.LowerBound(times, _times[step - 1] - GraceMilliseconds); index < times.Length && times[index] <= deadline; index++)
        {
            if (_sessions is not null)
            {
                var session = _sessions.IndexOf(times[index]);
                if (session >= firstSession + _sessionCount)
                {
                    return false;
                }

                if (session < firstSession)
                {
                    continue;
                }
            }

            var arrival = events.ArrivalOf(index);
            if (!_arrivals.AsSpan(0, step).Contains(arrival))
            {
                _times[step] = times[index];
                _arrivals[step] = arrival;
                return true;
            }
        }

        return false;
    }
}
