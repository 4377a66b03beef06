using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Engine.Excerpts;

/// <summary>When events leave and enter a range that moves with the present. Milliseconds since 1970.</summary>
internal sealed class WindowEdges
{
    private readonly long[] _moments = [];
    private readonly long[] _starts = [];

    public WindowEdges(DateRange? range, QueryContext context)
    {
        if (range is null)
        {
            (Start, End, NextMove) = (long.MinValue, long.MaxValue, long.MaxValue);
            return;
        }

        var calendar = context.Calendar;
        var window = range.Resolve(calendar, context.Now);
        (Start, End, NextMove) = (window.Start.ToUnixTimeMilliseconds(), window.End.ToUnixTimeMilliseconds(), long.MaxValue);
        if (range is BetweenRange)
        {
            return;
        }

        var day = calendar.Next(calendar.StartOf(context.Now, CalendarUnit.Day), CalendarUnit.Day);
        NextMove = day.ToUnixTimeMilliseconds();
        if (range is not LastRange last)
        {
            return;
        }

        // The start moves from unit to unit; after as many of them as the range has, nothing of the present window is left in it.
        _moments = new long[last.Count + 1];
        _starts = new long[last.Count + 1];
        var moment = calendar.StartOf(context.Now, last.Unit);
        for (var index = 0; index < _moments.Length; index++)
        {
            moment = calendar.Next(moment, last.Unit);
            _moments[index] = moment.ToUnixTimeMilliseconds();
            _starts[index] = range.Resolve(calendar, moment).Start.ToUnixTimeMilliseconds();
        }

        NextMove = last.Unit == CalendarUnit.Hour ? _moments[0] : NextMove;
    }

    /// <summary>The first millisecond now in the range.</summary>
    public long Start { get; }

    /// <summary>Its end, not included.</summary>
    public long End { get; }

    /// <summary>When either end next moves; <see cref="long.MaxValue"/> for never.</summary>
    public long NextMove { get; }

    /// <summary>When an event that is in the range leaves it; <see cref="long.MaxValue"/> for never.</summary>
    public long LeavesAt(long time)
    {
        var (low, high) = (0, _starts.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_starts[middle] > time)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low < _moments.Length ? _moments[low] : long.MaxValue;
    }
}
