using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.Contracts;

namespace Rondo.Engagement.Data;

/// <summary>
/// Opens <c>engagement.db</c>; the first to ask brings its schema up to date. Definitions go through EF; the ledger's hot
/// paths use the connection plainly. Writers take turns here, so that SQLite never makes them wait blindly. Thread-safe.
/// </summary>
internal sealed class EngagementDatabase : IErasedFile, IDisposable
{
    private readonly string _connectionString;
    private readonly DbContextOptions<EngagementData> _options;
    private readonly Lazy<bool> _isMigrated;
    private readonly SemaphoreSlim _turn = new(1);

    public EngagementDatabase(EngagementOptions options)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = Path.Combine(options.DataDirectory, "engagement.db"), DefaultTimeout = 30 }.ToString();
        _options = new DbContextOptionsBuilder<EngagementData>().UseSqlite(_connectionString).Options;
        _isMigrated = new Lazy<bool>(() => Migrate(options.DataDirectory));
    }

    /// <summary>A context for reading definitions and settings; the caller's, who disposes it.</summary>
    public EngagementData Open()
    {
        _ = _isMigrated.Value;
        return new EngagementData(_options);
    }

    /// <summary>Takes the writers' turn for changes made through EF.</summary>
    public async Task<T> ChangeAsync<T>(Func<EngagementData, Task<T>> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var data = Open();
            return await change(data);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Changes something as one transaction, durable when the task completes.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, T> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await ConnectAsync(cancellationToken);
            await using var transaction = connection.BeginTransaction(deferred: false);
            var result = change(connection);
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Reads something as of one moment.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteConnection, T> question, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await using var transaction = connection.BeginTransaction(deferred: true);
        return question(connection);
    }

    /// <inheritdoc/>
    public bool HoldsRemnants => Remnants.AreIn(_connectionString);

    /// <inheritdoc/>
    public async Task RemoveRemnantsAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Remnants.Remove(_connectionString);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<SqliteConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        _ = _isMigrated.Value;
        var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private bool Migrate(string directory)
    {
        Directory.CreateDirectory(directory);
        using var data = new EngagementData(_options);
        data.Database.Migrate();

        // Readers must not wait for the sender, and a kill must not lose a claim: WAL with full sync.
        data.Database.ExecuteSqlRaw("PRAGMA journal_mode = WAL;");
        return true;
    }
}
