using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Kernels;

/// <content>One attempt, from one entry.</content>
internal sealed partial class FunnelKernel
{
    private static readonly long GraceMilliseconds = (long)FunnelQuery.Grace.TotalMilliseconds;

    private readonly long _windowMilliseconds;
    private readonly bool _isAnyOrder;
    private readonly bool[] _isOptional;
    private readonly bool[] _isDone;

    /// <summary>Per step, where the block of steps ends within which its order is free; the next step in the given order.</summary>
    private readonly int[] _blockEnds;

    /// <summary>Per event that cannot serve, the next of its lane that may; 0 where that is not known. Shortened while used.</summary>
    private int[] _next = [];
    private readonly List<int> _shortened = [];

    /// <summary>When the attempt was over, so that the next may begin.</summary>
    private long _overAt;
    private int _excludedBy;
    private int _group;
    private long _deadline;
    private long _floor;

    private static int[] BlockEnds(FunnelQuery query)
    {
        var ends = new int[query.Steps.Length];
        for (var step = ends.Length - 1; step >= 0; step--)
        {
            var isAlone = query.Order == StepOrder.Specific || query.Anchored.Contains(step) || step + 1 == ends.Length || query.Anchored.Contains(step + 1);
            ends[step] = isAlone ? step + 1 : ends[step + 1];
        }

        return ends;
    }

    private void Reset()
    {
        _attemptCount = 0;
        _sessionsCounted.Clear();
        _taken.Clear();
        _served.Clear();
        foreach (var index in _shortened)
        {
            _next[index] = 0;
        }

        _shortened.Clear();
        if (_next.Length < _events.Count)
        {
            _next = new int[_events.Count * 2];
        }
    }

    private void Try(int entry, int place)
    {
        if ((place + 1) * _stepCount > _paths.Length)
        {
            Array.Resize(ref _paths, _paths.Length * 2);
        }

        if (place == _reached.Length)
        {
            Array.Resize(ref _reached, place * 2);
        }

        var path = _paths.AsSpan(place * _stepCount, _stepCount);
        path.Fill(Absent);
        path[0] = entry;
        _reached[place] = 1;
        _excludedBy = Absent;
        if (!Open(entry))
        {
            _overAt = _events.Times[entry];
            return;
        }

        var hasEnded = _isAnyOrder ? GoOnInAnyOrder(path) : GoOnInOrder(path);
        _reached[place] = ReachedBy(path);
        _overAt = hasEnded ? EndOf(path) : _deadline == long.MaxValue ? long.MaxValue : _deadline + 1;
    }

    /// <summary>Sets the bounds of the attempt; false when it cannot go on.</summary>
    private bool Open(int entry)
    {
        _group = _events.GroupOf(entry);
        (_floor, _deadline) = (long.MinValue, long.MaxValue);
        if (_plan.SessionCount == 0)
        {
            _deadline = _events.Times[entry] + _windowMilliseconds;
            return true;
        }

        var session = _events.SessionOf(entry);
        if (session >= 0 && _events.Sessions!.AreSpans)
        {
            _floor = _events.Sessions.StartOf(session);
            _deadline = _events.Sessions.EndOf(Math.Min(session + _plan.SessionCount, _events.Sessions.Count) - 1);
        }

        return session >= 0;
    }

    /// <summary>True when the attempt converted or was excluded; false when it waits until its window is past.</summary>
    private bool GoOnInOrder(Span<int> path)
    {
        var at = 0;
        while (at + 1 < _stepCount)
        {
            var required = at + 1;
            while (_isOptional[required])
            {
                required++;
            }

            var time = _events.Times[path[at]];
            var (step, found) = (required, Next(required, time, path));
            for (var optional = at + 1; optional < required; optional++)
            {
                var candidate = Next(optional, time, path);
                if (candidate >= 0 && (found < 0 || (_events.Times[candidate] <= _events.Times[found] && _events.IdOf(candidate) != _events.IdOf(found))))
                {
                    (step, found) = (optional, candidate);
                    break;
                }
            }

            if (IsExcluded(at, step, time, found, path))
            {
                return true;
            }

            if (found < 0)
            {
                return false;
            }

            path[step] = found;
            at = step;
        }

        return true;
    }

