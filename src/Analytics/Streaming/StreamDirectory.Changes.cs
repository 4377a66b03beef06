using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming.Data;
using Rondo.Model;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Streaming;

internal sealed partial class StreamDirectory
{
    public async Task<Outcome<EventStream>> CreateAsync(ProjectId project, NewStream stream, CancellationToken cancellationToken)
    {
        var connection = await SettingsOfAsync(project, stream.Connection, cancellationToken);
        var problems = StreamProblems.Of(stream.Settings, connection).Concat(StreamProblems.OfBeginning(stream.BackfillFrom, time.GetCurrentInstant())).ToList();
        if (connection is null)
        {
            problems.Add(new Problem("connection", $"there is no connection {stream.Connection}"));
        }
        else if (!connection.TakesEvents)
        {
            problems.Add(new Problem("connection", "takes cohorts and no events"));
        }

        if (problems.Count > 0)
        {
            return Outcome<EventStream>.Refused(problems);
        }

        // The position before the moment: whatever is not after the position happened until the moment, and is of the past.
        var position = (await stores.OpenAsync(project, cancellationToken)).Position;
        var now = time.GetCurrentInstant();
        return await ChangeAsync(
            project,
            async context =>
            {
                if (await IsTakenAsync(context, project, stream.Settings.Name, null, cancellationToken))
                {
                    return NameTaken(stream.Settings.Name);
                }

                var row = new StreamRow
                {
                    ProjectId = project.Value,
                    ConnectionId = stream.Connection.Value,
                    Name = stream.Settings.Name,
                    Choice = JsonSerializer.Serialize(stream.Settings.Choice, ModelJson.Options),
                    Format = connection!.TakesFiles ? stream.Settings.Format ?? StreamFileFormat.Ndjson : null,
                    FileIntervalMilliseconds = (long?)stream.Settings.FileInterval?.TotalMilliseconds,
                    State = StreamState.Active,
                    Revision = 1,
                    CreatedAt = now,
                    Position = position.Value,
                    FileNumber = 0,
                    Sent = 0,
                    Anonymous = 0,
                    Incomplete = 0,
                    Refused = 0,
                    LostBatches = 0,
                    SkipsRefused = false,
                    FailureCount = 0,
                };
                Begin(row, stream.BackfillFrom, now);
                context.Streams.Add(row);
                return Outcome<StreamRow>.Accepted(row);
            },
            cancellationToken);
    }

    public Task<Outcome<EventStream>> ChangeAsync(ProjectId project, StreamId stream, StreamSettings settings, CancellationToken cancellationToken) => ChangeFoundAsync(
        project,
        stream,
        async (context, row) =>
        {
            var problems = StreamProblems.Of(settings, await SettingsOfAsync(project, new ConnectionId(row.ConnectionId), cancellationToken)).ToList();
            if (problems.Count > 0)
            {
                return Outcome<StreamRow>.Refused(problems);
            }

            if (await IsTakenAsync(context, project, settings.Name, row.Id, cancellationToken))
            {
                return NameTaken(settings.Name);
            }

            (row.Name, row.Choice) = (settings.Name, JsonSerializer.Serialize(settings.Choice, ModelJson.Options));
            (row.Format, row.FileIntervalMilliseconds) = (row.Format is null ? null : settings.Format ?? StreamFileFormat.Ndjson, (long?)settings.FileInterval?.TotalMilliseconds);
            lags.Forget(row.Id);
            return Outcome<StreamRow>.Accepted(row);
        },
        cancellationToken);

    public Task<Outcome<EventStream>> PauseAsync(ProjectId project, StreamId stream, CancellationToken cancellationToken) => ChangeFoundAsync(
        project,
        stream,
        (_, row) =>
        {
            if (row.State == StreamState.Paused)
            {
                return Task.FromResult(Outcome<StreamRow>.Refused("stream", "is paused already"));
            }

            (row.State, row.NextAt) = (StreamState.Paused, null);
            return Task.FromResult(Outcome<StreamRow>.Accepted(row));
        },
        cancellationToken);

