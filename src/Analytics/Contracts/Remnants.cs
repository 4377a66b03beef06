using Microsoft.Data.Sqlite;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>
/// What SQLite leaves in a file of rows that were deleted or overwritten: their bytes stay in pages that are free, in gaps of
/// pages that are in use, and in the write-ahead log. The mark says that erased people may be among them; it is set in the
/// transaction that deletes their rows, so that it outlives a kill, and taken away when the file has been written anew.
/// </summary>
public static class Remnants
{
    /// <summary>The number of the header that applications may use (<c>user_version</c>). 0 where nobody was erased since the file was written anew.</summary>
    private const int Marked = 1;

    /// <summary>Longest time to wait for readers of an earlier state, and for other writers. 30 s.</summary>
    private const int PatienceMilliseconds = 30_000;

    /// <summary>Notes that the transaction under way takes out erased people.</summary>
    public static void Mark(SqliteConnection connection) => Run(connection, $"PRAGMA user_version = {Marked}");

    /// <summary>Whether erased people may be in a file; false when there is no file.</summary>
    public static bool AreIn(string connectionString)
    {
        if (!File.Exists(new SqliteConnectionStringBuilder(connectionString).DataSource))
        {
            return false;
        }

        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        return Run(connection, "PRAGMA user_version") is Marked;
    }

    /// <summary>
    /// Writes a file anew and empties its write-ahead log. Readers go on, writers wait: about 4 s for a million messages, and
    /// for that long twice the space. May be repeated; does nothing when there is no file.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The disk refused, or somebody reads for too long. The mark stays.</exception>
    public static void Remove(string connectionString)
    {
        var builder = new SqliteConnectionStringBuilder(connectionString) { Pooling = false };
        if (!File.Exists(builder.DataSource))
        {
            return;
        }

        using var connection = new SqliteConnection(builder.ToString());
        try
        {
            connection.Open();
            Run(connection, $"PRAGMA busy_timeout = {PatienceMilliseconds}");
            Run(connection, "VACUUM");

            // The first column says whether somebody still reads what the log holds.
            if (Run(connection, "PRAGMA wal_checkpoint(TRUNCATE)") is not 0)
            {
                throw Remaining(builder.DataSource, "another connection reads an earlier state of it", null);
            }

            Run(connection, "PRAGMA user_version = 0");
        }
        catch (SqliteException exception)
        {
            throw Remaining(builder.DataSource, exception.Message, exception);
        }
    }

    private static StoreUnavailableException Remaining(string file, string reason, Exception? inner) => new(
        $"{file} could not be written anew ({reason}): nothing of the erased people is shown any more, and bytes of them are still in the file. Free as much disk space as the file takes, then ask for the erasure again or start the server again.",
        inner);

    /// <summary>The first column of the first row as a number; null without one.</summary>
    private static int? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long value ? (int)value : null;
    }
}
