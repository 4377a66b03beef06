using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming.Receivers;
using Rondo.Model;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync;

/// <summary>The connections of all projects; keys lie encrypted and are opened for destinations and receivers alone.</summary>
internal sealed class ConnectionDirectory(
    IntegrationsDatabase database, IDataProtectionProvider protection, DestinationFactory destinations, ReceiverFactory receivers, IProjects projects, TimeProvider time) : IConnections
{
    private readonly SecretBox _secrets = new(protection, "Rondo.Analytics.Integrations");

    public async Task<IReadOnlyList<Connection>> ListAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var rows = await context.Connections.AsNoTracking().Where(row => row.ProjectId == project.Value).ToListAsync(cancellationToken);
        return [.. rows.Select(ToConnection).OrderBy(connection => connection.Name, StringComparer.Ordinal)];
    }

    public async Task<Connection?> FindAsync(ProjectId project, ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        return await FindRowAsync(context, project, connection, cancellationToken) is { } row ? ToConnection(row) : null;
    }

    public Task<Outcome<Connection>> CreateAsync(ProjectId project, string name, ConnectionSettings settings, CancellationToken cancellationToken) => database.ChangeAsync(
        async context =>
        {
            var problems = ConnectionProblems.Of(name, settings).ToList();
            if (problems.Count > 0)
            {
                return Outcome<Connection>.Refused(problems);
            }

            if (await IsTakenAsync(context, project, name, null, cancellationToken))
            {
                return NameTaken(name);
            }

            var row = new ConnectionRow
            {
                ProjectId = project.Value,
                Name = name,
                Settings = WithoutSecrets(settings),
                Secrets = Closed(settings),
                CreatedAt = time.GetCurrentInstant(),
            };
            context.Connections.Add(row);
            await context.SaveChangesAsync(cancellationToken);
            return Outcome<Connection>.Accepted(ToConnection(row));
        },
        cancellationToken);

    public Task<Outcome<Connection>> ChangeAsync(ProjectId project, ConnectionId connection, string name, ConnectionSettings settings, CancellationToken cancellationToken) => database.ChangeAsync(
        async context =>
        {
            if (await FindRowAsync(context, project, connection, cancellationToken) is not { } row)
            {
                return NoSuchConnection(connection);
            }

            var stored = WithSecrets(row);
            if (settings is not null && settings.GetType() != stored.GetType())
            {
                return Outcome<Connection>.Refused("settings.kind", "cannot be changed: make another connection");
            }

            var merged = settings is null ? null : MergedSecrets(settings, stored);
            var problems = ConnectionProblems.Of(name, merged).ToList();
            if (problems.Count > 0)
            {
                return Outcome<Connection>.Refused(problems);
            }

            if (await IsTakenAsync(context, project, name, row.Id, cancellationToken))
            {
                return NameTaken(name);
            }

            (row.Name, row.Settings, row.Secrets) = (name, WithoutSecrets(merged!), Closed(merged!));
            await context.SaveChangesAsync(cancellationToken);

            // Whatever stopped them may have been mended; those that somebody paused stay so.
            await context.Syncs.Where(sync => sync.ConnectionId == row.Id && sync.State == SyncState.Paused && sync.TroubleAdvice != SyncAdvice.Resume && sync.TroubleAdvice != SyncAdvice.RemoveSync)
                .ExecuteUpdateAsync(set => set.SetProperty(sync => sync.State, SyncState.Active).SetProperty(sync => sync.FailureCount, 0).SetProperty(sync => sync.NextAt, (Instant?)null), cancellationToken);
            await context.Syncs.Where(sync => sync.ConnectionId == row.Id).ExecuteUpdateAsync(set => set.SetProperty(sync => sync.DeclaredName, (string?)null), cancellationToken);
            await context.Streams.Where(stream => stream.ConnectionId == row.Id).ExecuteUpdateAsync(
                set => set.SetProperty(stream => stream.Revision, stream => stream.Revision + 1).SetProperty(stream => stream.FailureCount, 0).SetProperty(stream => stream.NextAt, (Instant?)null), cancellationToken);
            return Outcome<Connection>.Accepted(ToConnection(row));
        },
        cancellationToken);

    public Task<Outcome<Connection>> RemoveAsync(ProjectId project, ConnectionId connection, CancellationToken cancellationToken) => database.ChangeAsync(
        async context =>
        {
            if (await FindRowAsync(context, project, connection, cancellationToken) is not { } row)
            {
                return NoSuchConnection(connection);
            }

            if (await context.Syncs.AnyAsync(sync => sync.ConnectionId == row.Id, cancellationToken))
            {
                return Outcome<Connection>.Refused("connection", "is used by syncs: remove them first");
            }

            if (await context.Streams.AnyAsync(stream => stream.ConnectionId == row.Id, cancellationToken))
            {
                return Outcome<Connection>.Refused("connection", "is used by streams: remove them first");
            }

            context.Connections.Remove(row);
            await context.SaveChangesAsync(cancellationToken);
            return Outcome<Connection>.Accepted(ToConnection(row));
        },
        cancellationToken);

    public async Task<Outcome<ConnectionTest>> TestAsync(ProjectId project, ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        if (await FindRowAsync(context, project, connection, cancellationToken) is not { } row)
        {
            return Outcome<ConnectionTest>.Refused("connection", $"there is no connection {connection}");
        }

        return Outcome<ConnectionTest>.Accepted(await AskAsync(row, cancellationToken) switch
        {
            Taken => new ConnectionTest(true, "The other side answers and accepts the keys.", null),
            Stopped stopped => new ConnectionTest(false, stopped.Detail, stopped.Advice),
            (PageRefused or TooLarge) and var refused => new ConnectionTest(false, refused.Detail, SyncAdvice.ReadAnswer),
            var answer => new ConnectionTest(false, answer.Detail, SyncAdvice.Wait),
        });
    }

    /// <summary>The receiver behind a row; the caller's, who disposes it.</summary>
    public IEventReceiver Receiver(ConnectionRow row, Project project, StreamId stream, StreamSettings? settings) => receivers.Create(WithSecrets(row), project.Id, project.Token, stream, settings);

    /// <summary>The destination behind a row; the caller's, who disposes it.</summary>
    public IAudienceDestination Destination(ConnectionRow row) => destinations.Create(WithSecrets(row), new ProjectId(row.ProjectId));

    private async Task<DestinationAnswer> AskAsync(ConnectionRow row, CancellationToken cancellationToken)
    {
        if (SettingsOf(row).TakesAudiences)
        {
            await using var destination = Destination(row);
            return await destination.TestAsync(cancellationToken);
        }

        var project = await projects.FindAsync(new ProjectId(row.ProjectId), cancellationToken) ?? throw new InvalidOperationException($"There is no project {row.ProjectId}.");
        await using var receiver = Receiver(row, project, default, null);
        return await receiver.TestAsync(cancellationToken);
    }

    private ConnectionSettings WithSecrets(ConnectionRow row)
    {
        var settings = SettingsOf(row);
        return _secrets.Open(row.Secrets) is { } opened && JsonSerializer.Deserialize<Dictionary<string, string>>(opened) is { } secrets ? settings.With(secrets) : settings;
    }

    private string? Closed(ConnectionSettings settings) => settings.Secrets is { Count: > 0 } secrets ? _secrets.Close(JsonSerializer.Serialize(secrets)) : null;

    private static ConnectionSettings MergedSecrets(ConnectionSettings settings, ConnectionSettings stored)
    {
        var secrets = new Dictionary<string, string>(stored.Secrets);
        foreach (var (name, value) in settings.Secrets)
        {
            secrets[name] = value;
        }

        return settings.With(secrets);
    }

    private static string WithoutSecrets(ConnectionSettings settings) => JsonSerializer.Serialize(settings.With(new Dictionary<string, string>()), ModelJson.Options);

    private static ConnectionSettings SettingsOf(ConnectionRow row) =>
        JsonSerializer.Deserialize<ConnectionSettings>(row.Settings, ModelJson.Options) ?? throw new InvalidDataException($"Connection {row.Id} is stored without settings.");

    private static Connection ToConnection(ConnectionRow row) => new(new ConnectionId(row.Id), row.Name, SettingsOf(row), row.CreatedAt);

    private static Task<ConnectionRow?> FindRowAsync(IntegrationsDbContext context, ProjectId project, ConnectionId connection, CancellationToken cancellationToken) =>
        context.Connections.SingleOrDefaultAsync(row => row.Id == connection.Value && row.ProjectId == project.Value, cancellationToken);

    private static Task<bool> IsTakenAsync(IntegrationsDbContext context, ProjectId project, string name, int? except, CancellationToken cancellationToken) =>
        context.Connections.AnyAsync(row => row.ProjectId == project.Value && row.Name == name && row.Id != except, cancellationToken);

    private static Outcome<Connection> NameTaken(string name) => Outcome<Connection>.Refused("name", $"'{name}' is taken by another connection");

    private static Outcome<Connection> NoSuchConnection(ConnectionId connection) => Outcome<Connection>.Refused("connection", $"there is no connection {connection}");
}
