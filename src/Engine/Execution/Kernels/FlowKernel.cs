using Rondo.Engine.Planning;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Kernels;

/// <summary>Finds the path of one attempt around its anchors (semantics: <see cref="FlowQuery"/>). Belongs to one thread.</summary>
/// <remarks>
/// O(events) once per person, then O(columns · log events) per attempt: a run of the same node is passed over in one step.
/// Allocates only while it grows to the longest history.
/// </remarks>
internal sealed class FlowKernel
{
    /// <summary>In a path: no further event, or an anchor not reached.</summary>
    public const int DropOff = -1;

    /// <summary>In a path: not in this column.</summary>
    public const int Absent = -2;

    /// <summary>In a path: the anchor of the column.</summary>
    public const int Anchor = -3;

    private readonly FlowPlan _plan;
    private readonly TrackCursor _timeline;
    private readonly long _window;
    private readonly int _sessionCount;
    private readonly bool _collapses;
    private readonly int[] _path;
    private readonly Anchored[] _anchors;
    private Visible[] _visible = new Visible[64];
    private int _count;
    private int _person = -1;

    public FlowKernel(FlowPlan plan, int firstPerson)
    {
        _plan = plan;
        _timeline = plan.TimelineFrom(firstPerson);
        _sessionCount = plan.Funnel.SessionCount;
        _window = _sessionCount > 0 ? 0 : (long)plan.Query.Window.Length.TotalMilliseconds;
        _collapses = plan.Query.CollapseRepeats;
        _path = new int[plan.ColumnCount];
        _anchors = new Anchored[plan.AnchorColumns.Length];
    }

    /// <summary>
    /// Per column, from the first one before the first anchor on, the number of the node, <see cref="DropOff"/>,
    /// <see cref="Absent"/> or <see cref="Anchor"/>. It changes with the next attempt.
    /// </summary>
    public ReadOnlySpan<int> PathOf(FunnelEvents events, ReadOnlySpan<int> attempt)
    {
        if (events.Person != _person)
        {
            MoveTo(events);
        }

        Array.Fill(_path, Absent);
        var reached = 0;
        while (reached < attempt.Length && attempt[reached] >= 0)
        {
            _anchors[reached] = Find(events, attempt[reached], reached);
            _path[_plan.Query.StepsBefore + _plan.AnchorColumns[reached]] = Anchor;
            reached++;
        }

        WalkTowardsFirst();
        for (var anchor = 0; anchor + 1 < reached; anchor++)
        {
            WalkBetween(anchor);
        }

        WalkFromLast(reached - 1);
        return _path;
    }

    /// <summary>Reads what can be a step: what is not hidden and, where the window is sessions, lies in one.</summary>
    private void MoveTo(FunnelEvents events)
    {
        _person = events.Person;
        _count = 0;
        if (!_timeline.MoveTo(_person))
        {
            return;
        }

        if (_visible.Length < _timeline.Count)
        {
            _visible = new Visible[_timeline.Count * 2];
        }

        for (var index = 0; index < _timeline.Count; index++)
        {
            var name = _plan.NameOf(_timeline, index);
            if (_plan.IsHidden(name))
            {
                continue;
            }

            var session = _sessionCount > 0 ? SessionOf(events.Sessions!, index) : 0;
            if (session >= 0)
            {
                _visible[_count++] = new Visible(session, index, _timeline.Times[index], _plan.NodeOf(_timeline, index, name, _person));
            }
        }

        // Sessions that overlap are laid one after another; others follow each other anyway.
        if (_sessionCount > 0 && !events.Sessions!.AreSpans)
        {
            _visible.AsSpan(0, _count).Sort(static (left, right) => left.Session != right.Session ? left.Session.CompareTo(right.Session) : left.Index.CompareTo(right.Index));
        }

        FindRuns();
    }

    private int SessionOf(SessionCursor sessions, int index) =>
        sessions.AreSpans ? sessions.At(_timeline.Times[index]) : sessions.Of(_timeline, index);

    private void FindRuns()
    {
        for (var index = 0; index < _count; index++)
        {
            var isSame = index > 0 && _visible[index].Node == _visible[index - 1].Node && !IsBorder(index);
            _visible[index].RunStart = isSame ? _visible[index - 1].RunStart : index;
        }

        for (var index = _count - 1; index >= 0; index--)
        {
            var isSame = index + 1 < _count && _visible[index].Node == _visible[index + 1].Node && !IsBorder(index + 1);
            _visible[index].RunEnd = isSame ? _visible[index + 1].RunEnd : index + 1;
        }
    }

    /// <summary>Where a session laid behind another begins.</summary>
    private bool IsBorder(int index) => _visible[index].Session != _visible[index - 1].Session && _visible[index].Index < _visible[index - 1].Index;

