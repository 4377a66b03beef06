using NodaTime;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Planning;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution;

/// <summary>Cuts a person's timeline into sessions while a question is answered. Belongs to one thread.</summary>
internal sealed class SessionCursor
{
    private readonly TrackCursor _timeline;
    private readonly bool[] _isExcluded;
    private readonly long _timeout;
    private readonly ProjectCalendar _calendar;
    private long[] _starts = new long[16];
    private long[] _ends = new long[16];
    private int _count;
    private long _midnight = long.MinValue;

    public SessionCursor(Question question, Track timeline, int firstPerson)
    {
        _timeline = new TrackCursor(timeline, question.View.Ids, firstPerson);
        _isExcluded = [.. question.View.EventNames.Select(question.Context.Sessions.ExcludedEvents.Contains)];
        _timeout = (long)question.Context.Sessions.Timeout.TotalMilliseconds;
        _calendar = question.Context.Calendar;
    }

    /// <summary>Reads the sessions of a person, not before the current one.</summary>
    public void MoveTo(int person)
    {
        _count = 0;
        _midnight = long.MinValue;
        if (!_timeline.MoveTo(person))
        {
            return;
        }

        var times = _timeline.Times;
        for (var index = 0; index < times.Length; index++)
        {
            if (_isExcluded[_timeline.NameOf(index)])
            {
                continue;
            }

            if (_count == 0 || times[index] - _ends[_count - 1] > _timeout || times[index] >= _midnight)
            {
                Begin(times[index]);
            }

            _ends[_count - 1] = times[index];
        }
    }

    /// <summary>Number of the session a time lies in, first event to last, counted from 0; −1 when it lies in none.</summary>
    public int IndexOf(long time)
    {
        var session = TimeBuckets.IndexOf(_starts.AsSpan(0, _count), time);
        return session >= 0 && time <= _ends[session] ? session : -1;
    }

    private void Begin(long time)
    {
        if (_count == _starts.Length)
        {
            Array.Resize(ref _starts, _count * 2);
            Array.Resize(ref _ends, _count * 2);
        }

        if (time >= _midnight)
        {
            var date = _calendar.DateOf(Instant.FromUnixTimeMilliseconds(time));
            _midnight = _calendar.StartOf(date.PlusDays(1)).ToUnixTimeMilliseconds();
        }

        _starts[_count] = time;
        _count++;
    }
}
