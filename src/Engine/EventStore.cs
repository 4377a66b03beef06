using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Rondo.Engine.Catalog;
using Rondo.Engine.Execution;
using Rondo.Engine.Head;
using Rondo.Engine.Identity;
using Rondo.Engine.Log;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;
using Rondo.Engine.Profiles;
using Rondo.Engine.Recovery;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Engine;

/// <summary>
/// The embedded store of one project, in one folder. A batch goes to the durable log, then into the head, where questions
/// see it; the sealer turns heads into immutable parts in the background, and compaction joins parts.
/// </summary>
public sealed partial class EventStore : IEventStore
{
    private readonly string _directory;
    private readonly StoreFolder _folder;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly SqliteConnection _connection;
    private readonly DurableLog _log;
    private readonly Sealer _sealer;

    /// <summary>Guards everything below: one batch is applied, or one view taken, at a time.</summary>
    private readonly Lock _gate = new();
    private readonly IdDirectory _ids = new();
    private readonly ProfileTable _profiles = new();
    private readonly EventNames _eventNames;
    private ImmutableArray<Part> _parts;
    private int _retentionDays;
    private long _dropCount;
    private ImmutableArray<EventHead> _sealing = [];
    private EventHead _head = new();
    private long _nextArrival;
    private LogPosition _applied;

    private EventStore(SqliteConnection connection, string directory, EngineOptions options, TimeProvider time, ILogger logger)
    {
        options.Check();
        _directory = directory;
        _folder = new StoreFolder(options.Disk, directory);
        _options = options;
        _time = time;
        _connection = connection;
        _eventNames = new EventNames(Catalogue.EventNames(_connection));
        Catalogue.RestoreIds(_connection, options.Disk, directory, _ids);
        var looseProfiles = ProfileRows.Restore(_connection, _profiles);
        _parts = [.. Catalogue.Parts(_connection, options.Disk, directory)];
        _nextArrival = StoreDatabase.ReadMeta(_connection, "next_arrival") ?? 1;
        _applied = new LogPosition(StoreDatabase.ReadMeta(_connection, "sealed_position") ?? 0);
        _retentionDays = (int)(StoreDatabase.ReadMeta(_connection, "retention_days") ?? 0);
        var idsInFile = StoreDatabase.ReadMeta(_connection, "ids_in_file") ?? 0;
        var given = StoreFolder.NumbersGiven(_connection);
        _folder.Tidy(_parts, idsInFile, given);
        var persisted = new Persisted(_ids.Snapshot(), _eventNames.Snapshot().Names, given.NextPart, _nextArrival);
        foreach (var (position, batch) in DurableLog.ReadAll(_connection, _applied))
        {
            if (position.Value != _applied.Value + 1)
            {
                throw new InvalidDataException($"the parts hold its log up to batch {_applied.Value}, and it goes on with batch {position.Value}");
            }

            Apply(position, batch);
        }

        // From here on the connection belongs to the log's writer; nothing else may touch it.
        _log = new DurableLog(_connection, directory, Apply, options, time);
        _sealer = new Sealer(this, persisted, (int)idsInFile, given.Ids, looseProfiles, logger);
    }

    /// <inheritdoc/>
    public LogPosition Position
    {
        get
        {
            lock (_gate)
            {
                return _applied;
            }
        }
    }

    /// <summary>Opens the store in a folder, creating it when there is none, and applies what the log holds beyond the parts.</summary>
    /// <exception cref="StoreDamagedException">The folder is of another format, or damaged; the message says where.</exception>
    /// <exception cref="StoreUnavailableException">The disk is full, or refuses the folder.</exception>
    public static EventStore Open(string directory, EngineOptions options, TimeProvider time, ILogger logger)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = StoreDatabase.Open(options.Disk, directory);
            return new EventStore(connection, directory, options, time, logger);
        }
        catch (Exception exception)
        {
            connection?.Dispose();
            throw exception switch
            {
                SqliteException sqlite => StoreDatabase.Explain(sqlite, directory),
                InvalidDataException => StoreDatabase.Damage(directory, exception),
                _ => exception,
            };
        }
    }

    /// <inheritdoc/>
    public async ValueTask<LogPosition> AppendAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        await _sealer.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        return await _log.AppendAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LoggedBatch> ReadLogAsync(LogPosition after, CancellationToken cancellationToken) => _log.ReadAsync(after, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LoggedBatch>> LoggedAfterAsync(LogPosition after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return Task.Run<IReadOnlyList<LoggedBatch>>(() => _log.ReadNow(after, limit), cancellationToken);
    }

    /// <inheritdoc/>
    public string? KeptInsertId(string? insertId) => InsertKey.ToInsertId(InsertKey.Of(insertId));

    /// <summary>Seals what the head holds now and joins parts where that is due; completes when it is done.</summary>
    public Task SealAsync(CancellationToken cancellationToken) => _sealer.SealNowAsync(cancellationToken);

    /// <summary>Seals what the head holds and joins all parts into as few as possible; completes when it is done.</summary>
    public Task OptimizeAsync(CancellationToken cancellationToken) => _sealer.JoinAllAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sealer.DisposeAsync().ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
        foreach (var part in _parts)
        {
            part.Release();
        }

        _profiles.Dispose();
        _ids.Dispose();
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    internal StoreView View()
    {
        lock (_gate)
        {
            foreach (var part in _parts)
            {
                part.Acquire();
            }

            var ids = _ids.Snapshot();
            return new StoreView(
                _parts,
                [.. _sealing.Append(_head).Where(head => head.RowCount > 0).Select(head => head.RunsNow(ids))],
                ids,
                _eventNames.Snapshot(),
                _profiles);
        }
    }

    private void Apply(LogPosition position, IngestBatch batch)
    {
        lock (_gate)
        {
            foreach (var tracked in batch.Events)
            {
                Apply(tracked);
            }

            foreach (var update in batch.ProfileUpdates)
            {
                Apply(update);
            }

            _applied = position;
        }
    }

    private void Apply(TrackedEvent tracked)
    {
        if (tracked.DeviceId is { Length: > 0 } device && tracked.UserId is { Length: > 0 } user)
        {
            _ids.Merge(device, user);
        }

        var id = _ids.NumberOf(tracked.DistinctId);
        if (id != IdDirectory.Nobody)
        {
            _ids.MarkEvent(id);
        }

        var row = new RowKey(
            tracked.Time.ToUnixTimeMilliseconds(),
            id,
            InsertKey.Of(tracked.InsertId),
            tracked.DeviceId is { Length: > 0 } deviceId ? _ids.NumberOf(DeviceIds.DistinctIdOf(deviceId)) : IdDirectory.Nobody,
            EventReader.IsUser(tracked.DistinctId) != tracked.UserId is { Length: > 0 },
            _eventNames.NumberOf(tracked.Name));
        _nextArrival++;
        _head.Add(row, tracked.Properties, _time.GetUtcNow());
    }

    private void Apply(ProfileUpdate update)
    {
        var number = _ids.NumberOf(update.DistinctId);
        _profiles.Apply(update.IgnoreAlias ? number : _ids.FindPerson(update.DistinctId) ?? number, update);
    }

    /// <summary>What the catalogue holds: ids with their merges, names, and where parts and arrivals go on.</summary>
    private sealed record Persisted(IdSnapshot Ids, string[] EventNames, long NextPartId, long NextArrival);
}
