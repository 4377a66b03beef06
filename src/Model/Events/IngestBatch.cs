using NodaTime;
using Rondo.Model.Profiles;

namespace Rondo.Model.Events;

/// <summary>What one request, file chunk or sender hands to the store: all of it becomes durable, or none.</summary>
/// <param name="ReceivedAt">When the server took it; of two duplicates the later one is shown.</param>
/// <param name="Events">In the order they were sent; may be empty.</param>
/// <param name="ProfileUpdates">Applied in order, after the events' identity merges; may be empty.</param>
public sealed record IngestBatch(Instant ReceivedAt, IReadOnlyList<TrackedEvent> Events, IReadOnlyList<ProfileUpdate> ProfileUpdates);
