using System.Threading.RateLimiting;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Holds imports of one project to a number of events a minute, when there is such a bound.</summary>
internal sealed class ImportRate : IAsyncDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly PartitionedRateLimiter<ProjectId>? _limiter;

    public ImportRate(HttpApiOptions options)
    {
        if (options.MaximumImportedEventsPerMinute is { } maximum)
        {
            _limiter = PartitionedRateLimiter.Create<ProjectId, ProjectId>(project => RateLimitPartition.GetFixedWindowLimiter(
                project,
                _ => new FixedWindowRateLimiterOptions { PermitLimit = maximum, Window = Minute, AutoReplenishment = true }));
        }
    }

    /// <summary>How long to wait before so many events can be taken; null when they can be taken now, and then they are counted.</summary>
    public TimeSpan? WaitFor(ProjectId project, int eventCount)
    {
        if (_limiter is null)
        {
            return null;
        }

        using var lease = _limiter.AttemptAcquire(project, eventCount);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > TimeSpan.Zero ? wait : Minute;
    }

    public ValueTask DisposeAsync() => _limiter?.DisposeAsync() ?? ValueTask.CompletedTask;
}
