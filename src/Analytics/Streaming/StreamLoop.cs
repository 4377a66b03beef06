using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using NodaTime;
using Rondo.Analytics.AudienceSync;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming.Data;

namespace Rondo.Analytics.Streaming;

/// <summary>Keeps every stream at work, each on its own: one that is slow or dead holds up no other.</summary>
internal sealed class StreamLoop(IntegrationsDatabase database, StreamSessions sessions, AnalyticsOptions options, TimeProvider time, ILogger<StreamLoop> logger)
    : IntegrationLoop(options.Integrations, time, logger)
{
    private readonly ConcurrentDictionary<int, Following> _following = [];
    private readonly ConcurrentDictionary<int, Instant> _notBefore = [];

    /// <summary>The streams at work. One that is stopped is among them until its work has ended.</summary>
    public IEnumerable<int> AtWork => _following.Keys;

    protected override IEnumerable<Task> Work => _following.Values.Select(following => following.Work);

    /// <summary>Sends everything that can be sent now, and waits for it.</summary>
    public async Task RunDueAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll((await RowsAsync(cancellationToken)).Where(IsDue).Select(row => Task.Run(() => WorkAsync(row, isFollowing: false, cancellationToken), CancellationToken.None)));

    protected override async Task LookAsync(CancellationToken stoppingToken)
    {
        // Before the rows are read: one that ended since has written down what they do not say yet.
        foreach (var (stream, following) in _following.Where(entry => entry.Value.Work.IsCompleted))
        {
            _following.TryRemove(stream, out _);
            following.Stop.Dispose();
        }

        var rows = (await RowsAsync(stoppingToken)).ToDictionary(row => row.Id);
        foreach (var (stream, following) in _following)
        {
            if (!rows.TryGetValue(stream, out var row) || row.Revision != following.Revision)
            {
                await following.Stop.CancelAsync();
            }
        }

        foreach (var row in rows.Values.Where(row => IsDue(row) && !_following.ContainsKey(row.Id)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            _following[row.Id] = new Following(row.Revision, stop, Task.Run(() => WorkAsync(row, isFollowing: true, stop.Token), CancellationToken.None));
        }
    }

    /// <summary>The streams that nobody has paused.</summary>
    private async Task<List<StreamRow>> RowsAsync(CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        return await context.Streams.AsNoTracking().Where(row => row.State != StreamState.Paused).ToListAsync(cancellationToken);
    }

    private bool IsDue(StreamRow row)
    {
        var now = Time.GetCurrentInstant();
        return (row.NextAt is null || row.NextAt <= now) && (!_notBefore.TryGetValue(row.Id, out var next) || next <= now);
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
                        var wait = turn.At - Time.GetCurrentInstant();
                        await Task.Delay(wait > Duration.Zero ? wait.ToTimeSpan() : TimeSpan.Zero, Time, cancellationToken);
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
            Logger.LogError(exception, "Stream {Stream} could not go on.", row.Id);
            _notBefore[row.Id] = Time.GetCurrentInstant() + Duration.FromTimeSpan(Options.RetryDelay);
        }
    }

    /// <summary>A stream at work.</summary>
    private sealed record Following(int Revision, CancellationTokenSource Stop, Task Work);
}
