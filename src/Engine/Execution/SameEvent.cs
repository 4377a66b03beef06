using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution;

/// <summary>Finds an event of one track in another that holds it too, for the person both stand at.</summary>
internal static class SameEvent
{
    /// <summary>Its index in <paramref name="other"/>. O(log events + events of the same instant).</summary>
    public static int IndexIn(TrackCursor other, TrackCursor events, int index)
    {
        var arrival = events.ArrivalOf(index);
        var found = TimeBuckets.LowerBound(other.Times, events.Times[index]);
        while (other.ArrivalOf(found) != arrival)
        {
            found++;
        }

        return found;
    }
}
