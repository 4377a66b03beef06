using Microsoft.Data.Sqlite;
using Rondo.Engine.Disk;
using Rondo.Engine.Log;
using Rondo.Engine.Recovery;
using Rondo.Model.Stores;

namespace Rondo.Engine.Catalog;

/// <summary>
/// The SQLite file of one store: the log of batches not yet (or only just) sealed, and the catalogue of everything sealed.
/// Both live in one file so that a part appears and its batches count as sealed in one transaction.
/// </summary>
/// <remarks>Write-ahead logging with full synchronisation: a commit returns after its bytes are on disk.</remarks>
internal static class StoreDatabase
{
    /// <summary>The version of the whole folder: tables, part files and log records.</summary>
    public const int FormatVersion = 4;

    /// <summary>The oldest format whose folders become ones of this format when they are opened: it has no blocks of profiles; 3 had no checksums in the database.</summary>
    public const int OldestFormat = 2;

    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS log (position INTEGER PRIMARY KEY, written INTEGER NOT NULL, payload BLOB NOT NULL, checksum INTEGER);
        CREATE TABLE IF NOT EXISTS part (id INTEGER PRIMARY KEY, first_arrival INTEGER NOT NULL, row_count INTEGER NOT NULL, merges INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS run (part INTEGER NOT NULL, event TEXT, file TEXT NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL, checksum INTEGER NOT NULL, row_count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS run_part ON run (part);
        CREATE TABLE IF NOT EXISTS id (number INTEGER PRIMARY KEY, distinct_id TEXT NOT NULL, has_events INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS id_with_event (number INTEGER PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS merge (sequence INTEGER PRIMARY KEY, device INTEGER NOT NULL, user INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS event_name (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS profile (number INTEGER PRIMARY KEY, properties BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS profile_block (block INTEGER PRIMARY KEY, profiles BLOB NOT NULL);
        """;

    /// <exception cref="StoreDamagedException">The folder is of another format.</exception>
    public static SqliteConnection Open(IDisk disk, string directory)
    {
        CreateDirectory(disk, Path.GetFullPath(directory));
        if (new FileInfo(PathIn(directory)) is not { Exists: true, Length: > 0 })
        {
            // SQLite would begin a new file, and delete a write-ahead log that has lost its own.
            new StoreFolder(disk, directory).RequireNothingWithout(File.Exists(PathIn(directory)) ? "is empty" : "is missing");
        }

        var connection = Connect(disk, directory, readOnly: false);
        try
        {
            Execute(connection, "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;");
            Prepare(connection, disk, directory);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Prepare(SqliteConnection connection, IDisk disk, string directory)
    {
        var version = HasTable(connection, "meta") ? ReadMeta(connection, "format_version") : null;
        if (version is not (null or (>= OldestFormat and <= FormatVersion)))
        {
            throw WrongFormat(directory, version.Value);
        }

        var mark = AcknowledgedMark.Find(disk, directory);
        if (version is null)
        {
            new StoreFolder(disk, directory).RequireNothingWithout("has no format version");

            // Tables and the version are made in one transaction, so a file with tables and without a version has lost it.
            if (HasTable(connection, "log"))
            {
                throw new StoreDamagedException($"{PathIn(directory)} has no format version, and it holds tables. Nothing was changed. Restore the folder from a backup; 'rondo doctor' lists what is damaged.");
            }
        }

        if (version is null or < FormatVersion)
        {
            new AcknowledgedMark(0, 0).Create(disk, directory);
            using var transaction = connection.BeginTransaction();
            Execute(connection, version is null ? Schema : Schema + "ALTER TABLE log ADD COLUMN checksum INTEGER;", transaction);
            if (version is not null)
            {
                new StoreFolder(disk, directory).GiveOutNumbersInUse(connection, transaction);
            }

            TableDigests.Create(connection, transaction);
            WriteMeta(connection, transaction, "format_version", FormatVersion);
            transaction.Commit();
        }
        else
        {
            TableDigests.Check(connection, "meta");
            AcknowledgedMark.Require(mark, directory, new AcknowledgedMark(DurableLog.LastPosition(connection).Value, ReadMeta(connection, "changes") ?? 0));
        }
    }

    public static StoreDamagedException WrongFormat(string directory, long version) => new(
        version < FormatVersion
            ? $"The event store in {directory} has format {version}; this program reads format {FormatVersion}. It was left as it is. Run 'rondo export' with the program that wrote it, then 'rondo import' with this one into a new folder."
            : $"The event store in {directory} has format {version}; this program reads format {FormatVersion} and is older than the folder. It was left as it is. Use the newer program.");

    /// <summary>What SQLite's refusal to open or read a store means for its operator.</summary>
    public static Exception Explain(SqliteException exception, string directory) => exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_FORMAT or SQLitePCL.raw.SQLITE_ERROR
        ? Damage(directory, exception)
        : new StoreUnavailableException($"The event store in {directory} cannot be read or written ({exception.Message}). Free disk space, or check the disk and who owns the folder.", exception);

    public static StoreDamagedException Damage(string directory, Exception exception) =>
        new($"{PathIn(directory)} cannot be read ({exception.Message}). Restore it from a backup; 'rondo doctor' lists what is damaged.", exception);

    /// <summary>A new, empty file to copy another store's into.</summary>
    public static SqliteConnection Create(IDisk disk, string directory) => Connect(disk, directory, readOnly: false);

    public static string PathIn(string directory) => Path.Combine(directory, "store.db");

    public static SqliteConnection Connect(IDisk disk, string directory, bool readOnly)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = PathIn(directory),
            Vfs = disk.SqliteVfs,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString());
        connection.Open();
        if (!readOnly)
        {
            TableDigests.Prepare(connection);
        }

        return connection;
    }

    /// <summary>A store whose folder has no durable name is lost in a power cut with everything in it.</summary>
    private static void CreateDirectory(IDisk disk, string directory)
    {
        if (Path.GetDirectoryName(directory) is not { } above)
        {
            return;
        }

        if (!Directory.Exists(above))
        {
            CreateDirectory(disk, above);
        }

        disk.CreateDirectory(directory);
        disk.FlushDirectory(above);
    }

    public static bool HasTable(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $name";
        command.Parameters.AddWithValue("$name", name);
        return (long)command.ExecuteScalar()! > 0;
    }

    public static long? ReadMeta(SqliteConnection connection, string key, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT value FROM meta WHERE key = $key";
        command.Parameters.AddWithValue("$key", key);
        return command.ExecuteScalar() is long value ? value : null;
    }

    public static void WriteMeta(SqliteConnection connection, SqliteTransaction? transaction, string key, long value)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO meta (key, value) VALUES ($key, $value) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        command.Parameters.AddWithValue("$key", key);
        command.Parameters.AddWithValue("$value", value);
        command.ExecuteNonQuery();
    }

    public static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
