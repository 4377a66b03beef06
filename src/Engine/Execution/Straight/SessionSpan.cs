using System.Numerics;
using System.Runtime.Intrinsics;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution.Straight;

/// <summary>The session of the entry, ended by silence or the project's midnight. Belongs to one thread.</summary>
/// <remarks>
/// On another day it is another session. On the same day, a time not further from the entry than the silence is in the same
/// session whatever happened between. Only of the others the events between are looked at.
/// </remarks>
/// <param name="timeline">The events that start or extend sessions.</param>
/// <param name="days">The days they lie in.</param>
/// <param name="silence">Without an event for longer than this a session is over.</param>
internal sealed unsafe class SessionSpan<T>(TrackBlock<T> timeline, BucketKernel<T> days, T silence) : IAttemptSpan<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly NativeColumn<int> _unclear = new(TrackBlocks.Width + 1);

    /// <inheritdoc/>
    public void Find(int* places, T* entries, T* times, int count, int* isWithin)
    {
        var day = days.Buckets;
        var longest = long.CreateTruncating(silence);
        var unclear = _unclear.Start;
        var unclearCount = 0;
        for (var index = 0; index < count; index++)
        {
            var length = long.CreateTruncating(times[index]) - long.CreateTruncating(entries[index]);
            var isSameDay = (int)((uint)((day.Of(times[index]) ^ day.Of(entries[index])) - 1) >> 31);
            var isNear = (int)((length - longest - 1) >>> 63);
            isWithin[index] = (isSameDay & isNear) | (int)(length >>> 63);
            unclear[unclearCount] = index;
            unclearCount += isSameDay & (1 - isNear);
        }

        for (var index = 0; index < unclearCount; index++)
        {
            var of = unclear[index];
            isWithin[of] = IsUnbroken(places[of], entries[of], times[of]) ? 1 : 0;
        }
    }

    /// <summary>Whether there is no silence between two of a person's events.</summary>
    private bool IsUnbroken(int place, T from, T to)
    {
        var times = timeline.Times;
        var end = times + timeline.Ends[place];
        var first = times + timeline.Starts[place];
        var at = first + AscendingTimes.CountBefore(first, (int)(end - first), from);
        var (lasts, silences) = (Vector512.Create(to), Vector512.Create(silence));
        for (; at + Vector512<T>.Count < timeline.TimesEnd && at < end && *at < to; at += Vector512<T>.Count)
        {
            // Whoever's the times behind the person's last are: they do not count, as that one is not before the time asked about.
            var before = Vector512.Load(at);
            var isBroken = Vector512.GreaterThan(Vector512.Load(at + 1) - before, silences).ExtractMostSignificantBits();
            var isAsked = BitOperations.TrailingZeroCount(~Vector512.LessThan(before, lasts).ExtractMostSignificantBits());
            if ((isBroken & ((1UL << isAsked) - 1)) != 0)
            {
                return false;
            }
        }

        for (; at + 1 < end && *at < to; at++)
        {
            if (at[1] - *at > silence)
            {
                return false;
            }
        }

        return true;
    }
}
