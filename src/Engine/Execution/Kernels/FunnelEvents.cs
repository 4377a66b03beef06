using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution.Kernels;

/// <summary>
/// One person's events of every lane of a funnel, side by side: lane after lane, within a lane by group (held values, and
/// sessions that overlap), within a group by time. Belongs to one thread.
/// </summary>
/// <remarks>O(n log n) for n events; allocates only while it grows to the longest history.</remarks>
internal sealed class FunnelEvents
{
    private readonly FunnelPlan _plan;
    private readonly SessionCursor? _sessions;
    private readonly TrackCursor?[] _cursors;
    private readonly int[] _laneEnds;
    private readonly Dictionary<(int First, int Second, int Third, int Session), int> _groups = [];
    private readonly HashSet<long> _entered = [];
    private readonly Comparison<int> _byTimeThenLane;
    private Event[] _events = new Event[64];
    private Event[] _sorted = new Event[64];
    private long[] _sortKeys = new long[64];
    private long[] _times = new long[64];
    private int[] _entries = new int[64];
    private int[] _sliceEnds = [];
    private int _count;
    private int _person;

    public FunnelEvents(FunnelPlan plan, int firstPerson)
    {
        _plan = plan;
        var ids = plan.Question.View.Ids;
        _sessions = plan.Sessions?.CursorFrom(firstPerson);
        _cursors = [.. plan.Lanes.Select((lane, index) => index == 0 && plan.IsDrivenByStep1 ? null : new TrackCursor(lane.Track, ids, firstPerson))];
        _laneEnds = new int[plan.Lanes.Length];
        _byTimeThenLane = (left, right) => _times[left] != _times[right] ? _times[left].CompareTo(_times[right])
            : LaneOf(left) != LaneOf(right) ? LaneOf(left).CompareTo(LaneOf(right))
            : _events[left].Row.CompareTo(_events[right].Row);
    }

    public int GroupCount { get; private set; }

    public int EntryCount { get; private set; }

    public SessionCursor? Sessions => _sessions;

    public int Person => _person;

    /// <summary>All events, of all lanes.</summary>
    public int Count => _count;

    /// <summary>The events that can begin an attempt, by time; of an event in several lanes only the first.</summary>
    public ReadOnlySpan<int> Entries => _entries.AsSpan(0, EntryCount);

    public ReadOnlySpan<long> Times => _times.AsSpan(0, _count);

    /// <summary>What tells an event from every other, in whichever lane it stands.</summary>
    public long IdOf(int index) => _events[index].Id;

    public int GroupOf(int index) => _events[index].Group;

    /// <summary>−1 for none.</summary>
    public int SessionOf(int index) => _events[index].Session;

    public int LaneOf(int index)
    {
        var lane = 0;
        while (index >= _laneEnds[lane])
        {
            lane++;
        }

        return lane;
    }

    /// <summary>The events of a lane in a group: [Start, End).</summary>
    public (int Start, int End) Slice(int lane, int group)
    {
        if (GroupCount == 1)
        {
            return (lane == 0 ? 0 : _laneEnds[lane - 1], _laneEnds[lane]);
        }

        var slice = (lane * GroupCount) + group;
        return (slice == 0 ? 0 : _sliceEnds[slice - 1], _sliceEnds[slice]);
    }

    /// <summary>Where an event is stored: the cursor of its lane and its index there.</summary>
    public (TrackCursor Cursor, int Index) SourceOf(int index) => (_cursors[LaneOf(index)]!, _events[index].Row);

    /// <summary>Reads a person; the driver stands there already.</summary>
    public void MoveTo(TrackCursor driver, int person)
    {
        _person = person;
        _count = 0;
        _groups.Clear();
        _sessions?.MoveTo(person);
        for (var lane = 0; lane < _plan.Lanes.Length; lane++)
        {
            if (lane == 0 && _plan.IsDrivenByStep1)
            {
                Gather(lane, _cursors[0] = driver);
            }
            else if (_cursors[lane]!.MoveTo(person))
            {
                Gather(lane, _cursors[lane]!);
            }

            _laneEnds[lane] = _count;
        }

        GroupCount = Math.Max(1, _groups.Count);
        if (GroupCount > 1)
        {
            SortByGroup();
        }

        if (_times.Length < _count)
        {
            _times = new long[_events.Length];
        }

        for (var index = 0; index < _count; index++)
        {
            _times[index] = _events[index].Time;
        }

        FindEntries();
    }

