using NodaTime;

namespace Rondo.Model.Time;

/// <summary>Half-open span [Start, End). The default value is the empty window at the epoch.</summary>
public readonly record struct TimeWindow(Instant Start, Instant End)
{
    /// <summary>From the first to the last instant that can be expressed.</summary>
    public static TimeWindow Always => new(Instant.MinValue, Instant.MaxValue);

    /// <summary>Whether the instant is at or after the start and before the end.</summary>
    public bool Contains(Instant instant) => instant >= Start && instant < End;
}
