using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming.Data;

namespace Rondo.Analytics.Streaming;

/// <summary>Keeps every stream at work, each on its own: one that is slow or dead holds up no other.</summary>
internal sealed class StreamLoop(IntegrationsDatabase database, StreamSessions sessions, AnalyticsOptions options, TimeProvider time, ILogger<StreamLoop> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<int, Following> _following = [];
    private readonly ConcurrentDictionary<int, Instant> _notBefore = [];

    /// <summary>Sends everything that can be sent now, and waits for it.</summary>
    public async Task RunDueAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll((await DueAsync(cancellationToken)).Select(row => Task.Run(() => WorkAsync(row, isFollowing: false, cancellationToken), CancellationToken.None)));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Integrations.RunsSyncs)
        {
            return;
        }

        try
        {
            while (true)
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    logger.LogError(exception, "The streams could not be read.");
                }

                await Task.Delay(options.Integrations.ClockInterval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_following.Values.Select(following => following.Work));
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        var due = await DueAsync(stoppingToken);
        Dictionary<int, int> wanted;
        await using (var context = database.Open())
        {
            wanted = await context.Streams.Where(row => row.State != StreamState.Paused).ToDictionaryAsync(row => row.Id, row => row.Revision, stoppingToken);
        }

        foreach (var (stream, following) in _following)
        {
            if (following.Work.IsCompleted)
            {
                _following.TryRemove(stream, out _);
                following.Stop.Dispose();
            }
            else if (!wanted.TryGetValue(stream, out var revision) || revision != following.Revision)
            {
                await following.Stop.CancelAsync();
            }
        }

        foreach (var row in due.Where(row => !_following.ContainsKey(row.Id)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            _following[row.Id] = new Following(row.Revision, stop, Task.Run(() => WorkAsync(row, isFollowing: true, stop.Token), CancellationToken.None));
        }
    }

    private async Task<List<StreamRow>> DueAsync(CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var rows = await context.Streams.AsNoTracking().Where(row => row.State != StreamState.Paused).ToListAsync(cancellationToken);
        var now = time.GetCurrentInstant();
        return [.. rows.Where(row => (row.NextAt is null || row.NextAt <= now) && (!_notBefore.TryGetValue(row.Id, out var next) || next <= now))];
    }

    private async Task WorkAsync(StreamRow row, bool isFollowing, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await sessions.OpenAsync(row, cancellationToken);
            while (true)
            {
                var turn = await session.TurnAsync(cancellationToken);
                switch (turn.Kind)
                {
                    case TurnKind.Continue:
                        continue;
                    case TurnKind.Idle when isFollowing:
                        await session.MoreAsync(cancellationToken);
                        continue;
                    case TurnKind.Wait when isFollowing:
                        var wait = turn.At - time.GetCurrentInstant();
                        await Task.Delay(wait > Duration.Zero ? wait.ToTimeSpan() : TimeSpan.Zero, time, cancellationToken);
                        continue;

                    // When to try again is written down; the next look finds it.
                    default:
                        return;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops, or somebody changed the stream: the row says where it stands.
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Stream {Stream} could not go on.", row.Id);
            _notBefore[row.Id] = time.GetCurrentInstant() + Duration.FromTimeSpan(options.Integrations.RetryDelay);
        }
    }

    /// <summary>A stream at work.</summary>
    private sealed record Following(int Revision, CancellationTokenSource Stop, Task Work);
}
