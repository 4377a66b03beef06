using System.Numerics;
using NodaTime;
using Rondo.Engine.Planning;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution.Straight;

/// <summary>Cuts a person's events into sessions by silence and by the project's midnights.</summary>
/// <param name="timeline">Everybody's events but those that neither start nor extend a session.</param>
/// <param name="timeout">Milliseconds of silence that end a session when they are exceeded.</param>
/// <param name="midnights">The days that the store's events lie in.</param>
internal sealed unsafe class TimeoutCutter(Track timeline, long timeout, BucketTable midnights)
{
    public Track Timeline => timeline;

    /// <summary>The cutter of sessions over a store.</summary>
    public static TimeoutCutter Of(Question question, TimeoutSessions sessions)
    {
        var (view, context) = (question.View, question.Context);
        var isInside = view.EventNames.Select(name => !context.Lexicon.IsOutside(sessions, name)).ToArray();
        var (first, last) = view.Timelines().Aggregate((First: long.MaxValue, Last: long.MinValue), (span, run) => (Math.Min(span.First, run.Span.First), Math.Max(span.Last, run.Span.Last)));
        var edges = new List<long>();
        for (var day = context.Calendar.DateOf(Instant.FromUnixTimeMilliseconds(first > last ? 0 : first)); edges.Count < 2 || edges[^1] <= last; day = day.PlusDays(1))
        {
            edges.Add(context.Calendar.StartOf(day).ToUnixTimeMilliseconds());
        }

        return new TimeoutCutter(Track.Timeline(view, Array.TrueForAll(isInside, inside => inside) ? null : isInside), sessions.TimeoutSeconds * 1000L, new BucketTable([.. edges]));
    }

    /// <summary>Says of many attempts whether they stay within a session.</summary>
    /// <param name="events">The timeline.</param>
    public SessionSpan<T> Span<T>(TrackBlock<T> events)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        new(events, new BucketKernel<T>(midnights, midnights.StartOf(0), midnights.EndOf(midnights.Count - 1), timeline.Span()), TrackBlocks.Of<T>(timeout));

    /// <summary>Writes when the sessions begin and when their last events are; gives how many there are.</summary>
    public int Cut<T>(TrackBlock<T> events, int place, ref T[] starts, ref T[] ends)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var silence = TrackBlocks.Of<T>(timeout);
        var count = 0;
        var last = T.Zero;
        var midnight = T.Zero;
        var endIndex = events.Ends[place];
        for (var index = events.Starts[place]; index < endIndex; index++)
        {
            var time = events.Times[index];
            if (time >= midnight || time - last > silence)
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
                midnight = time >= midnight ? TrackBlocks.Of<T>(midnights.EndOf(midnights.Of(long.CreateTruncating(time) * (1000 / TrackBlocks.PerSecond<T>())))) : midnight;
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