    public Task<Outcome<EventStream>> ResumeAsync(ProjectId project, StreamId stream, CancellationToken cancellationToken) => ChangeFoundAsync(
        project,
        stream,
        (_, row) =>
        {
            if (row is { State: StreamState.Active, NextAt: null })
            {
                return Task.FromResult(Outcome<StreamRow>.Refused("stream", "is neither paused nor waiting"));
            }

            // Somebody has read the answers and wants the events that are refused to be passed over.
            row.SkipsRefused = row is { State: StreamState.Halted, TroubleAdvice: SyncAdvice.ReadAnswer };
            (row.State, row.NextAt, row.FailureCount, row.FailingSince) = (StreamState.Active, null, 0, null);
            (row.TroubleAt, row.TroubleMessage, row.TroubleAdvice) = (null, null, null);
            return Task.FromResult(Outcome<StreamRow>.Accepted(row));
        },
        cancellationToken);

    public Task<Outcome<EventStream>> BackfillAsync(ProjectId project, StreamId stream, Instant from, CancellationToken cancellationToken)
    {
        var now = time.GetCurrentInstant();
        var problems = StreamProblems.OfBeginning(from, now).ToList();
        return problems.Count > 0
            ? Task.FromResult(Outcome<EventStream>.Refused(problems))
            : ChangeFoundAsync(
                project,
                stream,
                (_, row) =>
                {
                    Begin(row, from, now);
                    return Task.FromResult(Outcome<StreamRow>.Accepted(row));
                },
                cancellationToken);
    }

    public async Task<Outcome<EventStream>> RemoveAsync(ProjectId project, StreamId stream, CancellationToken cancellationToken)
    {
        if (await FindAsync(project, stream, cancellationToken) is not { } found)
        {
            return NoSuchStream(stream);
        }

        await database.ChangeAsync(context => context.Streams.Where(row => row.Id == stream.Value).ExecuteDeleteAsync(cancellationToken), cancellationToken);
        lags.Forget(stream.Value);
        return Outcome<EventStream>.Accepted(found);
    }

    /// <summary>What happened until now is the past, as far as it is wanted.</summary>
    private static void Begin(StreamRow row, Instant? from, Instant now)
    {
        if (from is { } start)
        {
            (row.BackfillFrom, row.BackfillReachedAt, row.BackfillEnd) = (start, start, now + Duration.FromMilliseconds(1));
        }
    }

    private async Task<ConnectionSettings?> SettingsOfAsync(ProjectId project, ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        return await context.Connections.AsNoTracking().SingleOrDefaultAsync(row => row.Id == connection.Value && row.ProjectId == project.Value, cancellationToken) is { } row
            ? JsonSerializer.Deserialize<ConnectionSettings>(row.Settings, ModelJson.Options)
            : null;
    }

    private Task<Outcome<EventStream>> ChangeFoundAsync(ProjectId project, StreamId stream, Func<IntegrationsDbContext, StreamRow, Task<Outcome<StreamRow>>> change, CancellationToken cancellationToken) => ChangeAsync(
        project,
        async context =>
        {
            if (await context.Streams.SingleOrDefaultAsync(row => row.Id == stream.Value && row.ProjectId == project.Value, cancellationToken) is not { } row)
            {
                return Outcome<StreamRow>.Refused("stream", $"there is no stream {stream}");
            }

            row.Revision++;
            return await change(context, row);
        },
        cancellationToken);

    private async Task<Outcome<EventStream>> ChangeAsync(ProjectId project, Func<IntegrationsDbContext, Task<Outcome<StreamRow>>> change, CancellationToken cancellationToken)
    {
        var changed = await database.ChangeAsync(
            async context =>
            {
                var outcome = await change(context);
                if (outcome.IsAccepted)
                {
                    await context.SaveChangesAsync(cancellationToken);
                }

                return outcome;
            },
            cancellationToken);
        return changed.IsAccepted
            ? Outcome<EventStream>.Accepted((await FindAsync(project, new StreamId(changed.Value.Id), cancellationToken))!)
            : Outcome<EventStream>.Refused(changed.Problems);
    }

    private static Task<bool> IsTakenAsync(IntegrationsDbContext context, ProjectId project, string name, int? except, CancellationToken cancellationToken) =>
        context.Streams.AnyAsync(row => row.ProjectId == project.Value && row.Name == name && row.Id != except, cancellationToken);

    private static Outcome<StreamRow> NameTaken(string name) => Outcome<StreamRow>.Refused("name", $"'{name}' is taken by another stream");

    private static Outcome<EventStream> NoSuchStream(StreamId stream) => Outcome<EventStream>.Refused("stream", $"there is no stream {stream}");
}
