using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Channels.Sandbox;

/// <summary>What the sandbox remembers: one row per key, on disk before it answers. Writes of many senders share a commit.</summary>
internal sealed class SandboxStore : IForgetsPeople, IErasedFile, IAsyncDisposable
{
    private readonly string _connectionString;
    private readonly Channel<Pending> _queue = System.Threading.Channels.Channel.CreateUnbounded<Pending>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lazy<Task> _writer;

    public SandboxStore(EngagementOptions options)
    {
        var path = Path.Combine(options.DataDirectory, "sandbox.db");
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString();
        _writer = new Lazy<Task>(() => Task.Run(WriteAsync));
    }

    /// <summary>Remembers a message under its key; gives what was remembered first when the key is known already.</summary>
    public async Task<SandboxRecord> RememberAsync(SandboxRecord record, CancellationToken cancellationToken)
    {
        _ = _writer.Value;
        var pending = new Pending(record);
        await _queue.Writer.WriteAsync(pending, cancellationToken);
        return await pending.Written.Task;
    }

    /// <summary>What was remembered under these keys.</summary>
    public async Task<IReadOnlyDictionary<string, SandboxRecord>> RecallAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"{SelectRecords} WHERE key IN (SELECT value FROM json_each($keys))";
        command.Parameters.AddWithValue("$keys", JsonSerializer.Serialize(keys));
        return (await ReadAsync(command, cancellationToken)).ToDictionary(record => record.Key);
    }

    public async Task<IReadOnlyList<SandboxRecord>> LatestAsync(ProjectId project, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"{SelectRecords} WHERE project = $project AND bounce IS NULL ORDER BY rowid DESC LIMIT $limit";
        command.Parameters.AddWithValue("$project", project.Value);
        command.Parameters.AddWithValue("$limit", limit);
        return await ReadAsync(command, cancellationToken);
    }

    public async Task<int> CountAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM sandbox_messages WHERE project = $project AND bounce IS NULL";
        command.Parameters.AddWithValue("$project", project.Value);
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public async Task ForgetAsync(ProjectId project, IReadOnlyCollection<string> distinctIds, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var transaction = connection.BeginTransaction(deferred: false);
        await using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM sandbox_messages WHERE project = $project AND person IN (SELECT value FROM json_each($ids))";
        command.Parameters.AddWithValue("$project", project.Value);
        command.Parameters.AddWithValue("$ids", JsonSerializer.Serialize(distinctIds));
        await command.ExecuteNonQueryAsync(cancellationToken);
        Remnants.Mark(connection);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public bool HoldsRemnants => Remnants.AreIn(_connectionString);

    /// <inheritdoc/>
    public Task RemoveRemnantsAsync(CancellationToken cancellationToken) => Task.Run(() => Remnants.Remove(_connectionString), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        if (_writer.IsValueCreated)
        {
            await _writer.Value;
        }
    }

    private const string SelectRecords = "SELECT key, project, person, channel, address, title, body, link, data, at, bounce FROM sandbox_messages";

    private async Task WriteAsync()
    {
        var batch = new List<Pending>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < 1000 && _queue.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }

            try
            {
                await WriteBatchAsync(batch);
            }
            catch (SqliteException failure)
            {
                batch.ForEach(pending => pending.Written.TrySetException(failure));
            }
        }
    }

    private async Task WriteBatchAsync(List<Pending> batch)
    {
        var known = new List<(Pending Pending, SandboxRecord Record)>();
        await using (var connection = await OpenAsync(CancellationToken.None))
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var insert = connection.CreateCommand();
            insert.CommandText =
                """
                INSERT OR IGNORE INTO sandbox_messages (key, project, person, channel, address, title, body, link, data, at, bounce)
                VALUES ($key, $project, $person, $channel, $address, $title, $body, $link, $data, $at, $bounce)
                """;
            foreach (var pending in batch)
            {
                var record = pending.Record;
                insert.Parameters.Clear();
                insert.Parameters.AddWithValue("$key", record.Key);
                insert.Parameters.AddWithValue("$project", record.Message.Project.Value);
                insert.Parameters.AddWithValue("$person", record.Message.DistinctId);
                insert.Parameters.AddWithValue("$channel", (int)record.Message.Channel);
                insert.Parameters.AddWithValue("$address", record.Message.Address);
                insert.Parameters.AddWithValue("$title", record.Message.Title);
                insert.Parameters.AddWithValue("$body", record.Message.Body);
                insert.Parameters.AddWithValue("$link", record.Message.Link);
                insert.Parameters.AddWithValue("$data", JsonSerializer.Serialize(record.Message.Data));
                insert.Parameters.AddWithValue("$at", record.Message.At.ToUnixTimeMilliseconds());
                insert.Parameters.AddWithValue("$bounce", (object?)record.Bounce ?? DBNull.Value);
                if (await insert.ExecuteNonQueryAsync() == 1)
                {
                    known.Add((pending, record));
                }
            }

            await transaction.CommitAsync();
        }

        var repeated = batch.Except(known.Select(pair => pair.Pending)).ToList();
        if (repeated.Count > 0)
        {
            var records = await RecallAsync([.. repeated.Select(pending => pending.Record.Key)], CancellationToken.None);
            known.AddRange(repeated.Select(pending => (pending, records[pending.Record.Key])));
        }

        known.ForEach(pair => pair.Pending.Written.TrySetResult(pair.Record));
    }

    private static async Task<List<SandboxRecord>> ReadAsync(SqliteCommand command, CancellationToken cancellationToken)
    {
        var records = new List<SandboxRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            records.Add(new SandboxRecord(
                reader.GetString(0),
                new SandboxMessage(
                    new ProjectId(reader.GetInt32(1)),
                    reader.GetString(2),
                    (Contracts.Channel)reader.GetInt32(3),
                    reader.GetString(4),
                    reader.GetString(5),
                    reader.GetString(6),
                    reader.GetString(7),
                    JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(8)) ?? [],
                    Instant.FromUnixTimeMilliseconds(reader.GetInt64(9))),
                await reader.IsDBNullAsync(10, cancellationToken) ? null : reader.GetString(10)));
        }

        return records;
    }

    private async Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS sandbox_messages (
                key TEXT NOT NULL UNIQUE, project INTEGER NOT NULL, person TEXT NOT NULL, channel INTEGER NOT NULL, address TEXT NOT NULL,
                title TEXT NOT NULL, body TEXT NOT NULL, link TEXT NOT NULL, data TEXT NOT NULL, at INTEGER NOT NULL, bounce TEXT);
            CREATE INDEX IF NOT EXISTS sandbox_messages_project ON sandbox_messages (project);
            """;
        await command.ExecuteNonQueryAsync(cancellationToken);
        return connection;
    }

    private sealed record Pending(SandboxRecord Record)
    {
        public TaskCompletionSource<SandboxRecord> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A message the sandbox was given, and why it bounced, if it did.</summary>
internal sealed record SandboxRecord(string Key, SandboxMessage Message, string? Bounce);
