using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.AudienceSync;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming.Data;
using Rondo.Model;
using Rondo.Model.Stores;
using NodaTime;

namespace Rondo.Analytics.Streaming;

/// <summary>Puts a stream to work.</summary>
internal sealed class StreamSessions(
    IntegrationsDatabase database,
    ConnectionDirectory connections,
    IProjects projects,
    IEventStores stores,
    StreamLags lags,
    AnalyticsOptions options,
    TimeProvider time)
{
    /// <summary>The session is the caller's, who disposes it.</summary>
    public async Task<StreamSession> OpenAsync(StreamRow row, CancellationToken cancellationToken)
    {
        ConnectionRow connection;
        await using (var context = database.Open())
        {
            connection = await context.Connections.AsNoTracking().SingleAsync(found => found.Id == row.ConnectionId, cancellationToken);
        }

        var project = await projects.FindAsync(new ProjectId(row.ProjectId), cancellationToken) ?? throw new InvalidOperationException($"There is no project {row.ProjectId}.");
        var store = await stores.OpenAsync(project.Id, cancellationToken);
        var selection = SelectionOf(row);
        var receiver = connections.Receiver(connection, project, new StreamId(row.Id), SettingsOf(row));
        return new StreamSession(
            row,
            new StreamTable(database, row, time),
            store,
            receiver,
            selection,
            new EventMapper(store, selection, receiver.Needs, project.Token),
            lags,
            options.Integrations,
            time);
    }

    public static EventSelection SelectionOf(StreamRow row) => new(ChoiceOf(row));

    public static StreamSettings SettingsOf(StreamRow row) =>
        new(row.Name, ChoiceOf(row), row.Format, row.FileIntervalMilliseconds is { } milliseconds ? Duration.FromMilliseconds(milliseconds) : null);

    private static EventChoice ChoiceOf(StreamRow row) =>
        JsonSerializer.Deserialize<EventChoice>(row.Choice, ModelJson.Options) ?? throw new InvalidDataException($"Stream {row.Id} is stored without a choice.");
}
