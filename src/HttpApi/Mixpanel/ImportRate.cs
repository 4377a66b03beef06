using System.Threading.RateLimiting;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Holds imports of one project to a number of events a minute, when there is such a bound.</summary>
internal sealed class ImportRate(HttpApiOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly PartitionedRateLimiter<ProjectId>? _limiter = options.MaximumImportedEventsPerMinute is { } maximum
        ? PartitionedRateLimiter.Create<ProjectId, ProjectId>(project => RateLimitPartition.GetFixedWindowLimiter(
            project,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = maximum, Window = Minute, AutoReplenishment = true }))
        : null;

    /// <summary>How long to wait before so many events can be taken; null when they can be taken now, and then they are counted.</summary>
    public TimeSpan? WaitFor(ProjectId project, int eventCount)
    {
        if (_limiter is null)
        {
            return null;
        }

        // A batch larger than a minute's worth takes the whole minute; otherwise it could never be taken.
        using var lease = _limiter.AttemptAcquire(project, Math.Min(eventCount, options.MaximumImportedEventsPerMinute!.Value));
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > TimeSpan.Zero ? wait : Minute;
    }

    public ValueTask DisposeAsync() => _limiter?.DisposeAsync() ?? ValueTask.CompletedTask;
}