    private Anchored Find(FunnelEvents events, int step, int anchor)
    {
        var (cursor, row) = events.SourceOf(step);
        var index = _plan.IndexInTimeline(_timeline, anchor, cursor, row);
        var session = _sessionCount > 0 ? events.SessionOf(step) : 0;
        var lane = _plan.Funnel.Lanes[anchor];
        var node = lane.IsSessionEdge ? Absent : _plan.NodeOf(_timeline, index, _plan.NameOf(_timeline, index), _person);

        // A session begins just before its first event and ends just after its last.
        var after = FirstFrom(session, lane.IsSessionStart ? index : index + 1);
        var before = FirstFrom(session, lane.IsSessionEnd ? index + 1 : index);
        return new Anchored(events.Times[step], session, node, before, after);
    }

    /// <summary>The first visible event of a session at or after an index of the timeline.</summary>
    private int FirstFrom(int session, int index)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            ref readonly var step = ref _visible[middle];
            var isBefore = step.Session != session && _sessionCount > 0 ? step.Session < session : step.Index < index;
            (low, high) = isBefore ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void WalkTowardsFirst()
    {
        var anchor = _anchors[0];
        var place = _plan.Query.StepsBefore - 1;
        var index = anchor.Before - 1;
        if (_collapses && index >= 0 && _visible[index].Node == anchor.Node)
        {
            index = _visible[index].RunStart - 1;
        }

        for (; place >= 0 && index >= 0 && IsWithin(anchor, index, isAfter: false); place--)
        {
            _path[place] = _visible[index].Node;
            index = _collapses ? _visible[index].RunStart - 1 : index - 1;
        }

        if (place >= 0)
        {
            _path[place] = DropOff;
        }
    }

    private void WalkBetween(int number)
    {
        var (anchor, next) = (_anchors[number], _anchors[number + 1]);
        var (start, end) = (anchor.After, next.Before);
        if (_collapses && start < end && _visible[start].Node == anchor.Node)
        {
            start = Math.Min(end, _visible[start].RunEnd);
        }

        if (_collapses && start < end && _visible[end - 1].Node == next.Node)
        {
            end = Math.Max(start, _visible[end - 1].RunStart);
        }

        var offset = _plan.Query.StepsBefore;
        var index = start;
        for (var step = 1; step <= _plan.StepsAfter[number] && index < end && IsWithin(anchor, index, isAfter: true); step++)
        {
            _path[offset + _plan.AnchorColumns[number] + step] = _visible[index].Node;
            index = _collapses ? Math.Min(end, _visible[index].RunEnd) : index + 1;
        }

        var last = end - 1;
        for (var step = 1; step <= _plan.Query.Then[number].StepsBefore && last >= index && IsWithin(next, last, isAfter: false); step++)
        {
            _path[offset + _plan.AnchorColumns[number + 1] - step] = _visible[last].Node;
            last = _collapses ? Math.Max(index, _visible[last].RunStart) - 1 : last - 1;
        }
    }

    private void WalkFromLast(int number)
    {
        var anchor = _anchors[number];
        var column = _plan.Query.StepsBefore + _plan.AnchorColumns[number];
        var index = anchor.After;
        if (_collapses && index < _count && _visible[index].Node == anchor.Node)
        {
            index = _visible[index].RunEnd;
        }

        var step = 1;
        for (; step <= _plan.StepsAfter[number] && index < _count && IsWithin(anchor, index, isAfter: true); step++)
        {
            _path[column + step] = _visible[index].Node;
            index = _collapses ? _visible[index].RunEnd : index + 1;
        }

        if (step <= _plan.StepsAfter[number])
        {
            _path[column + step] = DropOff;
        }
        else if (number + 1 < _plan.AnchorColumns.Length)
        {
            _path[_plan.Query.StepsBefore + _plan.AnchorColumns[number + 1]] = DropOff;
        }
    }

    private bool IsWithin(in Anchored anchor, int index, bool isAfter)
    {
        ref readonly var step = ref _visible[index];
        if (_sessionCount == 0)
        {
            return Math.Abs(step.Time - anchor.Time) <= _window;
        }

        var distance = isAfter ? step.Session - anchor.Session : anchor.Session - step.Session;
        return anchor.Session >= 0 && distance >= 0 && distance < _sessionCount;
    }

    /// <summary>An event that can be a step.</summary>
    private record struct Visible(int Session, int Index, long Time, int Node)
    {
        /// <summary>Where the run of the same node begins.</summary>
        public int RunStart { get; set; }

        /// <summary>Where the run of the same node ends, itself not included.</summary>
        public int RunEnd { get; set; }
    }

    /// <param name="Time">When it happened.</param>
    /// <param name="Session">The session it lies in; −1 for none.</param>
    /// <param name="Node">Its own node; <see cref="Absent"/> for the edge of a session.</param>
    /// <param name="Before">End of the visible events before it.</param>
    /// <param name="After">Start of the visible events after it.</param>
    private readonly record struct Anchored(long Time, int Session, int Node, int Before, int After);
}
