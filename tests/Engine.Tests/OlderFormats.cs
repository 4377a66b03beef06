using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Engine.Catalog;
using Rondo.Engine.Disk;
using Rondo.Engine.Recovery;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Engine.Tests;

/// <summary>A folder says which format it has; one that cannot be brought up to date is refused, left as it is, and the message says what to do.</summary>
public sealed class OlderFormats : IDisposable
{
    /// <summary>The tables of format 1, as far as they tell the format.</summary>
    private const string Format1 =
        """
        PRAGMA journal_mode = WAL;
        CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE log (position INTEGER PRIMARY KEY, written INTEGER NOT NULL, payload BLOB NOT NULL);
        CREATE TABLE part (id INTEGER PRIMARY KEY, first_arrival INTEGER NOT NULL, end_arrival INTEGER NOT NULL, row_count INTEGER NOT NULL, merges INTEGER NOT NULL);
        INSERT INTO meta VALUES ('format_version', 1), ('sealed_position', 7);
        """;

    /// <summary>May grow; what is there stays.</summary>
    private static readonly string[] TablesOfFormat4 =
    [
        "digest(name,value)",
        "event_name(number,name)",
        "id(number,distinct_id,has_events)",
        "id_with_event(number)",
        "log(position,written,payload,checksum)",
        "merge(sequence,device,user)",
        "meta(key,value)",
        "part(id,first_arrival,row_count,merges)",
        "profile(number,properties)",
        "profile_block(block,profiles)",
        "run(part,event,file,start,length,checksum,row_count,first,last)",
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("rondo-format-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1, "'rondo export' with the program that wrote it")]
    [InlineData(99, "Use the newer program")]
    public void A_folder_of_another_format_is_refused_and_left_as_it_is(int format, string advice)
    {
        using (var old = Connect(SqliteOpenMode.ReadWriteCreate))
        {
            StoreDatabase.Execute(old, Format1);
            StoreDatabase.WriteMeta(old, null, "format_version", format);
        }

        var refusal = Should.Throw<StoreDamagedException>(() => EventStore.Open(_directory, new EngineOptions(), TimeProvider.System, NullLogger.Instance));
        refusal.Message.ShouldContain($"has format {format}; this program reads format {StoreDatabase.FormatVersion}");
        refusal.Message.ShouldContain(advice);
        StoreInspection.Inspect(_directory).Findings.Single().Problem.ShouldContain($"has format {format}");
        using var still = Connect(SqliteOpenMode.ReadOnly);
        StoreDatabase.ReadMeta(still, "sealed_position").ShouldBe(7);
        Tables(still).ShouldNotContain(table => table.StartsWith("run(", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task An_older_folder_is_inspected_as_it_is_and_brought_up_to_date_when_it_is_opened(int format)
    {
        var store = EventStore.Open(_directory, new EngineOptions(), TimeProvider.System, NullLogger.Instance);
        await store.AppendAsync(Music.Batch(Music.Event("Play", "ann", 1)), default);
        await store.AppendAsync(Music.ProfileBatch(Music.Set("ann", Music.P("plan", "paid"))), default);
        await store.SealAsync(default);
        await store.DisposeAsync();
        MakeOld(format);
        StoreInspection.Inspect(_directory).ShouldSatisfyAllConditions(report => report.Findings.ShouldBeEmpty(), report => report.ProfileCount.ShouldBe(1));
        await using (var opened = EventStore.Open(_directory, new EngineOptions(), TimeProvider.System, NullLogger.Instance))
        {
            opened.FindProfile("ann")!["plan"].String.ShouldBe("paid");
        }

        using var connection = Connect(SqliteOpenMode.ReadOnly);
        StoreDatabase.ReadMeta(connection, "format_version").ShouldBe(StoreDatabase.FormatVersion);
        Tables(connection).ShouldBe(TablesOfFormat4);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task What_an_older_program_left_half_written_goes_when_its_folder_is_brought_up_to_date(int format, bool isKilledThen)
    {
        await using (var store = EventStore.Open(_directory, new EngineOptions(), TimeProvider.System, NullLogger.Instance))
        {
            await store.AppendAsync(Music.Batch(Music.Event("Play", "ann", 1)), default);
            await store.SealAsync(default);
        }

        // Older programs wrote a part or a file of ids before the catalogue gave out its number.
        MakeOld(format);
        var part = Directory.CreateDirectory(Path.Combine(_directory, "parts", "p00000002")).FullName;
        var ids = Path.Combine(_directory, "ids-0000000123.bin");
        await File.WriteAllTextAsync(Path.Combine(part, "timeline.arrow"), "half");
        await File.WriteAllTextAsync(ids, "half");
        StoreInspection.Inspect(_directory).Findings.ShouldBeEmpty();
        if (isKilledThen)
        {
            StoreDatabase.Open(LocalDisk.Instance, _directory).Dispose();
        }

        await using (var store = EventStore.Open(_directory, new EngineOptions(), TimeProvider.System, NullLogger.Instance))
        {
            Directory.Exists(part).ShouldBeFalse();
            File.Exists(ids).ShouldBeFalse();
            await store.AppendAsync(Music.Batch(Music.Event("Play", "ben", 2)), default);
            await store.SealAsync(default);
            (await store.RecentEventsAsync("Play", TimeWindow.Always, 10, default)).Count.ShouldBe(2);
        }

        Directory.CreateDirectory(Path.Combine(_directory, "parts", "p00000099"));
        Should.Throw<StoreDamagedException>(() => EventStore.Open(_directory, new EngineOptions(), TimeProvider.System, NullLogger.Instance));
        StoreInspection.Inspect(_directory).Findings.Single().File.ShouldEndWith("p00000099");
    }

    [Fact]
    public void The_tables_of_format_4_stay()
    {
        StoreDatabase.FormatVersion.ShouldBe(4);
        using (StoreDatabase.Open(LocalDisk.Instance, _directory))
        {
        }

        using var connection = Connect(SqliteOpenMode.ReadOnly);
        Tables(connection).ShouldBe(TablesOfFormat4);
    }

    /// <summary>Takes from a folder of today what a program of an earlier format did not write.</summary>
    private void MakeOld(int format)
    {
        using var old = Connect(SqliteOpenMode.ReadWrite);
        Triggers(old).ForEach(trigger => StoreDatabase.Execute(old, $"DROP TRIGGER {trigger}"));
        StoreDatabase.Execute(old, "DROP TABLE digest; ALTER TABLE log DROP COLUMN checksum; DELETE FROM meta WHERE key IN ('changes', 'ids_given')");
        File.Delete(Path.Combine(_directory, "acknowledged.bin"));
        if (format == 2)
        {
            StoreDatabase.Execute(old, "DROP TABLE profile_block");
        }

        StoreDatabase.WriteMeta(old, null, "format_version", format);
    }

    private SqliteConnection Connect(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_directory, "store.db"), Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static List<string> Triggers(SqliteConnection connection) => Texts(connection, "SELECT name FROM sqlite_master WHERE type = 'trigger'");

    private static List<string> Tables(SqliteConnection connection) =>
        Texts(connection, "SELECT m.name || '(' || (SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info(m.name) ORDER BY cid)) || ')' FROM sqlite_master m WHERE type = 'table' ORDER BY m.name");

    private static List<string> Texts(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }
}
