using System.Globalization;
using Rondo.Engine.Recovery;
using Rondo.Model.Stores;

namespace Rondo.Engine.Tests.Disk;

/// <summary>
/// A seeded search over the instants at which the power may go, and over what disks do wrong, beneath the store's own files and
/// SQLite's. Every batch that was acknowledged is there once, nobody erased is there, and a store that cannot say so refuses by
/// the name of a file. RONDO_CRASHES asks for more seeds than 150, RONDO_CRASH_SEED for another first one.
/// </summary>
public sealed class CrashPoints
{
    /// <summary>What a used store does to the disk from its opening on.</summary>
    private const int MostOperations = 350;

    private static int Seeds => Setting("RONDO_CRASHES", 150);

    private static int FirstSeed => Setting("RONDO_CRASH_SEED", 1);

    private static IEnumerable<int> EverySeed => Enumerable.Range(FirstSeed, Seeds);

    /// <summary>What can be told from fewer seeds.</summary>
    private static IEnumerable<int> OneSeedIn(int some) => EverySeed.Where(seed => seed % some == 0).Select(seed => seed / some);

    [Fact]
    public async Task After_a_power_cut_at_any_operation_the_store_opens_with_all_that_was_acknowledged()
    {
        foreach (var seed in EverySeed)
        {
            await using var world = await UsedStore.MakeAndRunAsync(seed, disk => disk.CutAt = 1 + new Random(seed).Next(MostOperations));
            var found = world.AfterPowerCut();
            StoreInspectionOf(found).ShouldBeEmpty($"seed {seed}");
            (await world.ReadAsync(found)).ShouldBeNullOrEmpty($"seed {seed}");
            StoreInspectionOf(found).ShouldBeEmpty($"seed {seed}: opened");
        }
    }

    [Fact]
    public async Task After_a_power_cut_while_it_is_opened_again_the_store_opens_with_all_that_was_acknowledged()
    {
        foreach (var seed in OneSeedIn(3))
        {
            await using var world = await UsedStore.MakeAndRunAsync(seed, disk => disk.CutAt = 1 + new Random(seed).Next(MostOperations));
            var found = world.AfterPowerCut();
            using var disk = new FaultyDisk(found) { CutAt = 1 + new Random(-seed).Next(40) };
            await world.ReadAsync(found, disk);
            var again = world.AfterPowerCut(disk, found);
            (await world.ReadAsync(again)).ShouldBeNullOrEmpty($"seed {seed}");
            StoreInspectionOf(again).ShouldBeEmpty($"seed {seed}");
        }
    }

    [Fact]
    public async Task A_failed_write_or_flush_is_refused_and_neither_loses_what_was_kept_nor_keeps_what_was_refused()
    {
        foreach (var seed in OneSeedIn(2))
        {
            await using var world = await UsedStore.RunAsync(seed, disk =>
            {
                disk.FailAt = disk.Operations + 1 + new Random(seed).Next(MostOperations);
                disk.CutAt = disk.FailAt + 1 + new Random(-seed).Next(seed % 2 == 0 ? 12 : MostOperations);
            });
            var found = world.AfterPowerCut();
            (await world.ReadAsync(found)).ShouldBeNullOrEmpty($"seed {seed}");
            StoreInspectionOf(found).ShouldBeEmpty($"seed {seed}");
        }
    }

    [Fact]
    public async Task A_full_disk_refuses_loses_nothing_and_goes_on_when_there_is_space()
    {
        foreach (var seed in OneSeedIn(6))
        {
            await using var world = await UsedStore.RunAsync(seed, disk => disk.FullFrom = disk.Operations + 1 + new Random(seed).Next(200));
            (await world.ReadOpenAsync()).ShouldBeNullOrEmpty($"seed {seed}: while full");
            world.Disk.FullFrom = int.MaxValue;
            await world.Store!.SealAsync(default);
            await world.AppendAsync();
            (await world.ReadOpenAsync()).ShouldBeNullOrEmpty($"seed {seed}: with space again");
            (await world.ReadAsync(world.AfterPowerCut())).ShouldBeNullOrEmpty($"seed {seed}");
        }
    }

