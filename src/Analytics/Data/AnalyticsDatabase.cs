using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Rondo.Analytics.Data;

/// <summary>Opens <c>analytics.db</c>; the first to ask brings its schema up to date. Thread-safe.</summary>
internal sealed class AnalyticsDatabase
{
    private readonly DbContextOptions<AnalyticsDbContext> _options;
    private readonly Lazy<bool> _isMigrated;

    public AnalyticsDatabase(AnalyticsOptions options)
    {
        var path = Path.Combine(options.Directory, "analytics.db");
        var connection = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, DefaultTimeout = 30 };
        _options = new DbContextOptionsBuilder<AnalyticsDbContext>().UseSqlite(connection.ToString()).Options;
        _isMigrated = new Lazy<bool>(() => Migrate(options.Directory));
    }

    /// <summary>A context of the caller's, who disposes it.</summary>
    public AnalyticsDbContext Open()
    {
        _ = _isMigrated.Value;
        return new AnalyticsDbContext(_options);
    }

    private bool Migrate(string directory)
    {
        Directory.CreateDirectory(directory);
        using var context = new AnalyticsDbContext(_options);
        context.Database.Migrate();

        // Readers must not wait for the cohort writer, and a kill must not lose what was committed: WAL with full sync.
        context.Database.ExecuteSqlRaw("PRAGMA journal_mode = WAL;");
        return true;
    }
}
