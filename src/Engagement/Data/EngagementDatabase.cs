using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Rondo.Engagement.Data;

/// <summary>
/// The file behind <see cref="EngagementData"/>. Definitions go through EF; the ledger's hot paths use its connection plainly.
/// Writers take turns here, so that SQLite never makes them wait blindly.
/// </summary>
internal sealed class EngagementDatabase(EngagementOptions options, IDbContextFactory<EngagementData> contexts) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Where the file lies.</summary>
    public static string ConnectionStringOf(EngagementOptions options) =>
        new SqliteConnectionStringBuilder { DataSource = Path.Combine(options.DataDirectory, "engagement.db"), DefaultTimeout = 30 }.ToString();

    /// <summary>Creates the file or brings it up to this version.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.DataDirectory);
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        await data.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
        await data.Database.MigrateAsync(cancellationToken);
    }

    /// <summary>A context for definitions and settings.</summary>
    public Task<EngagementData> OpenAsync(CancellationToken cancellationToken) => contexts.CreateDbContextAsync(cancellationToken);

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

    /// <summary>Takes the writers' turn for changes made through EF.</summary>
    public async Task<T> ChangeAsync<T>(Func<EngagementData, Task<T>> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var data = await OpenAsync(cancellationToken);
            return await change(data);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<SqliteConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(ConnectionStringOf(options));
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