    private void Gather(int lane, TrackCursor cursor)
    {
        if (_plan.Lanes[lane].IsSessionEdge)
        {
            GatherSessionEdges(lane, cursor);
            return;
        }

        Grow(_count + cursor.Count);
        var times = cursor.Times;
        for (var index = 0; index < times.Length; index++)
        {
            var session = _plan.SessionCount > 0 ? _sessions!.Of(cursor, index) : -1;
            Add(lane, cursor, index, times[index], cursor.ArrivalOf(index), session);
        }
    }

    /// <summary>A session's edge stands at its first (last) event. Its id is negative, which no stored event's is.</summary>
    private void GatherSessionEdges(int lane, TrackCursor cursor)
    {
        Grow(_count + cursor.Count);
        for (var index = 0; index < cursor.Count; index++)
        {
            var session = _sessions!.Of(cursor, index);
            Add(lane, cursor, index, cursor.Times[index], -1 - (2L * session) - (_plan.Lanes[lane].IsSessionStart ? 0 : 1), session);
        }
    }

    private void Add(int lane, TrackCursor cursor, int index, long time, long id, int session)
    {
        // Outside of any session an event can only be an entry that goes no further.
        if (_plan.SessionCount > 0 && session < 0 && lane >= _plan.EntryLaneCount)
        {
            return;
        }

        var group = 0;
        var areSessionsGroups = _plan.SessionCount > 0 && !_sessions!.AreSpans;
        if (_plan.Held.Length > 0 || areSessionsGroups)
        {
            Span<int> held = [0, 0, 0];
            for (var property = 0; property < _plan.Held.Length; property++)
            {
                held[property] = _plan.Held[property].Of(lane, cursor, index, _person);
                if (held[property] == PropertyTexts.NotSet)
                {
                    return;
                }
            }

            var key = (held[0], held[1], held[2], areSessionsGroups ? session : 0);
            if (!_groups.TryGetValue(key, out group))
            {
                _groups.Add(key, group = _groups.Count);
            }
        }

        _events[_count++] = new Event(time, id, index, group, session);
    }

    private void SortByGroup()
    {
        var start = 0;
        if (_sliceEnds.Length < GroupCount * _laneEnds.Length)
        {
            _sliceEnds = new int[GroupCount * _laneEnds.Length * 2];
        }

        for (var lane = 0; lane < _laneEnds.Length; lane++)
        {
            var end = _laneEnds[lane];
            for (var index = start; index < end; index++)
            {
                _sortKeys[index] = ((long)_events[index].Group << 32) | (uint)index;
            }

            _sortKeys.AsSpan(start, end - start).Sort();
            var group = 0;
            for (var index = start; index < end; index++)
            {
                _sorted[index] = _events[(int)_sortKeys[index]];
                while (group < _sorted[index].Group)
                {
                    _sliceEnds[(lane * GroupCount) + group++] = index;
                }
            }

            while (group < GroupCount)
            {
                _sliceEnds[(lane * GroupCount) + group++] = end;
            }

            start = end;
        }

        (_events, _sorted) = (_sorted, _events);
    }

    private void FindEntries()
    {
        var end = _laneEnds[_plan.EntryLaneCount - 1];
        if (_entries.Length < end)
        {
            _entries = new int[_events.Length];
        }

        for (var index = 0; index < end; index++)
        {
            _entries[index] = index;
        }

        EntryCount = end;
        if (_plan.EntryLaneCount == 1 && GroupCount == 1)
        {
            return;
        }

        _entries.AsSpan(0, end).Sort(_byTimeThenLane);
        if (_plan.EntryLaneCount > 1)
        {
            _entered.Clear();
            EntryCount = 0;
            for (var index = 0; index < end; index++)
            {
                if (_entered.Add(IdOf(_entries[index])))
                {
                    _entries[EntryCount++] = _entries[index];
                }
            }
        }
    }

    private void Grow(int count)
    {
        if (count > _events.Length)
        {
            var length = Math.Max(count, _events.Length * 2);
            Array.Resize(ref _events, length);
            _sorted = new Event[length];
            _sortKeys = new long[length];
        }
    }

    /// <param name="Time">Milliseconds.</param>
    /// <param name="Id">The same in every lane.</param>
    /// <param name="Row">Index in the lane's cursor.</param>
    /// <param name="Group">Attempts stay within one.</param>
    /// <param name="Session">−1 for none.</param>
    private readonly record struct Event(long Time, long Id, int Row, int Group, int Session);
}
