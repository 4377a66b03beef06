using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Rondo.Engine.Catalog;
using Rondo.Engine.Disk;
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
    private readonly IDisk _disk;
    private readonly Action<LogPosition, IngestBatch> _apply;
    private readonly TimeProvider _time;
    private readonly int _maximumBatchesPerCommit;
    private readonly Channel<Work> _queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(1024) { SingleReader = true });
    private readonly Task _writer;
    private readonly Lock _signalGate = new();
    private TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _position;
    private long _changes;

    /// <summary>Whether a commit that failed may stand in the write-ahead log.</summary>
    private bool _isUnsettled;

    /// <summary>Whether the write-ahead log may hold what was erased.</summary>
    private bool _emptiesLog;

    public DurableLog(SqliteConnection connection, string directory, Action<LogPosition, IngestBatch> apply, EngineOptions options, TimeProvider time)
    {
        _connection = connection;
        _directory = directory;
        _disk = options.Disk;
        _apply = apply;
        _time = time;
        _maximumBatchesPerCommit = options.MaximumBatchesPerCommit;
        _position = LastPosition(connection).Value;
        _changes = StoreDatabase.ReadMeta(connection, "changes") ?? 0;
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

    /// <summary>Completes once no commit that failed can come back. Whoever writes files that such a commit might speak of waits for it.</summary>
    public Task SettleAsync() => Volatile.Read(ref _isUnsettled) ? ChangeCatalogAsync((_, _) => { }) : Task.CompletedTask;

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
        using var connection = StoreDatabase.Connect(_disk, _directory, readOnly: true);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var appended = AppendedSignal();
            var upTo = Position;
            var chunk = ReadChunk(connection, _directory, after, upTo, limit: 32);
            foreach (var batch in chunk)
            {
                after = batch.Position;
                yield return batch;
            }

            if (chunk.Length == 0)
            {
                await appended.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The next batches after a position as they are now.</summary>
    public LoggedBatch[] ReadNow(LogPosition after, int limit)
    {
        using var connection = StoreDatabase.Connect(_disk, _directory, readOnly: true);
        return ReadChunk(connection, _directory, after, Position, limit);
    }

    /// <summary>Every batch after a position, for recovery; several are decoded at once.</summary>
    /// <exception cref="InvalidDataException">A batch is not as it was written, or missing between two others.</exception>
    public static IEnumerable<LoggedBatch> ReadAll(SqliteConnection connection, LogPosition after)
    {
        while (Decoded(ReadStored(connection, after, new LogPosition(long.MaxValue), limit: 64)) is { Length: > 0 } chunk)
        {
            foreach (var batch in chunk)
            {
                if (after.Value > 0 && batch.Position.Value != after.Value + 1)
                {
                    throw new InvalidDataException($"its log goes from batch {after.Value} to batch {batch.Position.Value}");
                }

                after = batch.Position;
                yield return batch;
            }
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

    private static LoggedBatch[] ReadChunk(SqliteConnection connection, string directory, LogPosition after, LogPosition upTo, int limit)
    {
        try
        {
            return Decoded(ReadStored(connection, after, upTo, limit));
        }
        catch (SqliteException exception)
        {
            throw StoreDatabase.Explain(exception, directory);
        }
        catch (InvalidDataException exception)
        {
            throw StoreDatabase.Damage(directory, exception);
        }
    }

    private static LoggedBatch[] Decoded(List<object?[]> rows)
    {
        try
        {
            return [.. rows.AsParallel().AsOrdered().Select(row => new LoggedBatch(new LogPosition((long)row[0]!), BatchCodec.Decode(Payload(row))))];
        }
        catch (AggregateException exception)
        {
            // What is wrong with one batch says it better than "one or more errors".
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            throw;
        }
    }

    /// <summary>The columns position, written, payload and, from format 4 on, checksum.</summary>
    private static List<object?[]> ReadStored(SqliteConnection connection, LogPosition after, LogPosition upTo, int limit)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT * FROM log WHERE position > $after AND position <= $upTo ORDER BY position LIMIT $limit";
        command.Parameters.AddWithValue("$after", after.Value);
        command.Parameters.AddWithValue("$upTo", upTo.Value);
        command.Parameters.AddWithValue("$limit", limit);
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            reader.GetValues(row!);
            rows.Add(row);
        }

        return rows;
    }

    private static byte[] Payload(object?[] row)
    {
        // A batch that a program of format 3 or before wrote has no checksum; it leaves the log with time.
        var isAsWritten = row.Length == 3 || row[3] is DBNull || (row[3] is long checksum && checksum == new RowHash().Of(row.AsSpan(0, 3)));
        return isAsWritten && row[2] is byte[] payload ? payload : throw new InvalidDataException($"batch {row[0]} of its log is not as it was written");
    }

    private async Task WriteLoopAsync()
    {
        using var insert = _connection.CreateCommand();
        insert.CommandText = $"INSERT INTO log (position, written, payload, checksum) VALUES ($position, $written, $payload, {TableDigests.HashOf("$position, $written, $payload")})";
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
            Transact(transaction =>
            {
                insert.Transaction = transaction;
                for (var index = 0; index < group.Count; index++)
                {
                    insert.Parameters[0].Value = first + index;
                    insert.Parameters[1].Value = _time.GetUtcNow().ToUnixTimeMilliseconds();
                    insert.Parameters[2].Value = group[index].Payload;
                    insert.ExecuteNonQuery();
                }
            });
        }
        catch (Exception refused) when (refused is StoreUnavailableException or StoreDamagedException)
        {
            group.ForEach(work => work.Done.TrySetException(refused));
            return;
        }

        Mark(new LogPosition(first + group.Count - 1));
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

            Transact(transaction =>
            {
                work.Change!(_connection, transaction);
                CountChange(transaction);
            });
            _changes++;
            Mark(Position);
            _emptiesLog |= work.ErasesWithZeros;
            EmptyLog();
            work.Done.TrySetResult(Position);
        }
        catch (SqliteException exception)
        {
            work.Done.TrySetException(StoreDatabase.Explain(exception, _directory));
        }
        catch (Exception exception)
        {
            work.Done.TrySetException(exception);
        }
    }

    /// <exception cref="StoreUnavailableException">The disk refused; the message says whether anything was kept.</exception>
    private void Transact(Action<SqliteTransaction> write)
    {
        const string Nothing = "nothing of this request was kept";
        if (_isUnsettled && !TrySettle())
        {
            throw new StoreUnavailableException($"The event store in {_directory} cannot write its log. Free disk space or check the disk; {Nothing}.");
        }

        try
        {
            using var transaction = _connection.BeginTransaction();
            write(transaction);
            _isUnsettled = true;
            transaction.Commit();
            _isUnsettled = false;
        }
        catch (SqliteException exception) when (StoreDatabase.Explain(exception, _directory) is StoreUnavailableException)
        {
            // The last frame is written last, so a disk that had no space for it has no commit.
            _isUnsettled &= exception.SqliteErrorCode != SQLitePCL.raw.SQLITE_FULL;
            var kept = !_isUnsettled || TrySettle() ? Nothing : "whether this request was kept is not known before the disk works again: send it again then";
            throw new StoreUnavailableException($"The event store in {_directory} could not write its log ({exception.Message}). Free disk space or check the disk; {kept}.", exception);
        }
        catch (SqliteException exception)
        {
            throw StoreDatabase.Explain(exception, _directory);
        }
    }

    /// <summary>
    /// A commit whose flush failed stands in the write-ahead log all the same, and whoever opens the store next would take it for
    /// kept. Another commit is written over it, so that what was refused stays refused and its positions and parts can be used.
    /// </summary>
    private bool TrySettle()
    {
        try
        {
            using var transaction = _connection.BeginTransaction();
            CountChange(transaction);
            transaction.Commit();
            _changes++;
            _isUnsettled = false;
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private void CountChange(SqliteTransaction transaction) => StoreDatabase.WriteMeta(_connection, transaction, "changes", _changes + 1);

    /// <summary>The commit stands whether or not this works, so it is tried again after the next change.</summary>
    private void EmptyLog()
    {
        if (_emptiesLog)
        {
            try
            {
                // One statement at a time: what fails after a statement that gave rows is not told. The first column says whether somebody reads the log.
                StoreDatabase.Execute(_connection, "PRAGMA secure_delete = OFF");
                using var command = _connection.CreateCommand();
                command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
                _emptiesLog = command.ExecuteScalar() is not 0L;
            }
            catch (SqliteException)
            {
                // What was erased is still in the write-ahead log; the disk refuses to take it out now.
                _emptiesLog = true;
            }
        }
    }

    private void Mark(LogPosition position)
    {
        try
        {
            new AcknowledgedMark(position.Value, _changes).Write(_disk, _directory);
        }
        catch (IOException)
        {
            // A mark that stays behind says less, and nothing wrong.
            return;
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
