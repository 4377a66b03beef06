using NodaTime;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution;

/// <summary>Finds the ends of the project's days; remembers the last one, since times mostly ascend. Belongs to one thread.</summary>
internal sealed class Midnights(ProjectCalendar calendar)
{
    private long _start;
    private long _end;

    /// <summary>The first instant of the project's next day, in milliseconds.</summary>
    public long After(long time)
    {
        if (time < _start || time >= _end)
        {
            var date = calendar.DateOf(Instant.FromUnixTimeMilliseconds(time));
            _start = calendar.StartOf(date).ToUnixTimeMilliseconds();
            _end = calendar.StartOf(date.PlusDays(1)).ToUnixTimeMilliseconds();
        }

        return _end;
    }
}
