using Microsoft.Data.Sqlite;
using Rondo.Engine.Disk;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Model.Stores;

namespace Rondo.Engine.Catalog;

/// <summary>Reads and writes what the catalogue's tables hold; every write is part of the caller's transaction.</summary>
internal static class Catalogue
{
    private const int PagesAtATime = 4_000;

    /// <summary>Ids and merges: first those of the file, then those of the tables.</summary>
    public static void RestoreIds(SqliteConnection connection, IDisk disk, string directory, IdDirectory ids)
    {
        if (StoreDatabase.ReadMeta(connection, "ids_in_file") is { } count)
        {
            ids.Restore(IdFile.Open(disk, IdFile.PathOf(directory, count)));
        }

        foreach (var (number, id, hasEvents) in TableDigests.ReadAll(connection, "id", "ORDER BY number", row => (row.GetInt32(0), row.GetString(1), row.GetInt64(2) != 0)))
        {
            ids.Restore(number, id, hasEvents);
        }

        TableDigests.ReadAll(connection, "id_with_event", string.Empty, row => row.GetInt32(0)).ForEach(ids.MarkEvent);
        TableDigests.ReadAll(connection, "merge", "ORDER BY sequence", row => new Merge(row.GetInt32(1), row.GetInt32(2))).ForEach(ids.Restore);
    }

    public static List<string> EventNames(SqliteConnection connection) =>
        TableDigests.ReadAll(connection, "event_name", "ORDER BY number", row => row.GetString(1));

