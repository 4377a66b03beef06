using NodaTime;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution.Straight;

/// <summary>Cuts a person's events into sessions by silence and by the project's midnights.</summary>
/// <param name="isExcluded">Per event name of the store, whether it neither starts nor extends a session; null when no name does.</param>
/// <param name="timeout">Milliseconds of silence that end a session when they are exceeded.</param>
/// <param name="midnights">The days that the store's events lie in.</param>
internal sealed unsafe class TimeoutCutter(bool[]? isExcluded, long timeout, BucketTable midnights)
{
    /// <summary>The cutter of the project's sessions.</summary>
    public static TimeoutCutter Of(Question question)
    {
        var (view, context) = (question.View, question.Context);
        var isExcluded = view.EventNames.Select(context.Sessions.ExcludedEvents.Contains).ToArray();
        var (first, last) = view.Timelines().Aggregate((First: long.MaxValue, Last: long.MinValue), (span, run) => (Math.Min(span.First, run.Span.First), Math.Max(span.Last, run.Span.Last)));
        var edges = new List<long>();
        for (var day = context.Calendar.DateOf(Instant.FromUnixTimeMilliseconds(Math.Min(first, last))); edges.Count < 2 || edges[^1] <= last; day = day.PlusDays(1))
        {
            edges.Add(context.Calendar.StartOf(day).ToUnixTimeMilliseconds());
        }

        return new TimeoutCutter(Array.Exists(isExcluded, excluded => excluded) ? isExcluded : null, (long)context.Sessions.Timeout.TotalMilliseconds, new BucketTable([.. edges]));
    }

    /// <summary>Writes when the sessions begin and when their last events are; gives how many there are.</summary>
    public int Cut(TrackBlock timeline, int place, ref long[] starts, ref long[] ends)
    {
        var count = 0;
        var last = long.MinValue;
        var midnight = long.MinValue;
        var endIndex = timeline.Ends[place];
        for (var index = timeline.Starts[place]; index < endIndex; index++)
        {
            if (isExcluded is not null && isExcluded[timeline.NameOf(index)])
            {
                continue;
            }

            var time = timeline.Times[index];
            if (time >= midnight || time - last > timeout)
            {
                if (count > 0)
                {
                    ends[count - 1] = last;
                }

                if (count == starts.Length)
                {
                    Array.Resize(ref starts, count * 2);
                    Array.Resize(ref ends, count * 2);
                }

                starts[count++] = time;
                midnight = time >= midnight ? midnights.EndOf(midnights.Of(time)) : midnight;
            }

            last = time;
        }

        if (count > 0)
        {
            ends[count - 1] = last;
        }

        return count;
    }
}
