using System.Collections.Frozen;
using Rondo.Model.Events;

namespace Rondo.Engine.Log;

/// <summary>Takes persons out of batches that stay in the log.</summary>
internal static class BatchErasure
{
    /// <summary>The batch without the events and updates of some ids; null when it has none of them.</summary>
    public static IngestBatch? Without(IngestBatch batch, FrozenSet<string> ids)
    {
        var events = batch.Events.Where(tracked => !IsOf(tracked, ids)).ToList();
        var updates = batch.ProfileUpdates.Where(update => !ids.Contains(update.DistinctId)).ToList();
        var named = events.Any(tracked => HasDevice(tracked, ids));
        return events.Count == batch.Events.Count && updates.Count == batch.ProfileUpdates.Count && !named
            ? null
            : batch with { Events = [.. events.Select(tracked => HasDevice(tracked, ids) ? tracked with { DeviceId = null } : tracked)], ProfileUpdates = updates };
    }

    private static bool IsOf(TrackedEvent tracked, FrozenSet<string> ids) =>
        ids.Contains(tracked.DistinctId) || (tracked.UserId is { } user && ids.Contains(user));

    /// <summary>Somebody else may have used the same device.</summary>
    private static bool HasDevice(TrackedEvent tracked, FrozenSet<string> ids) =>
        tracked.DeviceId is { Length: > 0 } device && ids.Contains(DeviceIds.DistinctIdOf(device));
}
