using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Model.Events;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests.Disk;

/// <summary>A store on a faulty disk that was used for a while, and what it has promised.</summary>
internal sealed class UsedStore : IAsyncDisposable
{
    private static readonly string[] Names = ["Play", "Stop", "Skip"];
    private readonly string _root = Directory.CreateTempSubdirectory("rondo-crash-").FullName;
    private readonly Random _random;
    private readonly Promise _promise = new();
    private readonly List<Promise> _earlier = [];
    private int _sent;
    private int _found;

    private UsedStore(int seed) => _random = new Random(seed);

    public FaultyDisk Disk { get; } = new();

    /// <summary>Null when it could not be opened.</summary>
    public EventStore? Store { get; private set; }

    private string Folder => Path.Combine(_root, "events", "1");

    /// <param name="seed">What is done, and what is lost.</param>
    /// <param name="prepare">What goes wrong once the store was opened.</param>
    public static Task<UsedStore> RunAsync(int seed, Action<FaultyDisk> prepare) => RunAsync(seed, _ => { }, prepare);

    /// <param name="seed">What is done, and what is lost.</param>
    /// <param name="prepare">What goes wrong, perhaps while the store is made.</param>
    public static Task<UsedStore> MakeAndRunAsync(int seed, Action<FaultyDisk> prepare) => RunAsync(seed, prepare, _ => { });

    private static async Task<UsedStore> RunAsync(int seed, Action<FaultyDisk> beforeOpening, Action<FaultyDisk> afterOpening)
    {
        var used = new UsedStore(seed);
        beforeOpening(used.Disk);
        try
        {
            used.Store = EventStore.Open(used.Folder, Options(used.Disk), TimeProvider.System, NullLogger.Instance);
        }
        catch (Exception refusal) when (refusal is StoreUnavailableException or IOException)
        {
            return used;
        }

        afterOpening(used.Disk);
        for (var step = 0; step < 14 && !used.Disk.IsCut; step++)
        {
            used._earlier.Add(used._promise.Copy());
            try
            {
                await used.StepAsync();
            }
            catch (Exception refusal) when (used.IsRefusal(refusal))
            {
                // What becomes of what was asked for is noted where it was asked.
            }
        }

        return used;
    }

    /// <summary>Sends one more batch.</summary>
    public async Task AppendAsync()
    {
        var events = Events();
        var updates = Enumerable.Range(0, _random.Next(3)).Select(_ => (Person: Person(), Value: (double)++_sent)).DistinctBy(update => update.Person).ToList();
        events.ForEach(sent => _promise.Open.Add(sent.InsertId!, sent.DistinctId));
        var before = updates.ToDictionary(update => update.Person, update => _promise.Profiles.GetValueOrDefault(update.Person, [double.NaN]));
        updates.ForEach(update => _promise.Profiles[update.Person] = [.. before[update.Person], update.Value]);
        try
        {
            await Store!.AppendAsync(new IngestBatch(Start, events, [.. updates.Select(update => Set(update.Person, P("n", update.Value)))]), default);
            events.ForEach(sent => _promise.Acknowledged.Add(sent.InsertId!, sent.DistinctId));
            Close(events);
            updates.ForEach(update => _promise.Profiles[update.Person] = [update.Value]);
        }
        catch (StoreUnavailableException refusal) when (refusal.Message.Contains("nothing of this request was kept", StringComparison.Ordinal))
        {
            Close(events);
            updates.ForEach(update => _promise.Profiles[update.Person] = before[update.Person]);
            throw;
        }
    }

    private void Close(List<TrackedEvent> events) => events.ForEach(sent => _promise.Open.Remove(sent.InsertId!));

    /// <summary>The folder as it would be found when the power came back.</summary>
    public string AfterPowerCut() => AfterPowerCut(Disk, Folder);

    /// <summary>The folder as it would be found when the process was killed.</summary>
    public string AfterKill()
    {
        var found = Path.Combine(_root, $"found-{++_found}");
        Disk.LoseProcess(Folder, found);
        return found;
    }

    public string AfterPowerCut(FaultyDisk disk, string folder)
    {
        var found = Path.Combine(_root, $"found-{++_found}");
        disk.LosePower(folder, found, _random);
        return found;
    }

