using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Rondo.Engine.Catalog;
using Rondo.Model.Events;
using Rondo.Model.Stores;

namespace Rondo.Engine.Log;

/// <summary>
/// The one writer of a store's database. Appends that wait at the same time share a commit; after the commit they are
/// applied in order, and only then acknowledged.
/// </summary>
internal sealed class DurableLog : IAsyncDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _directory;
    private readonly Action<LogPosition, IngestBatch> _apply;
    private readonly TimeProvider _time;
    private readonly int _maximumBatchesPerCommit;
    private readonly Channel<Work> _queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(1024) { SingleReader = true });
    private readonly Task _writer;
    private readonly Lock _signalGate = new();
    private TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _position;

    public DurableLog(SqliteConnection connection, string directory, Action<LogPosition, IngestBatch> apply, EngineOptions options, TimeProvider time)
    {
        _connection = connection;
        _directory = directory;
        _apply = apply;
        _time = time;
        _maximumBatchesPerCommit = options.MaximumBatchesPerCommit;
        _position = LastPosition(connection).Value;
        _writer = Task.Factory.StartNew(WriteLoopAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    public LogPosition Position => new(Volatile.Read(ref _position));

    public async ValueTask<LogPosition> AppendAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        var work = new Work(batch, BatchCodec.Encode(batch), null);
        await _queue.Writer.WriteAsync(work, cancellationToken).ConfigureAwait(false);

        // Once queued it will be written: waiting ends with the caller's patience, the write does not.
        return await work.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a change of the catalogue between two commits of the log, in a transaction of its own.</summary>
    /// <param name="change">What to do within the transaction.</param>
    /// <param name="erasesWithZeros">Whether what is deleted or written over is to leave no trace in the file.</param>
    public async Task ChangeCatalogAsync(Action<SqliteConnection, SqliteTransaction> change, bool erasesWithZeros = false)
    {
        var work = new Work(null, null, change) { ErasesWithZeros = erasesWithZeros };
        await _queue.Writer.WriteAsync(work).ConfigureAwait(false);
        await work.Done.Task.ConfigureAwait(false);
    }

    public async IAsyncEnumerable<LoggedBatch> ReadAsync(LogPosition after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var connection = StoreDatabase.Connect(_directory, readOnly: true);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var appended = AppendedSignal();
            var upTo = Position;
            var read = 0;
            foreach (var (position, payload) in ReadChunk(connection, after, upTo, limit: 32))
            {
                read++;
                after = position;
                yield return new LoggedBatch(position, BatchCodec.Decode(payload));
            }

            if (read == 0)
            {
                await appended.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The next batches after a position as they are now.</summary>
    public LoggedBatch[] ReadNow(LogPosition after, int limit)
    {
        using var connection = StoreDatabase.Connect(_directory, readOnly: true);
        return [.. ReadChunk(connection, after, Position, limit).Select(stored => new LoggedBatch(stored.Position, BatchCodec.Decode(stored.Payload)))];
    }

    /// <summary>Every batch after a position, for recovery; several are decoded at once.</summary>
    public static IEnumerable<LoggedBatch> ReadAll(SqliteConnection connection, LogPosition after)
    {
        while (ReadChunk(connection, after, new LogPosition(long.MaxValue), limit: 64) is { Count: > 0 } chunk)
        {
            foreach (var batch in Decoded(chunk))
            {
                after = batch.Position;
                yield return batch;
            }
        }
    }

    private static LoggedBatch[] Decoded(List<(LogPosition Position, byte[] Payload)> chunk)
    {
        try
        {
            return [.. chunk.AsParallel().AsOrdered().Select(stored => new LoggedBatch(stored.Position, BatchCodec.Decode(stored.Payload)))];
        }
        catch (AggregateException exception)
        {
            // What is wrong with one batch says it better than "one or more errors".
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer.ConfigureAwait(false);
    }

    /// <summary>The last batch that a store's file knows of, kept or only sealed.</summary>
    public static LogPosition LastPosition(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT max(coalesce((SELECT max(position) FROM log), 0), coalesce((SELECT value FROM meta WHERE key = 'sealed_position'), 0))";
        return new LogPosition((long)command.ExecuteScalar()!);
    }

    private static List<(LogPosition Position, byte[] Payload)> ReadChunk(SqliteConnection connection, LogPosition after, LogPosition upTo, int limit)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT position, payload FROM log WHERE position > $after AND position <= $upTo ORDER BY position LIMIT $limit";
        command.Parameters.AddWithValue("$after", after.Value);
        command.Parameters.AddWithValue("$upTo", upTo.Value);
        command.Parameters.AddWithValue("$limit", limit);
        using var reader = command.ExecuteReader();
        var chunk = new List<(LogPosition, byte[])>();
        while (reader.Read())
        {
            chunk.Add((new LogPosition(reader.GetInt64(0)), (byte[])reader.GetValue(1)));
        }

        return chunk;
    }

    private async Task WriteLoopAsync()
    {
        using var insert = _connection.CreateCommand();
        insert.CommandText = "INSERT INTO log (position, written, payload) VALUES ($position, $written, $payload)";
        insert.Parameters.Add("$position", SqliteType.Integer);
        insert.Parameters.Add("$written", SqliteType.Integer);
        insert.Parameters.Add("$payload", SqliteType.Blob);
        var group = new List<Work>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            Work? change = null;
            while (group.Count < _maximumBatchesPerCommit && _queue.Reader.TryRead(out var work))
            {
                if (work.Change is not null)
                {
                    change = work;
                    break;
                }

                group.Add(work);
            }

            if (group.Count > 0)
            {
                Commit(insert, group);
            }

            if (change is not null)
            {
                Run(change);
            }
        }
    }

    private void Commit(SqliteCommand insert, List<Work> group)
    {
        var first = _position + 1;
        try
        {
            using var transaction = _connection.BeginTransaction();
            insert.Transaction = transaction;
            for (var index = 0; index < group.Count; index++)
            {
                insert.Parameters[0].Value = first + index;
                insert.Parameters[1].Value = _time.GetUtcNow().ToUnixTimeMilliseconds();
                insert.Parameters[2].Value = group[index].Payload;
                insert.ExecuteNonQuery();
            }

            transaction.Commit();
        }
        catch (SqliteException exception)
        {
            var refused = new StoreUnavailableException($"The event store in {_directory} could not write its log ({exception.Message}). Free disk space or check the disk; nothing of this request was kept.", exception);
            group.ForEach(work => work.Done.TrySetException(refused));
            return;
        }

        for (var index = 0; index < group.Count; index++)
        {
            var position = new LogPosition(first + index);
            try
            {
                _apply(position, group[index].Batch!);
                Volatile.Write(ref _position, position.Value);
                group[index].Done.TrySetResult(position);
            }
            catch (Exception exception)
            {
                // The batch is durable and will be applied again at the next start: the caller must know, not the others.
                Volatile.Write(ref _position, position.Value);
                group[index].Done.TrySetException(exception);
            }
        }

        Signal();
    }

    private void Run(Work work)
    {
        try
        {
            if (work.ErasesWithZeros)
            {
                StoreDatabase.Execute(_connection, "PRAGMA secure_delete = ON");
            }

            using (var transaction = _connection.BeginTransaction())
            {
                work.Change!(_connection, transaction);
                transaction.Commit();
            }

            if (work.ErasesWithZeros)
            {
                StoreDatabase.Execute(_connection, "PRAGMA secure_delete = OFF; PRAGMA wal_checkpoint(TRUNCATE)");
            }

            work.Done.TrySetResult(Position);
        }
        catch (Exception exception)
        {
            work.Done.TrySetException(exception);
        }
    }

    private Task AppendedSignal()
    {
        lock (_signalGate)
        {
            return _appended.Task;
        }
    }

    private void Signal()
    {
        TaskCompletionSource signal;
        lock (_signalGate)
        {
            signal = _appended;
            _appended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        signal.TrySetResult();
    }

    private sealed record Work(IngestBatch? Batch, byte[]? Payload, Action<SqliteConnection, SqliteTransaction>? Change)
    {
        public bool ErasesWithZeros { get; init; }

        public TaskCompletionSource<LogPosition> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
