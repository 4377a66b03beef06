using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Engine.Recovery;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests.Disk;

/// <summary>
/// A seeded search over the instants at which the power may go, and over what disks do wrong. Every batch that was acknowledged
/// is there once, nobody erased is there, and a store that cannot say so refuses by the name of a file. RONDO_CRASHES asks for
/// more seeds than 150, RONDO_CRASH_SEED for another first one.
/// </summary>
public sealed class CrashPoints
{
    private static int Seeds => Setting("RONDO_CRASHES", 150);

    private static int FirstSeed => Setting("RONDO_CRASH_SEED", 1);

    [Fact]
    public async Task After_a_power_cut_at_any_operation_the_store_opens_with_all_that_was_acknowledged()
    {
        for (var seed = FirstSeed; seed < FirstSeed + Seeds; seed++)
        {
            await using var world = await World.RunAsync(seed, disk => disk.CutAt = 1 + new Random(seed).Next(120));
            var copy = world.AfterPowerCut();
            (await world.ReadAsync(copy)).ShouldBe(string.Empty, $"seed {seed}");
            StoreInspection.Inspect(copy).Findings.ShouldBeEmpty($"seed {seed}");
        }
    }

    [Fact]
    public async Task A_batch_whose_commit_was_torn_is_there_whole_or_not_at_all()
    {
        for (var seed = FirstSeed; seed < FirstSeed + Seeds; seed++)
        {
            await using var world = await World.RunAsync(seed, _ => { });
            var copy = await world.WithTornAppendAsync();
            (await world.ReadAsync(copy)).ShouldBe(string.Empty, $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_full_disk_refuses_to_seal_loses_nothing_and_goes_on_when_there_is_space()
    {
        for (var seed = FirstSeed; seed < FirstSeed + (Seeds / 3); seed++)
        {
            await using var world = await World.RunAsync(seed, disk => disk.FullFrom = 1 + new Random(seed).Next(60));
            (await world.ReadOpenAsync()).ShouldBe(string.Empty, $"seed {seed}: while full");
            world.Disk.FullFrom = int.MaxValue;
            await world.Store.SealAsync(default);
            (await world.ReadOpenAsync()).ShouldBe(string.Empty, $"seed {seed}: with space again");
            (await world.ReadAsync(world.AfterPowerCut())).ShouldBe(string.Empty, $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_disk_that_lies_about_flushing_or_flips_a_bit_is_found_out_and_never_gives_a_wrong_answer()
    {
        var found = 0;
        for (var seed = FirstSeed; seed < FirstSeed + Seeds; seed++)
        {
            var lies = seed % 2 == 0;
            await using var world = await World.RunAsync(seed, disk => disk.LiesAboutFlushing = lies);
            var copy = world.AfterPowerCut();
            var isChanged = lies || FlipBit(copy, new Random(seed));
            var read = await world.ReadAsync(copy);
            if (read.Length > 0)
            {
                read.ShouldStartWith("refused: " + copy, Case.Sensitive, $"seed {seed}");
                StoreInspection.Inspect(copy).Findings.ShouldNotBeEmpty($"seed {seed}");
                found++;
            }

            (isChanged || read.Length == 0).ShouldBeTrue($"seed {seed}");
        }

        found.ShouldBeGreaterThan(Seeds / 4);
    }

    [Fact]
    public async Task A_file_that_is_read_short_is_refused()
    {
        await using var world = await World.RunAsync(3, _ => { });
        var copy = world.AfterPowerCut();
        var parts = Directory.GetFiles(copy, "*.arrow", SearchOption.AllDirectories);
        parts.ShouldNotBeEmpty();
        (await world.ReadAsync(copy, new FaultyDisk { ShortBy = 100 })).ShouldContain("it was cut off");
    }

    /// <summary>Changes one bit of a file of a part; false when there is none.</summary>
    private static bool FlipBit(string folder, Random random)
    {
        var files = Directory.GetFiles(folder, "*.arrow*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
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

    /// <summary>A store that was used for a while, and what it has promised.</summary>
    private sealed class World : IAsyncDisposable
    {
        private static readonly string[] Names = ["Play", "Stop", "Skip"];
        private readonly string _root = Directory.CreateTempSubdirectory("rondo-crash-").FullName;
        private readonly Random _random;
        private readonly Dictionary<string, string> _acknowledged = new(StringComparer.Ordinal);

        /// <summary>Sent or erased without an answer: there or not.</summary>
        private readonly HashSet<string> _open = new(StringComparer.Ordinal);
        private int _sent;

        private World(int seed)
        {
            _random = new Random(seed);
            Store = EventStore.Open(Folder, Options(Disk), TimeProvider.System, NullLogger.Instance);
        }

        public FaultyDisk Disk { get; } = new();

        public EventStore Store { get; }

        private string Folder => Path.Combine(_root, "store");

        public static async Task<World> RunAsync(int seed, Action<FaultyDisk> prepare)
        {
            var world = new World(seed);
            prepare(world.Disk);
            for (var step = 0; step < 14 && world.Disk.Operations < world.Disk.CutAt; step++)
            {
                try
                {
                    await world.StepAsync();
                }
                catch (IOException)
                {
                    // Refused; what was asked for is open.
                }
            }

            return world;
        }

        /// <summary>The folder as it would be found when the power came back.</summary>
        public string AfterPowerCut()
        {
            var copy = Copy("found");
            Disk.LosePower(Folder, copy, _random);
            return copy;
        }

        /// <summary>Appends once more and tears what SQLite wrote for it.</summary>
        public async Task<string> WithTornAppendAsync()
        {
            var log = Path.Combine(Folder, "store.db-wal");
            var before = ReadShared(log);
            var events = Events();
            events.ForEach(sent => _open.Add(sent.InsertId!));
            await Store.AppendAsync(Batch([.. events]), default);
            events.ForEach(sent => _acknowledged.Add(sent.InsertId!, sent.DistinctId));
            var copy = Copy("torn");
            var after = ReadShared(log);
            var first = 0;
            while (first < Math.Min(before.Length, after.Length) && before[first] == after[first])
            {
                first++;
            }

            // A log that was begun anew has another head; then nothing tells which of its bytes the commit wrote.
            if (first >= 32)
            {
                var torn = (byte[])after.Clone();
                var at = first + _random.Next(torn.Length - first);
                switch (_random.Next(3))
                {
                    case 0: torn = torn[..at]; break;
                    case 1: torn.AsSpan(at).Clear(); break;
                    default: torn[at] ^= (byte)(1 << _random.Next(8)); break;
                }

                File.WriteAllBytes(Path.Combine(copy, "store.db-wal"), torn);
            }

            return copy;
        }

        /// <summary>Empty when a store in a folder tells what was promised; else what is wrong.</summary>
        public async Task<string> ReadAsync(string folder, FaultyDisk? disk = null)
        {
            try
            {
                await using var store = EventStore.Open(folder, Options(disk ?? new FaultyDisk()), TimeProvider.System, NullLogger.Instance);
                return await CompareAsync(store);
            }
            catch (StoreDamagedException refusal)
            {
                return "refused: " + refusal.Message;
            }
        }

        public Task<string> ReadOpenAsync() => CompareAsync(Store);

        public async ValueTask DisposeAsync()
        {
            Disk.CutAt = Disk.FullFrom = int.MaxValue;
            await Store.DisposeAsync();
            Directory.Delete(_root, recursive: true);
        }

        private static EngineOptions Options(FaultyDisk disk) => new() { Disk = disk, SealAfterRows = 100_000, SealAfter = TimeSpan.FromDays(1), CompactionFanIn = 2 };

        private static byte[] ReadShared(string path)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }

        private async Task StepAsync()
        {
            switch (_random.Next(8))
            {
                case 0 when _acknowledged.Count > 0:
                    var person = _acknowledged.Values.ElementAt(_random.Next(_acknowledged.Count));
                    var gone = _acknowledged.Where(kept => kept.Value == person).Select(kept => kept.Key).ToList();
                    _open.UnionWith(gone);
                    await Store.EraseAsync([person], default);
                    gone.ForEach(id => { _acknowledged.Remove(id); _open.Remove(id); });
                    break;
                case 1 or 2 or 3:
                    await Store.SealAsync(default);
                    break;
                default:
                    var events = Events();
                    await Store.AppendAsync(Batch([.. events]), default);
                    events.ForEach(sent => _acknowledged.Add(sent.InsertId!, sent.DistinctId));
                    break;
            }
        }

        private List<Model.Events.TrackedEvent> Events() => [.. Enumerable.Range(0, 1 + _random.Next(30)).Select(_ =>
            Event(Names[_random.Next(Names.Length)], $"p{_random.Next(6)}", _random.Next(48), $"rondo-{++_sent:x8}", P("n", _sent), P("text", $"text {_random.Next(40)}")))];

        private async Task<string> CompareAsync(EventStore store)
        {
            var stored = new List<string>();
            await foreach (var tracked in store.ExportAsync([], TimeWindow.Always, default))
            {
                stored.Add(tracked.InsertId!);
                if ($"rondo-{(int)tracked.Properties.Single(property => property.Name == "n").Value.Number:x8}" != tracked.InsertId)
                {
                    return $"{tracked.InsertId} has another event's properties";
                }
            }

            var twice = stored.GroupBy(id => id).Where(same => same.Count() > 1).Select(same => same.Key).ToList();
            var missing = _acknowledged.Keys.Except(stored).Except(_open).ToList();
            var unknown = stored.Except(_acknowledged.Keys).Except(_open).ToList();
            return twice.Count + missing.Count + unknown.Count == 0
                ? string.Empty
                : $"twice {string.Join(' ', twice)}; missing {string.Join(' ', missing)}; unknown {string.Join(' ', unknown)}";
        }

        private string Copy(string name)
        {
            var copy = Path.Combine(_root, name);
            foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
            {
                var to = Path.Combine(copy, Path.GetRelativePath(Folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.WriteAllBytes(to, ReadShared(file));
            }

            return copy;
        }
    }
}