    /// <summary>Empty when a store in a folder tells what was promised; else what is wrong.</summary>
    public async Task<string> ReadAsync(string folder, bool mayBeEarlier = false)
    {
        using var disk = new FaultyDisk(folder);
        return await ReadAsync(folder, disk, mayBeEarlier);
    }

    public async Task<string> ReadAsync(string folder, FaultyDisk disk, bool mayBeEarlier = false)
    {
        try
        {
            await using var store = EventStore.Open(folder, Options(disk), TimeProvider.System, NullLogger.Instance);
            return await CompareAsync(store, mayBeEarlier);
        }
        catch (Exception refusal) when (refusal is StoreDamagedException or StoreUnavailableException or PowerCut)
        {
            return "refused: " + refusal.Message;
        }
    }

    public Task<string> ReadOpenAsync() => CompareAsync(Store!, mayBeEarlier: false);

    public async ValueTask DisposeAsync()
    {
        Disk.CutAt = Disk.FullFrom = Disk.FailAt = int.MaxValue;
        if (Store is not null)
        {
            await Store.DisposeAsync();
        }

        Disk.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private static EngineOptions Options(FaultyDisk disk) => new() { Disk = disk, SealAfterRows = 100_000, SealAfter = TimeSpan.FromDays(1), CompactionFanIn = 2, FewestIdsForFile = 6, QueryThreads = 1 };

    /// <summary>A sealing does several things, each of which may fail.</summary>
    private bool IsRefusal(Exception exception) => exception is StoreUnavailableException or IOException
        || (exception is StoreDamagedException && Disk.IsCut)
        || (exception is AggregateException { InnerExceptions: var several } && several.All(IsRefusal));

    private string Person() => $"p{_random.Next(6)}";

    private async Task StepAsync()
    {
        switch (_random.Next(8))
        {
            case 0 when _promise.Acknowledged.Count > 0:
                await EraseAsync(_promise.Acknowledged.Values.ElementAt(_random.Next(_promise.Acknowledged.Count)));
                break;
            case 1 or 2 or 3:
                await Store!.SealAsync(default);
                break;
            default:
                await AppendAsync();
                break;
        }
    }

    private async Task EraseAsync(string person)
    {
        var kept = _promise.Acknowledged.Where(kept => kept.Value == person).Select(kept => kept.Key).ToList();
        kept.ForEach(id => _promise.Open[id] = person);
        _promise.Profiles[person] = [.. _promise.Profiles.GetValueOrDefault(person, []), double.NaN];
        await Store!.EraseAsync([person], default);

        // Of what was sent or erased before without an answer, nothing may come back either.
        kept.ForEach(id => _promise.Acknowledged.Remove(id));
        _promise.Open.Where(open => open.Value == person).Select(open => open.Key).ToList().ForEach(id => _promise.Open.Remove(id));
        _promise.Profiles[person] = [double.NaN];
    }

    /// <summary>Some name the person's device, which makes it the person's.</summary>
    private List<TrackedEvent> Events() => [.. Enumerable.Range(0, 1 + _random.Next(30)).Select(_ =>
    {
        var person = Person();
        var tracked = Event(Names[_random.Next(Names.Length)], person, _random.Next(48), $"rondo-{++_sent:x8}", P("n", _sent), P("text", $"text {_random.Next(40)}"));
        return _random.Next(4) == 0 ? tracked with { DeviceId = "of-" + person } : tracked;
    })];

    private async Task<string> CompareAsync(EventStore store, bool mayBeEarlier)
    {
        var stored = new List<(string, string)>();
        await foreach (var tracked in store.ExportAsync([], TimeWindow.Always, default))
        {
            stored.Add((tracked.InsertId!, tracked.DistinctId));
            if ($"rondo-{(int)tracked.Properties.Single(property => property.Name == "n").Value.Number:x8}" != tracked.InsertId)
            {
                return $"{tracked.InsertId} has another event's properties";
            }
        }

        double ProfileOf(string person) => store.FindProfile(person)?.GetValueOrDefault("n") is { Kind: PropertyKind.Number } number ? number.Number : double.NaN;
        var broken = _promise.BrokenBy(stored, ProfileOf);
        return mayBeEarlier && _earlier.Any(earlier => earlier.BrokenBy(stored, ProfileOf).Length == 0) ? string.Empty : broken;
    }
}
