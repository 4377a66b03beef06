using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Rondo.Benchmarks.Workload;
using Rondo.Engine;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Soaking;

namespace Rondo.Benchmarks.Peers;

/// <summary>Our own store, filled through its log as the server does.</summary>
internal sealed class RondoPeer : IAsyncDisposable
{
    private const int BatchSize = 10_000;

    private readonly string _directory;
    private readonly int _threads;

    private RondoPeer(string directory, int threads)
    {
        _directory = directory;
        _threads = threads;
        Store = OpenStore();
    }

    public EventStore Store { get; private set; }

    public static QueryContext Context { get; } = new()
    {
        Calendar = new ProjectCalendar(DateTimeZone.Utc, IsoDayOfWeek.Monday),
        Now = Instant.FromUnixTimeSeconds(Listening.Start) + Duration.FromDays(Listening.Days + 2),
    };

    public static RondoPeer Open(string directory, int threads) => new(directory, threads);

    public async Task LoadAsync(IEnumerable<Act> acts)
    {
        // Appends wait for their commit: several at a time share one.
        var pending = new Queue<Task>();
        var persons = new HashSet<int>();
        foreach (var chunk in acts.Chunk(BatchSize))
        {
            if (pending.Count == 16)
            {
                await pending.Dequeue();
            }

            var events = Array.ConvertAll(chunk, ToEvent);
            persons.UnionWith(chunk.Select(act => act.Person));
            pending.Enqueue(Store.AppendAsync(new IngestBatch(Context.Now, events, []), default).AsTask());
        }

        await Task.WhenAll(pending);
        foreach (var chunk in persons.Order().Chunk(BatchSize))
        {
            await Store.AppendAsync(new IngestBatch(Context.Now, [], Array.ConvertAll(chunk, ToProfile)), default);
        }

        await Store.SealAsync(default);
    }

    public async Task<(double Milliseconds, string[] Answer)> AskAsync(Question question)
    {
        var watch = Stopwatch.StartNew();
        var lines = await question.Rondo(Store, Context);
        var elapsed = watch.Elapsed.TotalMilliseconds;
        return (elapsed, [.. lines]);
    }

    /// <summary>Asks once after the store was opened anew and its files were put out of memory: how long that takes, and how much memory of its own it takes at most.</summary>
    public async Task<(double Milliseconds, double PeakMegabytes)> AskColdAsync(Question question)
    {
        await Store.DisposeAsync();
        PageCache.Evict(_directory);
        Store = OpenStore();
        using var memory = new PeakMemory();
        var (milliseconds, _) = await AskAsync(question);
        return (milliseconds, memory.Stop());
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private EventStore OpenStore() =>
        EventStore.Open(_directory, new EngineOptions { QueryThreads = _threads, LogRetention = TimeSpan.Zero }, TimeProvider.System, NullLogger.Instance);

    /// <summary>What a person is stands in the profile too; the peers have it beside every event.</summary>
    private static ProfileUpdate ToProfile(int person) => new()
    {
        DistinctId = $"user-{person}",
        Operator = ProfileOperator.Set,
        Properties = [new Property("platform", Text(Listening.Platforms[Listening.PlatformOf(person)]))],
        Time = Context.Now,
    };

    private static TrackedEvent ToEvent(Act act)
    {
        var id = $"user-{act.Person}";
        return new TrackedEvent
        {
            Name = Listening.Names[act.Name],
            DistinctId = id,
            UserId = id,
            Time = Instant.FromUnixTimeSeconds(act.Second),
            InsertId = $"{act.Person:x}-{act.Second:x}-{act.Name:x}",
            Properties =
            [
                new Property("platform", Text(Listening.Platforms[act.Platform])),
                new Property("country", Text(Listening.Countries[act.Country])),
                new Property("plan", Text(Listening.Plans[act.Plan])),
                new Property("genre", Text(Listening.Genres[act.Genre])),
                new Property("amount", PropertyValue.Of(act.Amount)),
            ],
        };
    }

    private static PropertyValue Text(string text) => PropertyValue.Of(text);
}
