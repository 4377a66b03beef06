using System.Globalization;
using System.IO.Hashing;
using System.Text;
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
    /// <summary>About as much as a used store does to the disk: 760 to 2,700 operations, 300 of them until its first parts are there.</summary>
    private const int ManyOperations = 1_800;
    private const int FirstOperations = 300;

    /// <summary>What a store does to the disk when it is opened again.</summary>
    private const int OpeningOperations = 28;

    private static int Seeds => Setting("RONDO_CRASHES", 150);

    private static int FirstSeed => Setting("RONDO_CRASH_SEED", 1);

    private static IEnumerable<int> EverySeed => Enumerable.Range(FirstSeed, Seeds);

    /// <summary>What can be told from fewer seeds.</summary>
    private static IEnumerable<int> OneSeedIn(int some) => EverySeed.Where(seed => seed % some == 0).Select(seed => seed / some);

    [Fact]
    public async Task After_a_power_cut_at_any_operation_the_store_opens_with_all_that_was_acknowledged()
    {
        var struck = 0;
        foreach (var seed in EverySeed)
        {
            await using var world = await UsedStore.MakeAndRunAsync(seed, disk => disk.CutAt = AnyOperation(Chance(seed, "cut")));
            struck += Struck(world.Disk);
            var found = world.AfterPowerCut();
            StoreInspectionOf(found).ShouldBeEmpty($"seed {seed}");
            (await world.ReadAsync(found)).ShouldBeNullOrEmpty($"seed {seed}");
            StoreInspectionOf(found).ShouldBeEmpty($"seed {seed}: opened");
        }

        struck.ShouldBeGreaterThan(Seeds / 2);
    }

    [Fact]
    public async Task After_a_power_cut_while_it_is_opened_again_the_store_opens_with_all_that_was_acknowledged()
    {
        var struck = 0;
        foreach (var seed in OneSeedIn(3))
        {
            await using var world = await UsedStore.MakeAndRunAsync(seed, disk => disk.CutAt = AnyOperation(Chance(seed, "cut")));
            var found = world.AfterPowerCut();
            using var disk = new FaultyDisk(found) { CutAt = 1 + Chance(seed, "cut again").Next(OpeningOperations) };
            await world.ReadAsync(found, disk);
            struck += Struck(disk);
            var again = world.AfterPowerCut(disk, found);
            (await world.ReadAsync(again)).ShouldBeNullOrEmpty($"seed {seed}");
            StoreInspectionOf(again).ShouldBeEmpty($"seed {seed}");
        }

        struck.ShouldBeGreaterThan(OneSeedIn(3).Count() / 2);
    }

    [Fact]
    public async Task A_failed_write_or_flush_is_refused_and_neither_loses_what_was_kept_nor_keeps_what_was_refused()
    {
        var struck = 0;
        foreach (var seed in OneSeedIn(2))
        {
            await using var world = await UsedStore.RunAsync(seed, disk =>
            {
                disk.FailAt = disk.Operations + AnyOperation(Chance(seed, "fail"));
                disk.CutAt = disk.FailAt + (seed % 2 == 0 ? 1 + Chance(seed, "cut").Next(12) : AnyOperation(Chance(seed, "cut")));
            });
            struck += Struck(world.Disk);
            var found = world.AfterPowerCut();
            (await world.ReadAsync(found)).ShouldBeNullOrEmpty($"seed {seed}");
            StoreInspectionOf(found).ShouldBeEmpty($"seed {seed}");
        }

        struck.ShouldBeGreaterThan(OneSeedIn(2).Count() / 2);
    }

    [Fact]
    public async Task A_full_disk_refuses_loses_nothing_and_goes_on_when_there_is_space()
    {
        var struck = 0;
        foreach (var seed in OneSeedIn(6))
        {
            await using var world = await UsedStore.RunAsync(seed, disk => disk.FullFrom = disk.Operations + AnyOperation(Chance(seed, "full")));
            struck += Struck(world.Disk);
            (await world.ReadOpenAsync()).ShouldBeNullOrEmpty($"seed {seed}: while full");
            world.Disk.FullFrom = int.MaxValue;
            await world.Store!.SealAsync(default);
            await world.AppendAsync();
            (await world.ReadOpenAsync()).ShouldBeNullOrEmpty($"seed {seed}: with space again");
            (await world.ReadAsync(world.AfterPowerCut())).ShouldBeNullOrEmpty($"seed {seed}");
        }

        struck.ShouldBeGreaterThan(OneSeedIn(6).Count() / 2);
    }

    [Fact]
    public async Task A_disk_that_lies_about_flushing_is_found_out_and_never_gives_a_wrong_answer()
    {
        var refused = 0;
        foreach (var seed in OneSeedIn(3))
        {
            await using var world = await UsedStore.RunAsync(seed, disk => disk.LiesFrom = disk.Operations + AnyOperation(Chance(seed, "lie")));
            refused += await RightOrRefusedAsync(world, world.AfterPowerCut(), seed, mayBeEarlier: true);
        }

        refused.ShouldBeGreaterThan(Seeds / 12);
    }

    [Fact]
    public async Task A_bit_that_flipped_in_any_file_is_found_out_or_changes_nothing()
    {
        string[] files = ["*.arrow*", "store.db", "store.db-wal", "*.bin"];
        var (flipped, found) = (files.ToDictionary(file => file, _ => 0), files.ToDictionary(file => file, _ => 0));
        foreach (var seed in OneSeedIn(2))
        {
            await using var world = await UsedStore.RunAsync(seed, _ => { });

            // The mark of what was acknowledged is not flushed, so a power cut may take it along with what a flip hides.
            var isCut = seed % 8 > 3;
            var folder = isCut ? world.AfterPowerCut() : world.AfterKill();
            var file = files[seed % 4];
            if (FlipBit(folder, file, Chance(seed, "flip")))
            {
                flipped[file]++;
                found[file] += StoreInspectionOf(folder).Count > 0 ? 1 : 0;
                await RightOrRefusedAsync(world, folder, seed, mayBeEarlier: isCut);
            }
        }

        // A replaced file may lie there still, and most of the database is in its write-ahead log.
        var counts = string.Join(", ", files.Select(file => $"{found[file]} of {flipped[file]} in {file}"));
        files.ShouldAllBe(file => flipped[file] > Seeds / 20, counts);
        files.ShouldAllBe(file => file == "store.db" ? found[file] > 0 : found[file] > flipped[file] * 2 / 3, counts);

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
            read.ShouldContain(disk.Faults > 0 ? "it was cut off" : string.Empty, Case.Sensitive, $"seed {seed}");
            refused += read.Length > 0 ? 1 : 0;
        }

        refused.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_reading_of_the_database_that_fails_or_gets_no_bytes_is_refused_or_changes_nothing()
    {
        var (struck, refused) = (0, 0);
        foreach (var seed in OneSeedIn(4))
        {
            await using var world = await UsedStore.RunAsync(seed, _ => { });
            var found = world.AfterPowerCut();
            var at = 1 + Chance(seed, "read").Next(50);
            using var disk = seed % 2 == 0 ? new FaultyDisk(found) { ReadFailsFrom = at } : new FaultyDisk(found) { ReadShortAt = at };
            var read = await world.ReadAsync(found, disk);
            (read.Length == 0 || (read.StartsWith("refused: ", StringComparison.Ordinal) && read.Contains(found, StringComparison.Ordinal))).ShouldBeTrue($"seed {seed}: {read}");
            struck += Struck(disk);
            refused += read.Length > 0 ? 1 : 0;
            disk.ReadFailsFrom = disk.ReadShortAt = int.MaxValue;
            (await world.ReadAsync(found, disk)).ShouldBeNullOrEmpty($"seed {seed}: readable again");
        }

        struck.ShouldBeGreaterThan(OneSeedIn(4).Count() / 2);
        refused.ShouldBeGreaterThan(struck / 4);
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

    /// <summary>As likely among the first as among all.</summary>
    private static int AnyOperation(Random chance) => 1 + chance.Next(chance.Next(2) == 0 ? FirstOperations : ManyOperations);

    /// <summary>
    /// Chance of its own for each purpose. What <see cref="Random"/> gives first is nearly a straight line over its seeds, and the
    /// same for a seed and its negative: cuts kept step with what was done, and no early failure was ever followed by a late cut.
    /// </summary>
    private static Random Chance(int seed, string purpose) => new(unchecked((int)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{purpose} {seed}")))));

    /// <summary>1 when a fault came.</summary>
    private static int Struck(FaultyDisk disk) => disk.Faults > 0 ? 1 : 0;

    private static int Setting(string name, int absent) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : absent;
}
