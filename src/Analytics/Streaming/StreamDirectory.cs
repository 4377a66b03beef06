using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming.Data;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Streaming;

/// <summary>The streams of all projects, as people see and change them. <see cref="StreamLoop"/> does what is written down here.</summary>
internal sealed partial class StreamDirectory(IntegrationsDatabase database, IEventStores stores, StreamLags lags, TimeProvider time) : IEventStreams
{
    public async Task<IReadOnlyList<EventStream>> ListAsync(ProjectId project, CancellationToken cancellationToken)
    {
        List<StreamRow> rows;
        await using (var context = database.Open())
        {
            rows = await context.Streams.AsNoTracking().Where(row => row.ProjectId == project.Value).OrderByDescending(row => row.Id).ToListAsync(cancellationToken);
        }

        var streams = new List<EventStream>();
        foreach (var row in rows)
        {
            streams.Add(await ToStreamAsync(row, cancellationToken));
        }

        return streams;
    }

    public async Task<EventStream?> FindAsync(ProjectId project, StreamId stream, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        return await context.Streams.AsNoTracking().SingleOrDefaultAsync(row => row.Id == stream.Value && row.ProjectId == project.Value, cancellationToken) is { } row
            ? await ToStreamAsync(row, cancellationToken)
            : null;
    }

    public async IAsyncEnumerable<StreamRecordLine> RecordAsync(ProjectId project, StreamId stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var lines = context.StreamRecord.AsNoTracking()
            .Where(line => line.StreamId == stream.Value && context.Streams.Any(row => row.Id == stream.Value && row.ProjectId == project.Value))
            .OrderBy(line => line.Id)
            .AsAsyncEnumerable();
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            yield return new StreamRecordLine(line.At, line.EventId, line.Event, line.DistinctId, line.Reason, line.Detail);
        }
    }

    private async Task<EventStream> ToStreamAsync(StreamRow row, CancellationToken cancellationToken)
    {
        var store = await stores.OpenAsync(new ProjectId(row.ProjectId), cancellationToken);
        return new EventStream(
            new StreamId(row.Id),
            new ConnectionId(row.ConnectionId),
            StreamSessions.SettingsOf(row),
            row.State,
            row.CreatedAt,
            new StreamCounts(row.Sent, row.Anonymous, row.Incomplete, row.Refused, row.LostBatches),
            await lags.OfAsync(row.Id, new LogPosition(row.Position), StreamSessions.SelectionOf(row), store, time.GetCurrentInstant(), cancellationToken),
            row is { BackfillFrom: { } from, BackfillReachedAt: { } reached, BackfillEnd: { } end } ? new StreamBackfill(from, reached, end) : null,
            row.LastSentAt,
            row.State == StreamState.Paused ? null : row.NextAt,
            row is { TroubleAt: { } at, TroubleMessage: { } message, TroubleAdvice: { } advice } ? new SyncTrouble(at, message, advice) : null);
    }
}
