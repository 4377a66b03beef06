using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.AudienceSync.Data;

/// <summary>
/// Opens <c>integrations.db</c>; the first to ask brings its schema up to date. Definitions go through EF; the members' hot
/// paths use the connection plainly. Thread-safe.
/// </summary>
internal sealed class IntegrationsDatabase : IErasedFile, IDisposable
{
    private readonly string _connectionString;
    private readonly DbContextOptions<IntegrationsDbContext> _options;
    private readonly Lazy<bool> _isMigrated;
    private readonly SemaphoreSlim _turn = new(1, 1);

    public IntegrationsDatabase(AnalyticsOptions options)
    {
        var path = Path.Combine(options.Directory, "integrations.db");
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, DefaultTimeout = 30 }.ToString();
        _options = new DbContextOptionsBuilder<IntegrationsDbContext>().UseSqlite(_connectionString).Options;
        _isMigrated = new Lazy<bool>(() => Migrate(options.Directory));
    }

    /// <summary>A context for reading; the caller's, who disposes it.</summary>
    public IntegrationsDbContext Open()
    {
        _ = _isMigrated.Value;
        return new IntegrationsDbContext(_options);
    }

    /// <summary>Takes the writers' turn, so that SQLite never makes one of them wait blindly.</summary>
    public async Task<T> ChangeAsync<T>(Func<IntegrationsDbContext, Task<T>> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var context = Open();
            return await change(context);
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
        using var context = new IntegrationsDbContext(_options);
        context.Database.Migrate();

        // Readers must not wait for a sync, and a kill must not lose what was sent: WAL with full sync.
        context.Database.ExecuteSqlRaw("PRAGMA journal_mode = WAL;");
        return true;
    }
}
