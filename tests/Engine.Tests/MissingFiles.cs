using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests;

/// <summary>A store whose catalogue is gone, or older than its folder, is refused; nothing is deleted and nothing answered.</summary>
public sealed class MissingFiles : IDisposable
{
    private static readonly EngineOptions Unhurried = new() { SealAfter = TimeSpan.FromDays(1) };

    /// <summary>As damage would: no digest is kept.</summary>
    private const string WithoutVersion = "DROP TRIGGER meta_deleted; DELETE FROM meta WHERE key = 'format_version'";
    private readonly string _directory = Directory.CreateTempSubdirectory("rondo-missing-").FullName;

    private string Catalogue => Path.Combine(_directory, "store.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("missing", "is missing")]
    [InlineData("empty", "is empty")]
    [InlineData("no version", "has no format version")]
    [InlineData("no tables", "has no format version")]
    public async Task A_store_without_its_catalogue_is_refused_and_left_as_it_is(string damage, string words)
    {
        await SealOnceAsync();
        switch (damage)
        {
            case "missing": File.Delete(Catalogue); break;
            case "empty": await File.WriteAllBytesAsync(Catalogue, []); break;
            case "no version": Change(WithoutVersion); break;
            default:
                File.Delete(Catalogue);
                Change("PRAGMA journal_mode = WAL");
                break;
        }

        RefusesAndChangesNothing(Catalogue, words, "Restore the folder from a backup", "rondo doctor");
    }

    [Fact]
    public async Task Ids_without_a_catalogue_are_kept()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "ids-0000000123.bin"), "what remains of a store");
        RefusesAndChangesNothing(Catalogue, "is missing", "ids-0000000123.bin");
    }

    [Fact]
    public async Task A_write_ahead_log_that_lost_its_catalogue_is_kept()
    {
        var copy = Path.Combine(_directory, "copy");
        await using (var store = Open(copy))
        {
            await store.AppendAsync(Batch(Event("Play", "ann", 1, "1")), default);
            foreach (var file in new[] { "store.db-wal", "acknowledged.bin" })
            {
                File.Copy(Path.Combine(copy, file), Path.Combine(_directory, file));
            }
        }

        RefusesAndChangesNothing(Catalogue, "is missing", "acknowledged.bin");
    }

    [Fact]
    public async Task Tables_without_a_version_are_refused_even_where_nothing_was_sealed()
    {
        await using (var store = Open())
        {
            await store.AppendAsync(Batch(Event("Play", "ann", 1, "1")), default);
        }

        Change(WithoutVersion);
        RefusesAndChangesNothing(Catalogue, "has no format version");
    }

    [Fact]
    public async Task A_store_copied_without_its_write_ahead_log_is_refused()
    {
        await SealOnceAsync();
        var copy = Path.Combine(_directory, "copy");
        await using (var store = Open())
        {
            await store.AppendAsync(Batch(Event("Play", "ann", 2, "2")), default);
            await store.SealAsync(default);
            CopyWithoutLog(_directory, copy);
        }

        var before = Directory.GetFiles(copy, "*", SearchOption.AllDirectories);
        Should.Throw<StoreDamagedException>(() => Open(copy)).Message.ShouldContain("write-ahead log");
        before.ShouldBeSubsetOf(Directory.GetFiles(copy, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_part_under_a_number_that_was_never_given_out_is_refused_and_the_words_say_how_to_go_on()
    {
        await SealOnceAsync();
        var stranger = Directory.CreateDirectory(Path.Combine(_directory, "parts", "p00000099")).FullName;
        await File.WriteAllTextAsync(Path.Combine(stranger, "timeline.arrow"), "somebody's events");
        RefusesAndChangesNothing(stranger, "-wal", "Restore the folder from a backup", "move p00000099 elsewhere");
        Directory.Move(stranger, Path.Combine(_directory, "moved"));
        await using var store = Open();
        (await store.RecentEventsAsync("Play", TimeWindow.Always, 10, default)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_part_that_took_the_place_of_listed_ones_is_kept_when_those_are_missing()
    {
        await SealOnceAsync();
        await using (var store = Open())
        {
            await store.AppendAsync(Batch(Event("Play", "ann", 2, "2")), default);
            await store.OptimizeAsync(default);
        }

        // A leftover is deleted; beside a missing part it may be all there is.
        var listed = Directory.GetDirectories(Path.Combine(_directory, "parts")).Single();
        var replacement = Path.Combine(_directory, "parts", "p00000001");
        replacement.ShouldNotBe(listed);
        Directory.Move(listed, replacement);
        await using (var store = Open())
        {
            await Should.ThrowAsync<StoreDamagedException>(() => store.RecentEventsAsync("Play", TimeWindow.Always, 10, default));
        }

        Directory.Exists(replacement).ShouldBeTrue();
        Directory.Move(replacement, listed);
        Directory.CreateDirectory(replacement);
        Directory.CreateDirectory(Path.Combine(_directory, "parts", "not ours"));
        await using var whole = Open();
        Directory.Exists(replacement).ShouldBeFalse("a leftover under a number that was given out goes");
        Directory.Exists(Path.Combine(_directory, "parts", "not ours")).ShouldBeTrue();
        (await whole.RecentEventsAsync("Play", TimeWindow.Always, 10, default)).Count.ShouldBe(2);
    }

    private EventStore Open(string? directory = null) => EventStore.Open(directory ?? _directory, Unhurried, TimeProvider.System, NullLogger.Instance);

    private async Task SealOnceAsync()
    {
        await using var store = Open();
        await store.AppendAsync(Batch(Event("Play", "ann", 1, "1")), default);
        await store.SealAsync(default);
    }

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Catalogue};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void RefusesAndChangesNothing(params string[] words)
    {
        var before = Directory.GetFiles(_directory, "*", SearchOption.AllDirectories);
        var refusal = Should.Throw<StoreDamagedException>(() => Open());
        Array.ForEach(words, word => refusal.Message.ShouldContain(word));
        before.ShouldBeSubsetOf(Directory.GetFiles(_directory, "*", SearchOption.AllDirectories));
        Should.Throw<StoreDamagedException>(() => Open()).Message.ShouldBe(refusal.Message, "asking again must not make a store of it");
    }

    private static void CopyWithoutLog(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => !Path.GetFileName(file).StartsWith("store.db-", StringComparison.Ordinal)))
        {
            var copied = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copied)!);
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var target = File.Create(copied);
            source.CopyTo(target);
        }
    }
}