    public static List<Part> Parts(SqliteConnection connection, IDisk disk, string directory)
    {
        var runs = TableDigests.ReadAll(connection, "run", "ORDER BY part, rowid", row => (
            Part: row.GetInt64(0),
            Entry: new RunEntry(row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), (ulong)row.GetInt64(5), row.GetInt32(6), row.GetInt64(7), row.GetInt64(8))))
            .ToLookup(run => run.Part, run => run.Entry);
        return TableDigests.ReadAll(connection, "part", "ORDER BY first_arrival", row =>
            new Part(disk, row.GetInt64(0), Part.DirectoryOf(directory, row.GetInt64(0)), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), [.. runs[row.GetInt64(0)]]));
    }

    public static HashSet<long> PartIds(SqliteConnection connection, SqliteTransaction? transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT id FROM part";
        using var reader = command.ExecuteReader();
        var ids = new HashSet<long>();
        while (reader.Read())
        {
            ids.Add(reader.GetInt64(0));
        }

        return ids;
    }

    public static void AddPart(SqliteConnection connection, SqliteTransaction transaction, Part part)
    {
        Execute(connection, transaction, "INSERT INTO part (id, first_arrival, row_count, merges) VALUES ($0, $1, $2, $3)", part.Id, part.FirstArrival, part.RowCount, part.MergeWatermark);
        using var command = Prepare(connection, transaction, "INSERT INTO run (part, event, file, start, length, checksum, row_count, first, last) VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8)", 9);
        foreach (var run in part.Runs)
        {
            Run(command, part.Id, (object?)run.EventName ?? DBNull.Value, run.File, run.Offset, run.Length, (long)run.Checksum, run.RowCount, run.First, run.Last);
        }
    }

    public static void RemovePart(SqliteConnection connection, SqliteTransaction transaction, long id)
    {
        Execute(connection, transaction, "DELETE FROM run WHERE part = $0", id);
        Execute(connection, transaction, "DELETE FROM part WHERE id = $0", id);
    }

    public static void AddEventName(SqliteConnection connection, SqliteTransaction transaction, int number, string name) =>
        Execute(connection, transaction, "INSERT INTO event_name (number, name) VALUES ($0, $1)", number, name);

    public static void AddIds(SqliteConnection connection, SqliteTransaction transaction, IEnumerable<(int Number, string Id, bool HasEvents)> ids)
    {
        using var command = Prepare(connection, transaction, "INSERT INTO id (number, distinct_id, has_events) VALUES ($0, $1, $2)", 3);
        foreach (var (number, id, hasEvents) in ids)
        {
            Run(command, number, id, hasEvents ? 1 : 0);
        }
    }

    /// <summary>Leaves the numbers of ids and takes their texts.</summary>
    public static void ForgetIds(SqliteConnection connection, SqliteTransaction transaction, IEnumerable<int> numbers)
    {
        using var forget = Prepare(connection, transaction, "UPDATE id SET distinct_id = '', has_events = 0 WHERE number = $0", 1);
        using var unmark = Prepare(connection, transaction, "DELETE FROM id_with_event WHERE number = $0", 1);
        foreach (var number in numbers)
        {
            Run(forget, number);
            Run(unmark, number);
        }
    }

    public static void RewriteBatches(SqliteConnection connection, SqliteTransaction transaction, IEnumerable<(LogPosition Position, byte[] Payload)> batches)
    {
        using var command = Prepare(connection, transaction, $"UPDATE log SET payload = $1, checksum = {TableDigests.HashOf("position, written, $1")} WHERE position = $0", 2);
        foreach (var (position, payload) in batches)
        {
            Run(command, position.Value, payload);
        }
    }

    /// <summary>What the file of ids holds, the tables need not hold.</summary>
    public static void MoveIdsToFile(SqliteConnection connection, SqliteTransaction transaction, int count)
    {
        Execute(connection, transaction, "DELETE FROM id");
        Execute(connection, transaction, "DELETE FROM id_with_event");
        Execute(connection, transaction, "DELETE FROM merge");
        StoreDatabase.WriteMeta(connection, transaction, "ids_in_file", count);
    }

    /// <summary>Notes ids, known before, whose first event is being sealed.</summary>
    public static void MarkEvents(SqliteConnection connection, SqliteTransaction transaction, IEnumerable<int> numbers)
    {
        using var command = Prepare(connection, transaction, "INSERT OR IGNORE INTO id_with_event (number) VALUES ($0)", 1);
        foreach (var number in numbers)
        {
            Run(command, number);
        }
    }

    public static void AddMerges(SqliteConnection connection, SqliteTransaction transaction, IEnumerable<(int Sequence, Merge Merge)> merges)
    {
        using var command = Prepare(connection, transaction, "INSERT INTO merge (sequence, device, user) VALUES ($0, $1, $2)", 3);
        foreach (var (sequence, merge) in merges)
        {
            Run(command, sequence, merge.Device, merge.User);
        }
    }

    /// <summary>Drops batches from the log; their pages are used again, or given back by <see cref="GiveBackPages"/>.</summary>
    public static void DropSealedBatches(SqliteConnection connection, SqliteTransaction transaction, long upTo, DateTimeOffset writtenBefore) =>
        Execute(connection, transaction, "DELETE FROM log WHERE position <= $0 AND written < $1", upTo, writtenBefore.ToUnixTimeMilliseconds());

    /// <summary>Gives pages that nothing uses back to the disk, 16 MB at a time, but for as many as the log soon fills again.</summary>
    /// <remarks>Only to be asked where there are any: <see cref="SparePages"/>.</remarks>
    /// <returns>Whether there are more.</returns>
    public static bool GiveBackPages(SqliteConnection connection, SqliteTransaction transaction)
    {
        // Each row that is read gives back one page.
        foreach (var _ in Rows(connection, $"PRAGMA incremental_vacuum({Math.Min(SparePages(connection, transaction), PagesAtATime)})", transaction))
        {
        }

        return SparePages(connection, transaction) > 0;
    }

    /// <summary>Pages that may be given back; less than 1 for none.</summary>
    public static long SparePages(SqliteConnection connection, SqliteTransaction transaction) =>
        Rows(connection, "PRAGMA freelist_count", transaction).Select(row => row.GetInt64(0)).First() - PagesAtATime;

    internal static void Execute(SqliteConnection connection, SqliteTransaction transaction, string sql, params object[] values)
    {
        using var command = Prepare(connection, transaction, sql, values.Length);
        Run(command, values);
    }

    internal static SqliteCommand Prepare(SqliteConnection connection, SqliteTransaction transaction, string sql, int parameterCount)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        for (var index = 0; index < parameterCount; index++)
        {
            command.Parameters.AddWithValue($"${index}", DBNull.Value);
        }

        return command;
    }

    internal static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var index = 0; index < values.Length; index++)
        {
            command.Parameters[index].Value = values[index];
        }

        command.ExecuteNonQuery();
    }

    internal static IEnumerable<SqliteDataReader> Rows(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return reader;
        }
    }
}