    private bool GoOnInAnyOrder(Span<int> path)
    {
        Array.Clear(_isDone);
        _isDone[_events.LaneOf(path[0])] = true;
        var (blockStart, blockEnd) = (0, _blockEnds[0]);
        for (var at = 0; at + 1 < _stepCount; at++)
        {
            if (at + 1 == blockEnd)
            {
                (blockStart, blockEnd) = (blockEnd, _blockEnds[blockEnd]);
            }

            var time = _events.Times[path[at]];
            var (step, found) = (blockStart, Absent);
            for (var candidateStep = blockStart; candidateStep < blockEnd; candidateStep++)
            {
                var candidate = _isDone[candidateStep] ? Absent : Next(candidateStep, time, path);
                if (candidate >= 0 && (found < 0 || _events.Times[candidate] < _events.Times[found]))
                {
                    (step, found) = (candidateStep, candidate);
                }
            }

            if (IsExcluded(at, at + 1, time, found, path))
            {
                return true;
            }

            if (found < 0)
            {
                return false;
            }

            _isDone[step] = true;
            path[at + 1] = found;
        }

        return true;
    }

    private bool IsExcluded(int from, int to, long time, int next, ReadOnlySpan<int> path)
    {
        for (var number = 0; number < _plan.Query.Exclusions.Length; number++)
        {
            var exclusion = _plan.Query.Exclusions[number];
            if (exclusion.From >= to || (exclusion.To ?? _stepCount - 1) <= from)
            {
                continue;
            }

            var candidate = Next(_stepCount + number, time, path);
            if (candidate >= 0
                && (next < 0 || _events.Times[candidate] < _events.Times[next])
                && (_excludedBy < 0 || _events.Times[candidate] < _events.Times[_excludedBy]))
            {
                _excludedBy = candidate;
            }
        }

        return _excludedBy >= 0;
    }

    private long EndOf(ReadOnlySpan<int> path)
    {
        if (_excludedBy >= 0)
        {
            return _events.Times[_excludedBy];
        }

        var end = long.MinValue;
        foreach (var step in path)
        {
            end = step < 0 ? end : Math.Max(end, _events.Times[step]);
        }

        return end;
    }

    /// <summary>The earliest event of a lane, from the grace before <paramref name="time"/> to the deadline, that can serve; negative for none.</summary>
    private int Next(int lane, long time, ReadOnlySpan<int> path)
    {
        var (start, end) = _events.Slice(lane, _group);
        var from = Math.Max(_floor, time - GraceMilliseconds);
        var index = start + TimeBuckets.LowerBound(_events.Times[start..end], from);
        for (; ; index++)
        {
            index = SkipServed(index, end);
            if (index >= end || _events.Times[index] > _deadline)
            {
                return Absent;
            }

            if (!IsOnPath(index, path))
            {
                return index;
            }
        }
    }

    private bool IsOnPath(int index, ReadOnlySpan<int> path)
    {
        var id = _events.IdOf(index);
        foreach (var step in path)
        {
            if (step >= 0 && _events.IdOf(step) == id)
            {
                return true;
            }
        }

        return false;
    }

    private int SkipServed(int index, int end)
    {
        var start = index;
        while (index < end && IsOutOfService(index))
        {
            if (_next[index] == 0)
            {
                _next[index] = index + 1;
                _shortened.Add(index);
            }

            index = _next[index];
        }

        // Whoever comes this way again jumps straight here.
        while (start < index)
        {
            (start, _next[start]) = (_next[start], index);
        }

        return index;
    }

    private bool IsOutOfService(int index) => _served.Contains(_events.IdOf(index)) || (_plan.SessionCount > 0 && _events.SessionOf(index) < 0);
}