    [Fact]
    public async Task A_disk_that_lies_about_flushing_is_found_out_and_never_gives_a_wrong_answer()
    {
        var refused = 0;
        foreach (var seed in OneSeedIn(3))
        {
            await using var world = await UsedStore.RunAsync(seed, disk => disk.LiesFrom = disk.Operations + 1 + new Random(seed).Next(150));
            refused += await RightOrRefusedAsync(world, world.AfterPowerCut(), seed, mayBeEarlier: true);
        }

        refused.ShouldBeGreaterThan(Seeds / 12);
    }

    [Fact]
    public async Task A_bit_that_flipped_in_any_file_is_found_out_or_changes_nothing()
    {
        string[] files = ["*.arrow*", "store.db", "store.db-wal", "*.bin"];
        var (flipped, refused) = (0, 0);
        foreach (var seed in OneSeedIn(2))
        {
            await using var world = await UsedStore.RunAsync(seed, _ => { });

            // The mark of what was acknowledged is not flushed, so a power cut may take it along with what a flip hides.
            var isCut = seed % 8 > 3;
            var found = isCut ? world.AfterPowerCut() : world.AfterKill();
            if (FlipBit(found, files[seed % 4], new Random(seed)))
            {
                flipped++;
                refused += await RightOrRefusedAsync(world, found, seed, mayBeEarlier: isCut);
            }
        }

        refused.ShouldBeGreaterThan(flipped / 4, $"of {flipped}");
    }

    [Fact]
    public async Task A_file_of_a_part_that_is_read_short_is_refused()
    {
        var refused = 0;
        for (var seed = 1; seed <= 10; seed++)
        {
            await using var world = await UsedStore.RunAsync(seed, _ => { });
            var found = world.AfterPowerCut();
            using var disk = new FaultyDisk(found) { ShortBy = 100 };
            var read = await world.ReadAsync(found, disk);
            (read.Length == 0 || read.Contains("it was cut off", StringComparison.Ordinal)).ShouldBeTrue($"seed {seed}: {read}");
            refused += read.Length > 0 ? 1 : 0;
        }

        refused.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_reading_of_the_database_that_fails_or_gets_no_bytes_is_refused_or_changes_nothing()
    {
        foreach (var seed in OneSeedIn(4))
        {
            await using var world = await UsedStore.RunAsync(seed, _ => { });
            var found = world.AfterPowerCut();
            var at = 1 + new Random(seed).Next(60);
            using var disk = seed % 2 == 0 ? new FaultyDisk(found) { ReadFailsFrom = at } : new FaultyDisk(found) { ReadShortAt = at };
            var read = await world.ReadAsync(found, disk);
            (read.Length == 0 || (read.StartsWith("refused: ", StringComparison.Ordinal) && read.Contains(found, StringComparison.Ordinal))).ShouldBeTrue($"seed {seed}: {read}");
            disk.ReadFailsFrom = disk.ReadShortAt = int.MaxValue;
            (await world.ReadAsync(found, disk)).ShouldBeNullOrEmpty($"seed {seed}: readable again");
        }
    }

    /// <param name="mayBeEarlier">Whether the store may be as it was after one of its commits: where a disk lost all that came after, nothing on it can tell.</param>
    /// <returns>1 when the store was refused.</returns>
    private static async Task<int> RightOrRefusedAsync(UsedStore world, string found, int seed, bool mayBeEarlier = false)
    {
        var findings = StoreInspectionOf(found);
        var read = await world.ReadAsync(found, mayBeEarlier);
        if (read.Length > 0)
        {
            read.ShouldStartWith("refused: " + found, Case.Sensitive, $"seed {seed}");
            findings.ShouldNotBeEmpty($"seed {seed}: {read}");
            return 1;
        }

        return 0;
    }

    private static IReadOnlyList<Finding> StoreInspectionOf(string folder) => File.Exists(Path.Combine(folder, "store.db")) ? StoreInspection.Inspect(folder).Findings : [];

    /// <summary>Changes one bit of a file; false when there is none.</summary>
    private static bool FlipBit(string folder, string pattern, Random random)
    {
        var files = Directory.GetFiles(folder, pattern, SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0).Order(StringComparer.Ordinal).ToArray();
        if (files.Length == 0)
        {
            return false;
        }

        var path = files[random.Next(files.Length)];
        var bytes = File.ReadAllBytes(path);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(path, bytes);
        return true;
    }

    private static int Setting(string name, int absent) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : absent;
}
