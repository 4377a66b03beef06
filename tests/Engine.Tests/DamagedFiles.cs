using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Engine.Catalog;
using Rondo.Engine.Disk;
using Rondo.Engine.Recovery;
using Rondo.Model.Stores;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests;

/// <summary>Each kind of file damaged by itself: the inspection blames that one and no other.</summary>
public sealed class DamagedFiles : IAsyncLifetime
{
    private const int RowCount = 20_000;

    /// <summary>Each a row that can be read as well as the one that was written: only a hash tells them apart.</summary>
    private const string OtherBatch = "UPDATE log SET written = written + 1 WHERE position = 4";
    private const string OtherName = "DROP TRIGGER event_name_updated; UPDATE event_name SET name = 'Plax' WHERE name = 'Play'";
    private const string OtherPart = "DROP TRIGGER part_updated; UPDATE part SET merges = merges + 1";

    private readonly TemporaryStore _temporary = new(new EngineOptions { SealAfter = TimeSpan.FromDays(1), FewestIdsForFile = 1 });

    /// <summary>A part with properties that few rows have, a file of ids, a block of profiles, and three batches that are only in the log.</summary>
    public async ValueTask InitializeAsync()
    {
        await _temporary.Store.AppendAsync(Batch([.. Enumerable.Range(0, RowCount).Select(n => Event("Play", $"p{n % 3000}", n / 100.0, $"{n}", n % 5000 == 0 ? [P("rare", $"r{n}")] : []))]), default);
        await _temporary.Store.AppendAsync(ProfileBatch([.. Enumerable.Range(0, 3000).Select(n => Set($"p{n}", P("plan", "paid")))]), default);
        await _temporary.Store.SealAsync(default);
        foreach (var id in new[] { "a", "b", "c" })
        {
            await _temporary.Store.AppendAsync(Batch(Event("Stop", "ann", 300, id)), default);
        }

        await _temporary.CloseAsync();
        StoreInspection.Inspect(_temporary.Directory).ShouldSatisfyAllConditions(
            report => report.Findings.ShouldBeEmpty(),
            report => report.ProfileCount.ShouldBe(3000));
    }

    public ValueTask DisposeAsync() => _temporary.DisposeAsync();

    [Theory]
    [InlineData("ids-*.bin")]
    [InlineData("sparse.arrows")]
    [InlineData("timeline.arrow")]
    [InlineData("e*.arrow")]
    public async Task A_file_with_a_flipped_bit_is_blamed_and_no_other(string pattern)
    {
        var file = Directory.GetFiles(_temporary.Directory, pattern, SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        Blames(file, "not as it was written");
    }

    [Theory]
    [InlineData("ids-*.bin")]
    [InlineData("sparse.arrows")]
    [InlineData("timeline.arrow")]
    public void A_file_that_is_missing_is_blamed_and_no_other(string pattern)
    {
        var file = Directory.GetFiles(_temporary.Directory, pattern, SearchOption.AllDirectories).Single();
        File.Delete(file);
        Blames(file, "is missing");
    }

    [Theory]
    [InlineData("DROP TRIGGER profile_block_updated; UPDATE profile_block SET profiles = substr(profiles, 1, length(profiles) - 9) || x'010203040506070809'", "profile")]
    [InlineData("DELETE FROM log WHERE position = 4", "from batch 3 to batch 5")]
    [InlineData("DELETE FROM log WHERE position <= 3", "the log begins with batch 4")]
    [InlineData("DELETE FROM log WHERE position = 5", "batch 5")]
    [InlineData(OtherBatch, "batch 4 of its log is not as it was written")]
    [InlineData(OtherName, "the rows of its table 'event_name'")]
    [InlineData(OtherPart, "the rows of its table 'part'")]
    public void A_catalogue_with_a_damaged_row_or_without_one_is_blamed_and_nothing_else(string damage, string words)
    {
        Damage(damage);
        Blames(Path.Combine(_temporary.Directory, "store.db"), words);
    }

    [Theory]
    [InlineData(OtherBatch, "batch 4 of its log is not as it was written")]
    [InlineData(OtherName, "the rows of its table 'event_name'")]
    [InlineData(OtherPart, "the rows of its table 'part'")]
    public void A_store_whose_catalogue_or_log_is_plausible_but_another_does_not_open(string damage, string words)
    {
        Damage(damage);
        Should.Throw<StoreDamagedException>(() => EventStore.Open(_temporary.Directory, new EngineOptions(), TimeProvider.System, NullLogger.Instance))
            .Message.ShouldContain(words);
    }

    private void Damage(string damage)
    {
        using var connection = StoreDatabase.Connect(LocalDisk.Instance, _temporary.Directory, readOnly: false);
        StoreDatabase.Execute(connection, damage);
    }

    [Fact]
    public async Task A_backup_that_cannot_begin_keeps_hold_of_nothing()
    {
        await using var temporary = new TemporaryStore(new EngineOptions { SealAfter = TimeSpan.FromDays(1), FewestIdsForFile = 1, CompactionFanIn = 2 });
        var store = temporary.Store;
        await store.AppendAsync(Batch(Event("Play", "ann", 1, "1")), default);
        await store.SealAsync(default);
        var part = Directory.GetDirectories(Path.Combine(temporary.Directory, "parts")).Single();
        var ids = Directory.GetFiles(temporary.Directory, "ids-*.bin").Single();
        File.Move(ids, ids + ".elsewhere");
        var backup = Path.Combine(temporary.Directory, "backup");
        (await Should.ThrowAsync<StoreDamagedException>(() => store.BackUpAsync(backup, default))).Message.ShouldContain(ids);
        File.Move(ids + ".elsewhere", ids);

        // A part that is joined goes with its last reader.
        await store.AppendAsync(Batch(Event("Play", "ann", 2, "2")), default);
        await store.OptimizeAsync(default);
        Directory.Exists(part).ShouldBeFalse();
        await store.BackUpAsync(backup, default);
        StoreInspection.Inspect(backup).Findings.ShouldBeEmpty();
    }

    private void Blames(string file, string words)
    {
        var findings = StoreInspection.Inspect(_temporary.Directory).Findings;
        findings.Select(finding => finding.File).Distinct(StringComparer.Ordinal).ShouldBe([file], string.Join('\n', findings));
        findings.ShouldContain(finding => finding.Problem.Contains(words, StringComparison.Ordinal), string.Join('\n', findings));
    }
}
