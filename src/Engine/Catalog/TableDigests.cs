using Microsoft.Data.Sqlite;

namespace Rondo.Engine.Catalog;

/// <summary>
/// SQLite's pages carry no checksum. So each table of the catalogue has a digest, the hashes of its rows combined by exclusive
/// or: triggers keep it with every change, in the same transaction, and whoever reads the table compares. A row that changed,
/// vanished or came back is found, whichever page it was on. A batch of the log, which is read by itself, has a hash of its own.
/// </summary>
internal static class TableDigests
{
    private const string Function = "digest_with";

    private static readonly (string Table, string[] Columns)[] Tables =
    [
        ("meta", ["key", "value"]),
        ("part", ["id", "first_arrival", "row_count", "merges"]),
        ("run", ["part", "event", "file", "start", "length", "checksum", "row_count", "first", "last"]),
        ("id", ["number", "distinct_id", "has_events"]),
        ("id_with_event", ["number"]),
        ("merge", ["sequence", "device", "user"]),
        ("event_name", ["number", "name"]),
        ("profile", ["number", "properties"]),
        ("profile_block", ["block", "profiles"]),
    ];

    /// <summary>Teaches a connection what the triggers need: a digest with a row put in or, likewise, taken out.</summary>
    public static void Prepare(SqliteConnection connection)
    {
        var hash = new RowHash();
        connection.CreateFunction(Function, (object?[] values) => (long)values[0]! ^ hash.Of(values.AsSpan(1)), isDeterministic: true);
    }

    /// <summary>SQL for the hash of one row.</summary>
    public static string HashOf(string values) => $"{Function}(0, {values})";

    /// <summary>Begins with what the tables hold now.</summary>
    public static void Create(SqliteConnection connection, SqliteTransaction transaction)
    {
        StoreDatabase.Execute(connection, "CREATE TABLE digest (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID", transaction);
        var hash = new RowHash();
        foreach (var (table, columns) in Tables)
        {
            long digest = 0;
            foreach (var row in Catalogue.Rows(connection, Select(table, columns), transaction))
            {
                digest ^= hash.Of(Values(row));
            }

            Catalogue.Execute(connection, transaction, "INSERT INTO digest (name, value) VALUES ($0, $1)", table, digest);
            var (@new, old) = (Of("new", columns), Of("old", columns));
            StoreDatabase.Execute(
                connection,
                $"""
                CREATE TRIGGER {table}_inserted AFTER INSERT ON {table} BEGIN UPDATE digest SET value = {Function}(value, {@new}) WHERE name = '{table}'; END;
                CREATE TRIGGER {table}_updated AFTER UPDATE ON {table} BEGIN UPDATE digest SET value = {Function}({Function}(value, {old}), {@new}) WHERE name = '{table}'; END;
                CREATE TRIGGER {table}_deleted AFTER DELETE ON {table} BEGIN UPDATE digest SET value = {Function}(value, {old}) WHERE name = '{table}'; END;
                """,
                transaction);
        }
    }

    /// <summary>All rows of a table, and then whether they are those that were written; its columns are in the order in which they were declared.</summary>
    /// <exception cref="InvalidDataException">They are not. A caller that cannot take back what it was given reads with <see cref="ReadAll"/>.</exception>
    public static IEnumerable<T> Read<T>(SqliteConnection connection, string table, string order, Func<SqliteDataReader, T> read)
    {
        var expected = Expected(connection, table);
        var hash = new RowHash();
        long digest = 0;
        foreach (var row in Catalogue.Rows(connection, Select(table, Tables.Single(one => one.Table == table).Columns) + order))
        {
            digest ^= expected is null ? 0 : hash.Of(Values(row));
            yield return Try(table, row, read);
        }

        if (expected is not null && expected != digest)
        {
            throw new InvalidDataException($"the rows of its table '{table}' are not those that were written");
        }
    }

    /// <summary>All rows of a table.</summary>
    /// <exception cref="InvalidDataException">They are not those that were written.</exception>
    public static List<T> ReadAll<T>(SqliteConnection connection, string table, string order, Func<SqliteDataReader, T> read) => [.. Read(connection, table, order, read)];

    /// <summary>Reads every table.</summary>
    /// <exception cref="InvalidDataException">One does not hold what was written.</exception>
    public static void CheckAll(SqliteConnection connection)
    {
        foreach (var (table, _) in Tables.Where(one => StoreDatabase.HasTable(connection, one.Table)))
        {
            Check(connection, table);
        }
    }

    /// <summary>Reads a table.</summary>
    /// <exception cref="InvalidDataException">It does not hold what was written.</exception>
    public static void Check(SqliteConnection connection, string table)
    {
        foreach (var _ in Read(connection, table, string.Empty, row => row.FieldCount))
        {
        }
    }

    /// <summary>Null in a folder of a format that had no digests; such a one is only inspected.</summary>
    private static long? Expected(SqliteConnection connection, string table)
    {
        if (StoreDatabase.ReadMeta(connection, "format_version") < StoreDatabase.FormatVersion)
        {
            return null;
        }

        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM digest WHERE name = $name";
        command.Parameters.AddWithValue("$name", table);
        return command.ExecuteScalar() as long? ?? throw new InvalidDataException($"the digest of its table '{table}' is missing");
    }

    private static T Try<T>(string table, SqliteDataReader row, Func<SqliteDataReader, T> read)
    {
        try
        {
            return read(row);
        }
        catch (Exception exception) when (exception is InvalidOperationException or InvalidCastException or OverflowException)
        {
            // A column is empty or of another type.
            throw new InvalidDataException($"the rows of its table '{table}' are not those that were written", exception);
        }
    }

    private static object?[] Values(SqliteDataReader row)
    {
        var values = new object?[row.FieldCount];
        row.GetValues(values!);
        return values;
    }

    private static string Select(string table, string[] columns) => $"SELECT {string.Join(", ", columns)} FROM {table} ";

    private static string Of(string row, string[] columns) => string.Join(", ", columns.Select(column => $"{row}.{column}"));
}
