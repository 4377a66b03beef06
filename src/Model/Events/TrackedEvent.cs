using NodaTime;

namespace Rondo.Model.Events;

/// <summary>An event as ingestion accepted it. It is never changed afterwards; who did it is resolved when it is read.</summary>
/// <remarks>
/// <see cref="DistinctId"/> is the id as ingested, after the resolution order of simplified identity merge (user id, else
/// <c>$device:</c> + device id, else the id that was sent). The empty string means "no person": such an event counts in
/// totals and in nothing else.
/// </remarks>
public sealed record TrackedEvent
{
    /// <summary>The event's name, never empty.</summary>
    public required string Name { get; init; }

    /// <summary>The id the event was stored under; empty when it belongs to nobody.</summary>
    public required string DistinctId { get; init; }

    /// <summary>When it happened, to the millisecond.</summary>
    public required Instant Time { get; init; }

    /// <summary>The client's key against duplicates; null when none was sent, and then the event is never a duplicate.</summary>
    public string? InsertId { get; init; }

    /// <summary>The anonymous device, without the <c>$device:</c> prefix. Together with <see cref="UserId"/> it merges the two.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The identified user, when the event named one.</summary>
    public string? UserId { get; init; }

    /// <summary>All other properties, without the ones above. No name appears twice.</summary>
    public required IReadOnlyList<Property> Properties { get; init; }
}
