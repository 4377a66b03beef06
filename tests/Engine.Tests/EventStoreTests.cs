using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests;

public sealed class EventStoreTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly QueryContext Context = new() { Calendar = ProjectCalendar.Utc, Now = Start + Duration.FromDays(60) };
    private static readonly DateRange January = DateRange.Between(new LocalDate(2026, 1, 1), new LocalDate(2026, 1, 31));

    [Fact]
    public async Task What_was_acknowledged_is_there_after_reopening_sealed_or_not()
    {
        await using var temporary = new TemporaryStore();
        await temporary.Store.AppendAsync(Batch(Event("Play Song", "ann", 1, "a1", P("genre", "jazz"), P("length", 3.5)), Event("Play Song", "bob", 2)), None);
        await temporary.Store.SealAsync(None);
        await temporary.Store.AppendAsync(Batch(Event("Play Song", "ann", 3), Event("Log In", "", 3)), None);
        await temporary.Store.AppendAsync(ProfileBatch(Set("ann", P("plan", "paid"))), None);
        await temporary.ReopenAsync();

        var result = await temporary.Store.InsightsAsync(Count("Play Song"), Context, None);
        result.Series[0].Total.ShouldBe(3);
        temporary.Store.FindProfile("ann")!["plan"].ShouldBe(PropertyValue.Of("paid"));
        (await temporary.Store.TimelineAsync("ann", null, 10, None)).Select(e => e.InsertId is null).ShouldBe([true, false]);
        (await temporary.Store.TimelineAsync("ann", null, 10, None))[1].Properties.ShouldBe([P("genre", "jazz"), P("length", 3.5)], ignoreOrder: true);
    }

    [Fact]
    public async Task The_log_is_read_from_a_position_without_waiting_for_more()
    {
        await using var temporary = new TemporaryStore();
        (await temporary.Store.LoggedAfterAsync(default, 10, None)).ShouldBeEmpty();
        for (var hour = 1; hour <= 3; hour++)
        {
            await temporary.Store.AppendAsync(Batch(Event("Play Song", "ann", hour, $"a{hour}")), None);
        }

        (await temporary.Store.LoggedAfterAsync(default, 2, None)).Select(batch => batch.Position.Value).ShouldBe([1, 2]);
        (await temporary.Store.LoggedAfterAsync(new LogPosition(2), 2, None)).Select(batch => batch.Batch.Events[0].InsertId).ShouldBe(["a3"]);
        (await temporary.Store.LoggedAfterAsync(new LogPosition(3), 2, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_insert_id_read_from_the_log_and_from_a_part_has_the_same_kept_form()
    {
        await using var temporary = new TemporaryStore();
        await temporary.Store.AppendAsync(Batch(Event("Play Song", "ann", 1, "a1")), None);
        await temporary.Store.SealAsync(None);
        var given = (await temporary.Store.TimelineAsync("ann", null, 1, None))[0].InsertId;
        temporary.Store.KeptInsertId("a1").ShouldBe(given);
        temporary.Store.KeptInsertId(given).ShouldBe(given);
        temporary.Store.KeptInsertId(null).ShouldBeNull();
    }

    [Fact]
    public async Task A_value_that_could_not_be_read_again_is_refused_and_harms_nothing()
    {
        await using var temporary = new TemporaryStore();
        var date = new Property("born", PropertyValue.Of(Start));
        (await Should.ThrowAsync<ArgumentException>(async () => await temporary.Store.AppendAsync(ProfileBatch(Set("ann", date)), None))).Message.ShouldContain("Date");
        await Should.ThrowAsync<ArgumentException>(async () => await temporary.Store.AppendAsync(Batch(Event("Play Song", "ann", 1, "a1", date)), None));
        await temporary.Store.AppendAsync(Batch(Event("Play Song", "ann", 1, "a1")), None);
        await temporary.ReopenAsync();
        (await temporary.Store.InsightsAsync(Count("Play Song"), Context, None)).Series[0].Total.ShouldBe(1);
    }

    [Fact]
    public async Task A_retry_counts_once_wherever_it_landed()
    {
        await using var temporary = new TemporaryStore();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await temporary.Store.AppendAsync(Batch(Event("Play Song", "ann", 1, "same")), None);
            await temporary.Store.SealAsync(None);
        }

        await temporary.Store.AppendAsync(Batch(Event("Play Song", "ann", 1, "same"), Event("Play Song", "ann", 1, "other")), None);
        (await temporary.Store.InsightsAsync(Count("Play Song"), Context, None)).Series[0].Total.ShouldBe(2);
    }

    [Fact]
    public async Task A_merge_is_seen_at_once_and_for_the_past()
    {
        await using var temporary = new TemporaryStore();
        await temporary.Store.AppendAsync(Batch(Event("Visit", "$device:d1", 1), Event("Visit", "$device:d2", 1)), None);
        await temporary.Store.SealAsync(None);
        await temporary.Store.AppendAsync(Batch(Event("Sign Up", "ann", 2) with { DeviceId = "d1" }), None);
        (await temporary.Store.EveryoneAsync(None)).Count.ShouldBe(2);
        var funnel = await temporary.Store.FunnelAsync(new FunnelQuery { Steps = [new EventSelector("Visit"), new EventSelector("Sign Up")], Range = January }, Context, None);
        funnel.Segments[0].Steps.Select(step => step.Count).ShouldBe([2L, 1L]);
        (await temporary.Store.TimelineAsync("$device:d1", null, 10, None)).Count.ShouldBe(2);
        await temporary.ReopenAsync();
        (await temporary.Store.EveryoneAsync(None)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Parts_are_joined_and_answers_stay()
    {
        await using var temporary = new TemporaryStore(new EngineOptions { SealAfter = TimeSpan.FromDays(1), SealAfterRows = 10, CompactionFanIn = 2 });
        for (var batch = 0; batch < 20; batch++)
        {
            await temporary.Store.AppendAsync(Batch([.. Enumerable.Range(0, 10).Select(n => Event("Play Song", $"p{n}", batch + (n * 0.01), $"{batch}-{n}", P("genre", n % 2 == 0 ? "jazz" : "pop")))]), None);
            await temporary.Store.SealAsync(None);
        }

        Directory.GetDirectories(Path.Combine(temporary.Directory, "parts")).Length.ShouldBeLessThan(8);
        var result = await temporary.Store.InsightsAsync(Count("Play Song") with { Breakdowns = [new Breakdown(PropertySource.Event, "genre")] }, Context, None);
        result.Series.Select(series => (series.Segment.Label, series.Total)).ShouldBe([("$overall", 200L), ("jazz", 100L), ("pop", 100L)]);
        await temporary.ReopenAsync();
        (await temporary.Store.InsightsAsync(Count("Play Song"), Context, None)).Series[0].Total.ShouldBe(200);
    }

    [Fact]
    public async Task The_log_can_be_followed_from_a_position()
    {
        await using var temporary = new TemporaryStore();
        var first = await temporary.Store.AppendAsync(Batch(Event("A", "ann", 1)), None);
        var reading = temporary.Store.ReadLogAsync(first, None).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = reading.MoveNextAsync();
        await temporary.Store.AppendAsync(Batch(Event("B", "ann", 2, "x", P("n", 1))), None);
        (await next).ShouldBeTrue();
        reading.Current.Batch.Events.Single().Name.ShouldBe("B");
        reading.Current.Batch.Events.Single().Properties.ShouldBe([P("n", 1)]);
        await reading.DisposeAsync();
    }

    /// <summary>The log was long once; what it took is given back to the disk, but for 16 MB.</summary>
    [Fact]
    public async Task Pages_that_the_log_no_longer_needs_go_back_to_the_disk()
    {
        await using var temporary = new TemporaryStore(new EngineOptions { SealAfter = TimeSpan.FromDays(1), LogRetention = TimeSpan.Zero });
        var random = new Random(1);
        for (var batch = 0; batch < 48; batch++)
        {
            var bytes = new byte[1 << 20];
            random.NextBytes(bytes);
            await temporary.Store.AppendAsync(Batch(Event("A", "ann", batch, $"a{batch}", P("noise", Convert.ToBase64String(bytes)))), None);
        }

        await temporary.Store.SealAsync(None);
        await temporary.CloseAsync();
        new FileInfo(Path.Combine(temporary.Directory, "store.db")).Length.ShouldBeLessThan(24 << 20);
        File.Exists(Path.Combine(temporary.Directory, "store.db-wal")).ShouldBeFalse();
    }

    private static InsightsQuery Count(string name) => new() { Metrics = [new Metric(new EventSelector(name), Measure.Total)], Range = January };
}
