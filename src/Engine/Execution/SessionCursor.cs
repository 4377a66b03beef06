using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution;

/// <summary>
/// Cuts a person's events into sessions while a question is answered (semantics: <see cref="Rondo.Model.Time.SessionDefinition"/>).
/// Belongs to one thread. O(events) per person; allocates only while it grows to the longest history.
/// </summary>
internal abstract class SessionCursor
{
    private long[] _starts = new long[16];
    private long[] _ends = new long[16];

    /// <summary>How many sessions the current person has.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a session is a span of time, so that no two overlap.</summary>
    public virtual bool AreSpans => true;

    /// <summary>When a session's first event happened. Starts ascend.</summary>
    public long StartOf(int session) => _starts[session];

    /// <summary>When its last event happened.</summary>
    public long EndOf(int session) => _ends[session];

    /// <summary>Whether the session was ended by what ends it, so that it has a Session End.</summary>
    public virtual bool IsClosed(int session) => true;

    /// <summary>Reads the sessions of a person, not before the current one.</summary>
    public abstract void MoveTo(int person);

    /// <summary>Number of the session that an event of the current person lies in, from 0; −1 when it lies in none.</summary>
    public virtual int Of(TrackCursor events, int index) => At(events.Times[index]);

    /// <summary>
    /// Of sessions that are spans, the number of the one a time lies in, first event to last, from 0; −1 for none. The later
    /// one where two touch.
    /// </summary>
    public int At(long time)
    {
        var session = TimeBuckets.IndexOf(_starts.AsSpan(0, Count), time);
        return session >= 0 && time <= _ends[session] ? session : -1;
    }

    protected void Clear() => Count = 0;

    protected int Begin(long time)
    {
        if (Count == _starts.Length)
        {
            Array.Resize(ref _starts, Count * 2);
            Array.Resize(ref _ends, Count * 2);
        }

        _starts[Count] = _ends[Count] = time;
        return Count++;
    }

    protected void Extend(int session, long time) => _ends[session] = time;
}

/// <summary>Sessions cut by silence.</summary>
internal sealed class SessionCursorByTimeout(TrackCursor timeline, bool[] isExcluded, Midnights midnights, long timeoutMilliseconds) : SessionCursor
{
    public override void MoveTo(int person)
    {
        Clear();
        if (!timeline.MoveTo(person))
        {
            return;
        }

        var times = timeline.Times;
        var midnight = long.MinValue;
        for (var index = 0; index < times.Length; index++)
        {
            if (isExcluded[timeline.NameOf(index)])
            {
                continue;
            }

            if (Count == 0 || times[index] >= midnight || times[index] - EndOf(Count - 1) > timeoutMilliseconds)
            {
                Begin(times[index]);
                midnight = midnights.After(times[index]);
            }

            Extend(Count - 1, times[index]);
        }
    }
}

/// <summary>Sessions from a start event to an end event.</summary>
internal sealed class SessionCursorByEvents(TrackCursor timeline, bool[] isExcluded, Midnights midnights, TrackCursor starts, TrackCursor ends) : SessionCursor
{
    private bool[] _isClosed = new bool[16];

    public override bool IsClosed(int session) => _isClosed[session];

    public override void MoveTo(int person)
    {
        Clear();
        if (!starts.MoveTo(person))
        {
            return;
        }

        var hasEnds = ends.MoveTo(person);
        timeline.MoveTo(person);
        var (end, nextStart) = (0, long.MinValue);
        for (var start = 0; start < starts.Count; start++)
        {
            var time = starts.Times[start];
            if (time < nextStart)
            {
                continue;
            }

            while (hasEnds && end < ends.Count && ends.Times[end] < time)
            {
                end++;
            }

            var midnight = midnights.After(time);
            var isClosed = hasEnds && end < ends.Count && ends.Times[end] < midnight;
            var session = Begin(time);
            Extend(session, isClosed ? ends.Times[end++] : Math.Max(time, LastActivityBefore(midnight)));
            nextStart = isClosed ? EndOf(session) : midnight;
            if (session == _isClosed.Length)
            {
                Array.Resize(ref _isClosed, session * 2);
            }

            _isClosed[session] = isClosed;
        }
    }

    private long LastActivityBefore(long bound)
    {
        var index = TimeBuckets.LowerBound(timeline.Times, bound) - 1;
        while (index >= 0 && isExcluded[timeline.NameOf(index)])
        {
            index--;
        }

        return index < 0 ? long.MinValue : timeline.Times[index];
    }
}

/// <summary>Sessions by the value of a property, each of one day.</summary>
internal sealed class SessionCursorByProperty(TrackCursor timeline, bool[] isExcluded, Midnights midnights, PropertyTexts values) : SessionCursor
{
    private readonly Dictionary<(int Value, long Midnight), int> _sessions = [];

    public override bool AreSpans => false;

    public override void MoveTo(int person)
    {
        Clear();
        _sessions.Clear();
        if (!timeline.MoveTo(person))
        {
            return;
        }

        for (var index = 0; index < timeline.Count; index++)
        {
            if (isExcluded[timeline.RunOf(index)] || KeyOf(index) is not { Value: not PropertyTexts.NotSet } key)
            {
                continue;
            }

            if (!_sessions.TryGetValue(key, out var session))
            {
                _sessions.Add(key, session = Begin(timeline.Times[index]));
            }

            Extend(session, timeline.Times[index]);
        }
    }

    public override int Of(TrackCursor events, int index)
    {
        var time = events.Times[index];
        return _sessions.TryGetValue(KeyOf(SameEvent.IndexIn(timeline, events, index)), out var session) && time >= StartOf(session) && time <= EndOf(session) ? session : -1;
    }

    private (int Value, long Midnight) KeyOf(int index) => (values.Of(0, timeline, index, IdDirectory.Nobody), midnights.After(timeline.Times[index]));
}
