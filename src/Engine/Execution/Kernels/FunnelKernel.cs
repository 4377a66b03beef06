using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Kernels;

/// <summary>
/// Finds the attempts of one person at a time (semantics: <see cref="FunnelQuery"/>). Belongs to one thread; allocates only
/// while it grows to the longest history.
/// </summary>
/// <remarks>
/// O(steps · log events) per entry: the next event of a step is found by binary search, and events that have served already
/// are jumped over by links that shorten as they are used.
/// </remarks>
internal sealed partial class FunnelKernel
{
    private const int Absent = -1;

    private readonly FunnelPlan _plan;
    private readonly FunnelEvents _events;
    private readonly int _stepCount;
    private readonly bool _isOptimized;
    private readonly bool _countsSessions;
    private readonly HashSet<long> _served = [];
    private readonly HashSet<int> _sessionsCounted = [];
    private int[] _paths;
    private int[] _reached = new int[4];
    private int[] _order = new int[4];
    private long[] _openUntil = new long[4];
    private int _attemptCount;

    public FunnelKernel(FunnelPlan plan, FunnelEvents events)
    {
        _plan = plan;
        _events = events;
        _stepCount = plan.StepCount;
        _isOptimized = plan.Query.ReEntry == ReEntry.Optimized;
        _countsSessions = plan.Query.Counting == FunnelCounting.Sessions;
        _windowMilliseconds = plan.SessionCount > 0 ? 0 : (long)plan.Query.Window.Length.TotalMilliseconds;
        _isAnyOrder = plan.Query.Order == StepOrder.Any;
        _isOptional = [.. Enumerable.Range(0, _stepCount).Select(step => plan.Query.Optional.Contains(step))];
        _blockEnds = BlockEnds(plan.Query);
        _isDone = new bool[_stepCount];
        _paths = new int[_stepCount * 4];
        _byPreference = Compare;
    }

    /// <summary>How many attempts there are.</summary>
    public int AttemptCount => _attemptCount;

    /// <summary>The attempts in the order in which they count: by time, or the best first.</summary>
    public ReadOnlySpan<int> Attempts => _order.AsSpan(0, _attemptCount);

    /// <summary>How many steps an attempt reached, optional ones it skipped included.</summary>
    public int Reached(int attempt) => _reached[attempt];

    /// <summary>Per step the event, by its index among the person's; negative where the step was not reached.</summary>
    public ReadOnlySpan<int> PathOf(int attempt) => _paths.AsSpan(attempt * _stepCount, _stepCount);

    /// <summary>Finds the attempts that begin in [start, end).</summary>
    /// <param name="start">Milliseconds, included.</param>
    /// <param name="end">Milliseconds, not included.</param>
    /// <param name="onlyFirst">Whether only the first (best) attempt is wanted.</param>
    public void Follow(long start, long end, bool onlyFirst)
    {
        Reset();
        var entries = _events.Entries;
        var first = FirstEntryAt(entries, start);
        if (!_isOptimized)
        {
            FollowOneAfterAnother(entries[first..], end, onlyFirst);
        }
        else if (onlyFirst)
        {
            FindBest(entries[first..], end);
        }
        else
        {
            TryEvery(entries[first..], end);
        }

        if (_countsSessions && _isOptimized)
        {
            KeepOnePerSession();
        }
    }

    private int FirstEntryAt(ReadOnlySpan<int> entries, long start)
    {
        var (low, high) = (0, entries.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            (low, high) = _events.Times[entries[middle]] < start ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void FollowOneAfterAnother(ReadOnlySpan<int> entries, long end, bool onlyFirst)
    {
        if (_openUntil.Length < _events.GroupCount)
        {
            _openUntil = new long[_events.GroupCount * 2];
        }

        Array.Fill(_openUntil, long.MinValue, 0, _events.GroupCount);
        foreach (var entry in entries)
        {
            var time = _events.Times[entry];
            if (time >= end)
            {
                return;
            }

            if (time < _openUntil[_events.GroupOf(entry)] || _served.Contains(_events.IdOf(entry)) || (_countsSessions && !IsFirstOfSession(entry)))
            {
                continue;
            }

            Try(entry, _attemptCount);
            Accept();
            if (onlyFirst)
            {
                return;
            }

            _openUntil[_events.GroupOf(entry)] = _overAt;
            foreach (var step in PathOf(_attemptCount - 1))
            {
                if (step >= 0)
                {
                    _served.Add(_events.IdOf(step));
                }
            }

            if (_excludedBy >= 0)
            {
                _served.Add(_events.IdOf(_excludedBy));
            }
        }
    }

    private bool IsFirstOfSession(int entry) => _events.SessionOf(entry) is var session and >= 0 && _sessionsCounted.Add(session);

    private void FindBest(ReadOnlySpan<int> entries, long end)
    {
        foreach (var entry in entries)
        {
            if (_events.Times[entry] >= end)
            {
                break;
            }

            // The best attempt so far stands first; the next one is written after it and takes its place if it is better.
            var place = Math.Min(_attemptCount, 1);
            Try(entry, place);
            if (place == 0)
            {
                Accept();
            }
            else if (Compare(1, 0) < 0)
            {
                PathOf(1).CopyTo(_paths);
                _reached[0] = _reached[1];
            }
        }
    }

    private void TryEvery(ReadOnlySpan<int> entries, long end)
    {
        foreach (var entry in entries)
        {
            if (_events.Times[entry] >= end)
            {
                break;
            }

            if (!_countsSessions || _events.SessionOf(entry) >= 0)
            {
                Try(entry, _attemptCount);
                Accept();
            }
        }

        ShareEvents();
    }

    private void Accept()
    {
        if (_attemptCount == _order.Length)
        {
            Array.Resize(ref _order, _attemptCount * 2);
        }

        _order[_attemptCount] = _attemptCount;
        _attemptCount++;
    }

    private void KeepOnePerSession()
    {
        var kept = 0;
        for (var place = 0; place < _attemptCount; place++)
        {
            if (IsFirstOfSession(PathOf(_order[place])[0]))
            {
                _order[kept++] = _order[place];
            }
        }

        _attemptCount = kept;
    }
}
