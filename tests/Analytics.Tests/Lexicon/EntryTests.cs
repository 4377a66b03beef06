using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.Lexicon;

/// <summary>What is written about events and properties, and what becomes of them; what may be deleted.</summary>
public sealed class EntryTests
{
    [Fact]
    public async Task What_is_written_about_an_event_is_kept_over_a_restart()
    {
        await using var world = await CreateAsync();
        var entry = new LexiconEntry(LexiconKind.Event, "Ping", "Heartbeat", "Sent every minute", LexiconStatus.Hidden);
        (await world.Get<IDefinitions>().SaveAsync(world.Project, entry, default)).IsAccepted.ShouldBeTrue();
        await world.RestartAsync();
        (await world.Get<IDefinitions>().EntriesAsync(world.Project, default)).ShouldBe([entry]);
    }

    [Fact]
    public async Task A_hidden_event_is_not_any_event_and_can_be_named_all_the_same()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("Ping", "ann"), Event("A", "bob"));
        await world.Get<IDefinitions>().SaveAsync(world.Project, new LexiconEntry(LexiconKind.Event, "Ping", Status: LexiconStatus.Hidden), default);
        (await CountAsync(world, new EventSelector(null))).ShouldBe(1);
        (await CountAsync(world, new EventSelector("Ping"))).ShouldBe(1);
        await world.Get<IDefinitions>().SaveAsync(world.Project, new LexiconEntry(LexiconKind.Event, "Ping"), default);
        (await CountAsync(world, new EventSelector(null))).ShouldBe(2);
    }

    [Fact]
    public async Task A_dropped_event_is_counted_as_dropped_and_its_client_is_told_nothing()
    {
        await using var world = await CreateAsync();
        await world.Get<IDefinitions>().SaveAsync(world.Project, new LexiconEntry(LexiconKind.Event, "Ping", Status: LexiconStatus.Dropped), default);
        var report = await world.TrackAsync(world.Sent("Ping", "ann"), world.Sent("A", "ann"));
        report.AcceptedCount.ShouldBe(1);
        report.Refused.Single().IsSilent.ShouldBeTrue();
        world.Ingestion.CountsOf(world.Project).Dropped[DropReason.DroppedByLexicon].ShouldBe(1);
        (await world.Get<ILexicon>().EventsAsync(world.Project, default)).Select(one => one.Name).ShouldBe(["A"]);

        await world.RestartAsync();
        (await world.TrackAsync(world.Sent("Ping", "ann"))).AcceptedCount.ShouldBe(0, "after a restart");
    }

    [Fact]
    public async Task Dropped_properties_are_left_out_of_events_and_profiles()
    {
        await using var world = await CreateAsync();
        await world.Get<IDefinitions>().SaveAsync(world.Project, new LexiconEntry(LexiconKind.EventProperty, "card", Status: LexiconStatus.Dropped), default);
        await world.Get<IDefinitions>().SaveAsync(world.Project, new LexiconEntry(LexiconKind.UserProperty, "phone", Status: LexiconStatus.Dropped), default);
        await world.TrackAsync(world.Sent("Buy", "ann", P("card", "4711"), P("price", 5)));
        await world.SetAsync("ann", P("phone", "123"), P("plan", "free"));
        await world.SetAsync("bob", P("phone", "123"));
        (await world.Get<ILexicon>().PropertiesAsync(world.Project, PropertySource.Event, null, default)).Select(one => one.Name).ShouldBe(["price"]);
        (await world.Get<ILexicon>().PropertiesAsync(world.Project, PropertySource.User, null, default)).Select(one => one.Name).ShouldNotContain("phone");
    }

    [Theory]
    [InlineData("name", LexiconKind.Event, "", "", LexiconStatus.Hidden)]
    [InlineData("kind", (LexiconKind)9, "A", "", LexiconStatus.Hidden)]
    [InlineData("status", LexiconKind.Event, "A", "", (LexiconStatus)7)]
    [InlineData("status", LexiconKind.Event, WellKnownEvents.PushSend, "", LexiconStatus.Dropped)]
    public async Task Nonsense_is_refused_with_the_field(string field, LexiconKind kind, string name, string displayName, LexiconStatus status)
    {
        await using var world = await CreateAsync();
        (await world.Get<IDefinitions>().SaveAsync(world.Project, new LexiconEntry(kind, name, displayName, "", status), default)).Problems.Select(problem => problem.Field).ShouldBe([field]);
    }

    [Fact]
    public async Task What_a_cohort_names_is_not_deleted()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("A", "ann"));
        var definitions = world.Get<IDefinitions>();
        await definitions.SaveAsync(world.Project, new CustomEvent("Engaged", "", [new EventSelector("A")]), default);
        await definitions.SaveAsync(world.Project, new CustomEvent("Free", "", [new EventSelector("A")]), default);
        await world.Cohorts.CreateAsync(world.Project, "Keen", "", new FilterCohort(new AllPredicate([new DidPredicate(new EventSelector(null) { AnyOf = [new EventSelector(null) { Custom = "Engaged" }, new EventSelector("A")] }, CountComparison.AtLeast, 1, null)])), default);

        var refused = await definitions.DeleteAsync(world.Project, DefinedKind.CustomEvent, "Engaged", default);
        refused.Problems.ShouldBe([new Problem("name", "is named by cohort 'Keen'")]);
        (await definitions.CustomEventsAsync(world.Project, default)).Count.ShouldBe(2);
        (await definitions.DeleteAsync(world.Project, DefinedKind.CustomEvent, "Free", default)).Value.ShouldBeTrue();
    }

    [Fact]
    public async Task What_other_definitions_points_and_sessions_name_is_not_deleted()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("A", "ann", null, P("id", "x")));
        var definitions = world.Get<IDefinitions>();
        await definitions.SaveTableAsync(world.Project, "Things", new MemoryStream("id,kind\nx,book\n"u8.ToArray()), default);
        await definitions.SaveAsync(world.Project, new CustomProperty("Kind", "", "lookup(\"Things\", \"kind\", properties[\"id\"])"), default);
        var isBook = new PropertyPredicate(PropertySource.Custom, "Kind", PropertyOperator.Equals, [PropertyValue.Of("book")]);
        await definitions.SaveAsync(world.Project, new CustomEvent("Book", "", [new EventSelector("A", isBook)]), default);
        await world.Projects.ChangeSessionsAsync(world.Project, new EventSessions(new EventSelector(null) { Custom = "Book" }, new EventSelector("A")), default);
        var query = new InsightsQuery { Metrics = [new Metric(new EventSelector("A"))], Range = DateRange.Last(7, CalendarUnit.Day), Breakdowns = [new Breakdown(PropertySource.Custom, "Kind")] };
        (await world.Cohorts.CreateAsync(world.Project, "Readers", "", new PointCohort(new InsightsPoint(query, 0, Segment.Of("book"), null)), default)).IsAccepted.ShouldBeTrue();

        async Task<string> UsersAsync(DefinedKind kind, string name) => string.Join(", ", (await definitions.UsesAsync(world.Project, kind, name, default)).Select(use => $"{use.By} {use.Name}".TrimEnd()).Order(StringComparer.Ordinal));
        (await UsersAsync(DefinedKind.LookupTable, "Things")).ShouldBe("customProperty Kind");
        (await UsersAsync(DefinedKind.CustomProperty, "Kind")).ShouldBe("cohort Readers, customEvent Book");
        (await UsersAsync(DefinedKind.CustomEvent, "Book")).ShouldBe("sessions");
        (await UsersAsync(DefinedKind.CustomEvent, "Kind")).ShouldBeEmpty();
    }

    private static async Task<double?> CountAsync(World world, EventSelector selector) =>
        (await world.Get<IReports>().InsightsAsync(world.Project, new InsightsQuery { Metrics = [new Metric(selector)], Range = DateRange.Last(30, CalendarUnit.Day) }, default)).Value!.Result.Series[0].Total;
}
