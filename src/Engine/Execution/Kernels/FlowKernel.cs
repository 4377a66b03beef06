using Rondo.Engine.Planning;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Kernels;

/// <summary>Finds the path of one person around the anchor (semantics: <see cref="FlowQuery"/>). Belongs to one thread.</summary>
internal sealed class FlowKernel
{
    /// <summary>In a path: no further event.</summary>
    public const int DropOff = -1;

    /// <summary>In a path: the person is not in this column any more.</summary>
    public const int Absent = -2;

    private readonly FlowQuery _query;
    private readonly TrackCursor _timeline;
    private readonly bool[] _isHidden;
    private readonly int[] _nameOfRun;
    private readonly long _start;
    private readonly long _end;
    private readonly long _window;
    private readonly int[] _path;

    public FlowKernel(FlowQuery query, TrackCursor timeline, int[] nameOfRun, bool[] isHidden, long start, long end)
    {
        _query = query;
        _timeline = timeline;
        _isHidden = isHidden;
        _nameOfRun = nameOfRun;
        _start = start;
        _end = end;
        _window = (long)query.Window.Length.TotalMilliseconds;
        _path = new int[query.StepsBefore + 1 + query.StepsAfter];
    }

    /// <summary>
    /// Per column the number of the event's name, <see cref="DropOff"/> or <see cref="Absent"/>; null when the person has no
    /// anchor in the range. The array changes with the next person.
    /// </summary>
    public int[]? Follow(TrackCursor anchors, int person)
    {
        var times = anchors.Times;
        var first = TimeBuckets.LowerBound(times, _start);
        if (first == times.Length || times[first] >= _end || !_timeline.MoveTo(person))
        {
            return null;
        }

        var anchorTime = times[first];
        var anchor = _timeline.IndexOf(anchors, first, _nameOfRun[anchors.RunOf(first)]);
        Walk(anchor, anchorTime, direction: 1, _query.StepsAfter);
        Walk(anchor, anchorTime, direction: -1, _query.StepsBefore);
        _path[_query.StepsBefore] = _timeline.NameOf(anchor);
        return _path;
    }

    private void Walk(int anchor, long anchorTime, int direction, int stepCount)
    {
        var times = _timeline.Times;
        var previous = _timeline.NameOf(anchor);
        var step = 1;
        for (var index = anchor + direction; step <= stepCount && index >= 0 && index < times.Length && Math.Abs(times[index] - anchorTime) <= _window; index += direction)
        {
            var name = _timeline.NameOf(index);
            if (_isHidden[name] || (_query.CollapseRepeats && name == previous))
            {
                continue;
            }

            _path[_query.StepsBefore + (direction * step)] = name;
            previous = name;
            step++;
        }

        for (var code = DropOff; step <= stepCount; step++, code = Absent)
        {
            _path[_query.StepsBefore + (direction * step)] = code;
        }
    }
}
