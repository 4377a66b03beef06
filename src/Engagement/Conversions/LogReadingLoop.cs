using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rondo.Engagement.Campaigns;
using Rondo.Engagement.Delivery;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Conversions;

/// <summary>Follows the log of every project that has a campaign waiting for events.</summary>
internal sealed partial class LogReadingLoop(
    CampaignWatch watch, IEventStores stores, Ledger ledger, LogReader reader, Signals signals, EngagementOptions options, TimeProvider time, ILogger<LogReadingLoop> logger) : BackgroundService
{
    private const int MaximumStretch = 500;

    /// <summary>A stretch that caused nothing moves the cursor only this often: reading it again costs little, a commit each time would not.</summary>
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(10);

    private readonly Dictionary<ProjectId, Task> _readers = [];

    /// <summary>Reads what a project's log holds now; gives how much it caused. Needs no running loop.</summary>
    public async Task<int> CatchUpAsync(ProjectId project, CancellationToken cancellationToken)
    {
        var campaigns = await watch.OfAsync(project, cancellationToken);
        var store = await stores.OpenAsync(project, cancellationToken);
        var position = await StartAsync(project, campaigns, cancellationToken);
        var end = store.Position;
        if (campaigns.Count == 0 || position.CompareTo(end) >= 0)
        {
            return 0;
        }

        var stretch = new List<LoggedBatch>();
        await foreach (var batch in store.ReadLogAsync(position, cancellationToken))
        {
            stretch.Add(batch);
            if (batch.Position.CompareTo(end) >= 0)
            {
                break;
            }
        }

        var effectCount = await reader.ReadAsync(project, stretch, campaigns, cancellationToken);
        Announce(effectCount);
        return effectCount;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var project in await WatchedProjectsAsync(stoppingToken))
                {
                    if (!_readers.TryGetValue(project, out var running) || running.IsCompleted)
                    {
                        _readers[project] = Task.Run(() => FollowAsync(project, stoppingToken), CancellationToken.None);
                    }
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogFailed(failure);
            }

            try
            {
                await Task.Delay(options.ClockInterval, time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await Task.WhenAll(_readers.Values);
    }

    private async Task FollowAsync(ProjectId project, CancellationToken stoppingToken)
    {
        try
        {
            var store = await stores.OpenAsync(project, stoppingToken);
            var stretch = new List<LoggedBatch>();
            var savedAt = time.GetTimestamp();
            await foreach (var batch in store.ReadLogAsync(await StartAsync(project, await watch.OfAsync(project, stoppingToken), stoppingToken), stoppingToken))
            {
                // Batches that are there already are dealt with together; the last one there is never waits for another.
                stretch.Add(batch);
                if (stretch.Count < MaximumStretch && batch.Position.CompareTo(store.Position) < 0)
                {
                    continue;
                }

                // Asked for every stretch: a campaign launched a moment ago must not miss the event that follows.
                var campaigns = await watch.OfAsync(project, stoppingToken);
                if (campaigns.Count == 0)
                {
                    return;
                }

                Announce(await reader.ReadAsync(project, stretch, campaigns, stoppingToken));
                stretch.Clear();
                if (time.GetElapsedTime(savedAt) > SaveInterval)
                {
                    savedAt = time.GetTimestamp();
                    await ledger.EnrolTriggeredAsync(project, [], [], batch.Position, stoppingToken);
                }
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
        }
        catch (OperationCanceledException)
        {
            // The server is stopping; the stretch is read again by the next run.
        }
    }

    private void Announce(int effectCount)
    {
        if (effectCount > 0)
        {
            signals.Sends.Raise();
            signals.Reports.Raise();
        }
    }

    /// <summary>Everything before the first campaign that still watches is of no interest, whatever was read before.</summary>
    private async Task<LogPosition> StartAsync(ProjectId project, IReadOnlyList<LaunchedCampaign> campaigns, CancellationToken cancellationToken)
    {
        var cursor = await ledger.CursorAsync(project, cancellationToken) ?? default;
        var launch = campaigns.Select(campaign => campaign.LaunchPosition).DefaultIfEmpty().Min();
        return cursor.CompareTo(launch) > 0 ? cursor : launch;
    }

    private async Task<List<ProjectId>> WatchedProjectsAsync(CancellationToken cancellationToken)
    {
        var watched = new List<ProjectId>();
        foreach (var project in await watch.ProjectsAsync(cancellationToken))
        {
            if ((await watch.OfAsync(project, cancellationToken)).Count > 0)
            {
                watched.Add(project);
            }
        }

        return watched;
    }

    [LoggerMessage(LogLevel.Error, "The log of a project could not be read for campaigns; it will be tried again.")]
    private partial void LogFailed(Exception failure);
}
