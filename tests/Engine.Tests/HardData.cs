using System.Diagnostics;
using NodaTime;
using Rondo.Engine.Tests.Disk;
using Rondo.Model.Events;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests;

/// <summary>Data as it comes: late, twice, in any order, of any type, of very many names, of one person only, of nobody.</summary>
public sealed class HardData
{
    private static readonly QueryContext Context = new() { Calendar = ProjectCalendar.Utc, Now = Start + Duration.FromDays(500) };

    [Fact]
    public async Task Late_events_and_duplicates_find_their_place_whatever_part_they_come_into()
    {
        await using var temporary = new TemporaryStore(new EngineOptions { SealAfterRows = 10_000, SealAfter = TimeSpan.FromDays(1), CompactionFanIn = 3 });
        var random = new Random(1);
        var all = Enumerable.Range(0, 400).Select(n => Event("Play", $"p{n % 7}", random.Next(24 * 30), $"k{n}", P("n", n))).ToArray();
        var sent = all.Concat(all.Where(_ => random.Next(3) == 0)).OrderBy(_ => random.Next()).ToArray();
        foreach (var chunk in sent.Chunk(30))
        {
            await temporary.Store.AppendAsync(Batch(chunk), default);
            await temporary.Store.SealAsync(default);
        }

        (await TotalAsync(temporary.Store, "Play", Measure.Total)).ShouldBe(400);
        for (var person = 0; person < 7; person++)
        {
            var times = (await temporary.Store.TimelineAsync($"p{person}", null, 1000, default)).Select(tracked => tracked.Time).ToList();
            times.ShouldBe(all.Where(tracked => tracked.DistinctId == $"p{person}").Select(tracked => tracked.Time).OrderDescending());
        }
    }

