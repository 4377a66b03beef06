using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution;

/// <summary>What events are read for, besides their times. Read-only, so threads share it.</summary>
/// <param name="Values">Numbers to sum; null for none.</param>
/// <param name="Segments">Their segments; null when they are not broken down.</param>
/// <param name="Slots">Where segments are shown; null when every segment is counted by itself.</param>
/// <param name="SlotCount">How many slots there are.</param>
internal sealed record EventReading(PropertyReader? Values, SegmentReader? Segments, SegmentSlots? Slots, int SlotCount)
{
    public bool IsNeeded => Values is not null || Segments is not null;

    /// <summary>The slots an event counts in; none twice.</summary>
    public ReadOnlySpan<int> SlotsOf(TrackCursor events, int index, int person)
    {
        var cell = Segments!.Of(events.RunOf(index), events.RowOf(index), person);
        return Slots is null ? Segments.SegmentsOf(cell) : Slots.SlotsOf(cell);
    }
}
