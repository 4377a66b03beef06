using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Extensions;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Campaigns;

/// <summary>Which campaigns wait for events, answered from memory until one is launched, stopped or finished. Thread-safe.</summary>
internal sealed class CampaignWatch(EngagementDatabase database, EngagementOptions options, TimeProvider time)
{
    /// <summary>Goal events of clients that were offline arrive this much later than they happened (what /track takes).</summary>
    private static readonly Duration Lateness = Duration.FromDays(5);

    private readonly ConcurrentDictionary<ProjectId, Watched> _watched = [];
    private int _version;

    /// <summary>Whoever launches or stops a campaign says so: the event that follows must find it.</summary>
    public void Invalidate() => Interlocked.Increment(ref _version);

    /// <summary>Campaigns of a project that wait for their trigger, or whose goal may still be reached.</summary>
    public async ValueTask<IReadOnlyList<LaunchedCampaign>> OfAsync(ProjectId project, CancellationToken cancellationToken)
    {
        var version = Volatile.Read(ref _version);
        if (_watched.TryGetValue(project, out var known) && known.Version == version && time.GetElapsedTime(known.ReadAt) < options.ClockInterval)
        {
            return known.Campaigns;
        }

        var readAt = time.GetTimestamp();
        var campaigns = await ReadAsync(project, cancellationToken);
        _watched[project] = new Watched(version, readAt, campaigns);
        return campaigns;
    }

    /// <summary>Projects that ever launched a campaign.</summary>
    public async Task<IReadOnlyList<ProjectId>> ProjectsAsync(CancellationToken cancellationToken)
    {
        await using var data = database.Open();
        var projects = await data.Campaigns.Where(row => row.LaunchedAt != null && !row.IsPast).Select(row => row.Project).Distinct().ToListAsync(cancellationToken);
        return [.. projects.Select(project => new ProjectId(project))];
    }

    private async Task<IReadOnlyList<LaunchedCampaign>> ReadAsync(ProjectId project, CancellationToken cancellationToken)
    {
        var now = time.GetCurrentInstant();
        var horizon = now - Lateness - Duration.FromDays(PlanLimits.MaximumGoalWindowDays);
        await using var data = database.Open();
        var rows = await data.Campaigns.AsNoTracking()
            .Where(row => row.Project == project.Value && row.LaunchedAt != null && !row.IsPast && (row.FinishedAt == null || row.FinishedAt >= horizon))
            .ToListAsync(cancellationToken);
        return [.. rows.Select(LaunchedCampaign.Of).Where(campaign => IsWatching(campaign, now))];
    }

    private static bool IsWatching(LaunchedCampaign campaign, Instant now) =>
        (campaign.Plan.Delivery is SendOnEvent && campaign.FinishedAt is null)
        || (campaign.Plan.Goal is { } goal && (campaign.FinishedAt is not { } finishedAt || now <= finishedAt + goal.Window + Lateness));

    private sealed record Watched(int Version, long ReadAt, IReadOnlyList<LaunchedCampaign> Campaigns);
}