    [Fact]
    public async Task Merges_in_any_order_give_the_same_people()
    {
        var events = new List<TrackedEvent>();
        for (var user = 0; user < 6; user++)
        {
            events.Add(Event("Visit", $"$device:d{user}", user, $"v{user}"));
            events.Add(Event("Sign up", $"u{user % 3}", user + 1, $"s{user}") with { DeviceId = $"d{user}" });
        }

        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            await using var temporary = new TemporaryStore(new EngineOptions { SealAfter = TimeSpan.FromDays(1), CompactionFanIn = 2 });
            foreach (var tracked in events.OrderBy(_ => random.Next()))
            {
                await temporary.Store.AppendAsync(Batch(tracked), default);
                if (random.Next(3) == 0)
                {
                    await temporary.Store.SealAsync(default);
                }
            }

            string.Join(' ', temporary.Store.DistinctIdsOf(await temporary.Store.EveryoneAsync(default)).Order(StringComparer.Ordinal)).ShouldBe("u0 u1 u2", $"seed {seed}");
            (await TotalAsync(temporary.Store, "Visit", Measure.Uniques)).ShouldBe(3, $"seed {seed}");
            (await temporary.Store.TimelineAsync("u1", null, 10, default)).Count.ShouldBe(4, $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_property_may_be_text_then_a_number_then_a_list()
    {
        await using var temporary = new TemporaryStore();
        PropertyValue[] drift = [PropertyValue.Of("12"), PropertyValue.Of(12), PropertyValue.Of([PropertyValue.Of("a"), PropertyValue.Of(1)]), PropertyValue.Of(true), PropertyValue.OfObject("""{"a":1}"""), PropertyValue.Of(-0.25)];
        for (var index = 0; index < drift.Length; index++)
        {
            await temporary.Store.AppendAsync(Batch(Event("Play", "ann", index, $"{index}", new Property("p", drift[index]))), default);
            if (index % 2 == 0)
            {
                await temporary.Store.SealAsync(default);
            }
        }

        await CheckAsync();
        await temporary.Store.OptimizeAsync(default);
        await CheckAsync();
        await temporary.ReopenAsync();
        await CheckAsync();

        async Task CheckAsync()
        {
            (await temporary.Store.TimelineAsync("ann", null, 10, default)).Reverse().Select(tracked => tracked.Properties.Single().Value).ShouldBe(drift);
            (await temporary.Store.PropertiesAsync(Model.Predicates.PropertySource.Event, "Play", default)).Single().Kinds.Count.ShouldBe(5);
        }
    }

    [Fact]
    public async Task Ten_thousand_names_are_a_handful_of_files_and_questions_stay_fast()
    {
        const int Names = 10_000;
        await using var temporary = new TemporaryStore(new EngineOptions { SealAfterRows = 1_000_000, SealAfter = TimeSpan.FromDays(1) });
        for (var round = 0; round < 2; round++)
        {
            foreach (var chunk in Enumerable.Range(0, Names * 3).Chunk(5000))
            {
                await temporary.Store.AppendAsync(Batch([.. chunk.Select(n => Event($"Event {n % Names}", $"p{n % 50}", n % 700, $"{round}-{n}", P("n", n)))]), default);
            }

            await Measured("sealing 30,000 events of 10,000 names", () => temporary.Store.SealAsync(default));
        }

        await Measured("joining two parts of 10,000 names", () => temporary.Store.OptimizeAsync(default));
        Directory.GetFiles(Path.Combine(temporary.Directory, "parts"), "*", SearchOption.AllDirectories).Length.ShouldBeLessThanOrEqualTo(4);
        await Measured("opening", temporary.ReopenAsync);
        await Measured("one name", async () => (await TotalAsync(temporary.Store, "Event 77", Measure.Total)).ShouldBe(6));
        await Measured("all names", async () => (await temporary.Store.EventNamesAsync(default)).Count.ShouldBe(Names));
        await Measured("any event", async () => (await TotalAsync(temporary.Store, null, Measure.Total)).ShouldBe(Names * 6));
    }

    [Fact]
    public async Task Two_thousand_properties_that_few_events_have_take_little_space()
    {
        const int Properties = 2000;
        const int Rows = 40_000;
        await using var temporary = new TemporaryStore(new EngineOptions { SealAfterRows = 1_000_000, SealAfter = TimeSpan.FromDays(1) });
        foreach (var chunk in Enumerable.Range(0, Rows).Chunk(5000))
        {
            await temporary.Store.AppendAsync(Batch([.. chunk.Select(n => Event("Play", $"p{n % 500}", n % 700, $"{n}", P($"property {n % Properties}", n), P($"word {n % Properties}", $"w{n}")))]), default);
        }

        await Measured("sealing", () => temporary.Store.SealAsync(default));
        await Measured("joining", () => temporary.Store.OptimizeAsync(default));
        var bytes = Directory.GetFiles(Path.Combine(temporary.Directory, "parts"), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes / Rows} bytes an event");
        (bytes / Rows).ShouldBeLessThan(200);
        await temporary.ReopenAsync();
        var values = await temporary.Store.PropertyValuesAsync(Model.Predicates.PropertySource.Event, "Play", "word 5", null, 100, new QueryContext { Calendar = ProjectCalendar.Utc, Now = default }, default);
        values.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, Rows).Where(n => n % Properties == 5).Select(n => $"w{n}").Order(StringComparer.Ordinal));
        (await temporary.Store.TimelineAsync("p7", null, 1, default)).Single().Properties.Count.ShouldBe(2);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_person_with_a_million_events_costs_what_a_million_events_cost()
    {
        const int Rows = 1_000_000;
        await using var temporary = new TemporaryStore(new EngineOptions { SealAfterRows = 10_000_000, SealAfter = TimeSpan.FromDays(1) });
        var random = new Random(1);
        var hours = Enumerable.Range(0, Rows).Select(n => n / 100d).ToArray();
        random.Shuffle(hours);
        var watch = Stopwatch.StartNew();
        for (var part = 0; part < 2; part++)
        {
            foreach (var chunk in Enumerable.Range(part * Rows / 2, Rows / 2).Chunk(20_000))
            {
                await temporary.Store.AppendAsync(Batch([.. chunk.Select(n => Event(n % 5 == 0 ? "Stop" : "Play", "robot", hours[n], $"{n}"))]), default);
            }

            await Measured("sealing half a million events of one person, out of order", () => temporary.Store.SealAsync(default));
        }

        await Measured("two overlapping parts: a count", async () => (await TotalAsync(temporary.Store, "Play", Measure.Total)).ShouldBe(Rows * 4 / 5));
        await Measured("two overlapping parts: timeline", async () => (await temporary.Store.TimelineAsync("robot", null, 100, default)).Count.ShouldBe(100));
        await Measured("joining", () => temporary.Store.OptimizeAsync(default));
        await Measured("a count", async () => (await TotalAsync(temporary.Store, "Play", Measure.Total)).ShouldBe(Rows * 4 / 5));
        await Measured("timeline", async () => (await temporary.Store.TimelineAsync("robot", null, 100, default)).Count.ShouldBe(100));

        // Quadratic work would take hours; the bound only tells the two apart.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task Events_of_nobody_count_as_events_and_as_no_people()
    {
        await using var temporary = new TemporaryStore();
        await temporary.Store.AppendAsync(Batch([.. Enumerable.Range(0, 50).Select(n => Event("Play", string.Empty, n, $"{n}")), Event("Play", "ann", 1, "ann")]), default);
        await temporary.Store.SealAsync(default);
        await temporary.ReopenAsync();
        (await TotalAsync(temporary.Store, "Play", Measure.Total)).ShouldBe(51);
        (await TotalAsync(temporary.Store, "Play", Measure.Uniques)).ShouldBe(1);
        temporary.Store.DistinctIdsOf(await temporary.Store.EveryoneAsync(default)).ShouldBe(["ann"]);
    }

    /// <summary>Questions, ingestion and sealing go on while parts are joined, however long that takes and however much comes in.</summary>
    [Fact]
    public async Task Nothing_waits_for_compaction()
    {
        var disk = new FaultyDisk();
        await using var temporary = new TemporaryStore(new EngineOptions { Disk = disk, SealAfterRows = 500, SealAfter = TimeSpan.FromDays(1), CompactionFanIn = 64 });
        for (var part = 0; part < 3; part++)
        {
            await temporary.Store.AppendAsync(Batch([.. Enumerable.Range(0, 400).Select(n => Event("Play", $"p{n % 50}", n % 700, $"{part}-{n}"))]), default);
            await temporary.Store.SealAsync(default);
        }

        (disk.WaitsAtDoor, var parts) = ("p00000004", Path.Combine(temporary.Directory, "parts"));
        disk.Door.Reset();
        var joining = Task.Run(() => temporary.Store.OptimizeAsync(default));
        await WaitUntil(() => Directory.Exists(Path.Combine(parts, disk.WaitsAtDoor)));

        // More than the heads that may wait to be sealed.
        for (var meanwhile = 1; meanwhile <= 40; meanwhile++)
        {
            await temporary.Store.AppendAsync(Batch([.. Enumerable.Range(0, 500).Select(n => Event("Stop", $"p{n % 50}", meanwhile, $"stop-{meanwhile}-{n}"))]), default).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            (await TotalAsync(temporary.Store, "Stop", Measure.Total)).ShouldBe(meanwhile * 500);
            (await TotalAsync(temporary.Store, "Play", Measure.Total)).ShouldBe(1200);
        }

        joining.IsCompleted.ShouldBeFalse();
        await WaitUntil(() => Directory.GetDirectories(parts).Length > 5);
        disk.Door.Set();
        await joining;
        (await TotalAsync(temporary.Store, "Play", Measure.Total)).ShouldBe(1200);
        (await TotalAsync(temporary.Store, "Stop", Measure.Total)).ShouldBe(20_000);
        Directory.Exists(Path.Combine(parts, "p00000001")).ShouldBeFalse("what was joined is gone");
    }

    private static async Task WaitUntil(Func<bool> isSo)
    {
        for (var waited = Stopwatch.StartNew(); !isSo(); await Task.Delay(10))
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
        }
    }

    private static async Task<double> TotalAsync(EventStore store, string? name, Measure measure)
    {
        var query = new InsightsQuery { Metrics = [new Metric(new Model.Predicates.EventSelector(name), measure)], Range = new SinceRange(new LocalDate(2020, 1, 1)), Unit = CalendarUnit.Month };
        return (await store.InsightsAsync(query, Context, default)).Series[0].Total!.Value;
    }

    private static async Task Measured(string what, Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {watch.Elapsed.TotalMilliseconds:f0} ms");
    }
}
