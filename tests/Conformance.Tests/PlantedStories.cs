using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Rondo.Engine;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using Rondo.MusicFinder;
using Rondo.MusicFinder.People;
using Rondo.MusicFinder.Stories;

namespace Rondo.Conformance.Tests;

/// <summary>The reports find what the sample company planted, to the person.</summary>
public sealed class PlantedStories(PlantedStories.Loaded loaded) : IClassFixture<PlantedStories.Loaded>
{
    private static readonly DateRange Whole = new SinceRange(new LocalDate(2026, 1, 1));

    private Company Company => loaded.Company;

    [Fact]
    public async Task Story_1_people_from_referral_and_facebook_stop_at_week_10()
    {
        var result = await loaded.Store.RetentionAsync(
            new RetentionQuery
            {
                Birth = new EventSelector(Names.PlaySong),
                Return = new EventSelector(Names.PlaySong),
                Range = Whole,
                Unit = CalendarUnit.Week,
                Criterion = RetentionCriterion.On,
                BirthKind = RetentionBirth.FirstEver,
                Breakdowns = [new Breakdown(PropertySource.Event, "utm_source")],
            },
            loaded.Context,
            default);
        result.Segments[0].Rows.Sum(row => row.Size).ShouldBe(Company.People.Count);
        foreach (var segment in result.Segments.Skip(1))
        {
            segment.Average[9]!.Value.ShouldBeGreaterThan(0.5, segment.Segment.Label);
            var isCollapsing = Population.CollapsingSources.Contains(segment.Segment.Label);
            (segment.Average[10]!.Value < 0.15).ShouldBe(isCollapsing, $"{segment.Segment.Label} {segment.Average[10]}");
        }
    }

    [Fact]
    public async Task Story_2_the_direct_effect_is_what_was_planned()
    {
        var ours = new PropertyPredicate(PropertySource.Event, "campaign_id", PropertyOperator.Equals, [PropertyValue.Of("cart")]);
        var result = await loaded.Store.FunnelAsync(
            new FunnelQuery
            {
                Steps = [new EventSelector(WellKnownEvents.PushOpen, ours), new EventSelector(Names.Checkout)],
                Range = Whole,
                Window = new ConversionWindow(1, WindowUnit.Session),
                ReEntry = ReEntry.Optimized,
            },
            loaded.Context,
            default);
        var treated = Company.AbandonedCart.Treatments.Values.Where(treatment => treatment.OpenedAt is not null).ToList();
        result.Segments[0].Steps[0].Count.ShouldBe(treated.Count);
        result.Segments[0].Steps[1].Count.ShouldBeGreaterThanOrEqualTo(treated.Count(treatment => treatment.SessionAfterOpen.Contains(Names.Checkout)));
        ((double)result.Segments[0].Steps[1].Count / treated.Count).ShouldBeInRange(0.15, 0.3);
    }

    [Fact]
    public async Task Story_3_most_people_land_on_the_home_page()
    {
        var ours = new PropertyPredicate(PropertySource.Event, "campaign_id", PropertyOperator.Equals, [PropertyValue.Of("bird")]);
        var result = await loaded.Store.FlowAsync(
            new FlowQuery { Anchor = new EventSelector(WellKnownEvents.PushOpen, ours), Range = Whole, StepsAfter = 1, Top = 10, Window = new ConversionWindow(30, WindowUnit.Minute) },
            loaded.Context,
            default);
        var openedCount = Company.EarlyBirdRenewal.Treatments.Values.Count(treatment => treatment.OpenedAt is not null);
        result.Entered.ShouldBe(openedCount);
        var home = result.Nodes.Single(node => node.Key is { Column: 1, Event: Names.ViewHomepage }).Count;
        ((double)home / openedCount).ShouldBeInRange(0.66, 0.76);
    }

    [Fact]
    public void The_same_options_give_the_same_history() =>
        new Company(Company.Options).HistoryOf(Company.People[11], "cart", "bird").Select(e => (e.Name, e.Time, e.InsertId))
            .ShouldBe(Company.HistoryOf(Company.People[11], "cart", "bird").Select(e => (e.Name, e.Time, e.InsertId)));

    public sealed class Loaded : IAsyncLifetime
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("rondo-stories-").FullName;

        public Company Company { get; } = new(new MusicFinderOptions(Instant.FromUtc(2026, 6, 1, 9, 0), People: 4000));

        public EventStore Store { get; private set; } = null!;

        public QueryContext Context => new() { Calendar = ProjectCalendar.Utc, Now = Company.Options.EndsAt };

        public async ValueTask InitializeAsync()
        {
            Store = EventStore.Open(_directory, new EngineOptions { SealAfterRows = 60_000 }, TimeProvider.System, NullLogger.Instance);
            foreach (var people in Company.People.Chunk(200))
            {
                await Store.AppendAsync(
                    new IngestBatch(Company.Options.EndsAt, [.. people.SelectMany(listener => Company.HistoryOf(listener, "cart", "bird"))], [.. people.Select(Company.ProfileOf)]),
                    default);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Store.DisposeAsync();
            Directory.Delete(_directory, recursive: true);
        }
    }
}
