using NodaTime;
using Rondo.Engagement.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Engagement.Tests.Campaigns;

public sealed class TriggerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_of_the_audience_starts_the_message_after_its_delay_with_its_properties()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada", "bob"]);
        var plan = World.PushPlan(
            delivery: new SendOnEvent(new EventSelector("Add To Cart"), Duration.FromMinutes(30), null),
            variants: new Variant("A", 100, new PushMessage("{{event_properties.${item}}} waits", "x", string.Empty)));
        var campaign = await world.LaunchAsync(plan);
        campaign.State.ShouldBe(CampaignState.Active);
        await world.TrackAsync("ada", "Add To Cart", ("item", PropertyValue.Of("Kind of Blue")));
        await world.TrackAsync("bob", "View Cart");
        await world.SettleAsync();
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(0);

        world.Advance(TimeSpan.FromMinutes(31));
        await world.SettleAsync();
        var message = (await world.Get<ISandbox>().LatestAsync(world.Id, 10, Token)).ShouldHaveSingleItem();
        (message.DistinctId, message.Title).ShouldBe(("ada", "Kind of Blue waits"));
        (await world.Campaigns.FindAsync(world.Id, campaign.Id, Token))!.State.ShouldBe(CampaignState.Active);
    }

    [Fact]
    public async Task Only_matching_events_of_the_audience_start_it()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada", "bob", "eve", "joe"]);
        await world.SetAsync("ada", ("plan", PropertyValue.Of("paid")));
        await world.SetAsync("bob", ("plan", PropertyValue.Of("free")));
        await world.SetAsync("eve", ("plan", PropertyValue.Of("paid")));
        await world.SetAsync("joe", ("plan", PropertyValue.Of("paid")));
        await world.TrackAsync("joe", "Checkout");
        var plan = World.PushPlan(
            delivery: new SendOnEvent(new EventSelector("Add To Cart", Is(PropertySource.Event, "price", PropertyOperator.AtLeast, PropertyValue.Of(10))), Duration.Zero, null),
            audience: new AllPredicate(
            [
                Is(PropertySource.User, "plan", PropertyOperator.Equals, PropertyValue.Of("paid")),
                new DidPredicate(new EventSelector("Checkout"), CountComparison.Exactly, 0, DateRange.Last(7, CalendarUnit.Day)),
            ]));
        await world.LaunchAsync(plan);
        foreach (var (person, price) in new[] { ("ada", 12), ("bob", 12), ("eve", 5), ("joe", 12) })
        {
            await world.TrackAsync(person, "Add To Cart", ("price", PropertyValue.Of(price)));
        }

        await world.SettleAsync();
        (await world.Get<ISandbox>().LatestAsync(world.Id, 10, Token)).Select(message => message.DistinctId).ShouldBe(["ada"]);
    }

    [Fact]
    public async Task Events_from_before_the_launch_and_from_the_past_start_nothing()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada", "bob", "eve"]);
        await world.TrackAsync("ada", "Add To Cart");
        await world.LaunchAsync(World.PushPlan(delivery: new SendOnEvent(new EventSelector("Add To Cart"), Duration.Zero, null)));
        await world.TrackAtAsync(world.Now - Duration.FromMinutes(11), "bob", "Add To Cart");
        await world.TrackAtAsync(world.Now - Duration.FromMinutes(9), "eve", "Add To Cart");
        await world.SettleAsync();
        (await world.Get<ISandbox>().LatestAsync(world.Id, 10, Token)).Select(message => message.DistinctId).ShouldBe(["eve"]);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(0.0, 4)]
    [InlineData(3600.0, 2)]
    public async Task A_person_enters_again_only_when_eligible(double? reEligibleSeconds, int expected)
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada"]);
        await world.LaunchAsync(World.PushPlan(delivery: new SendOnEvent(
            new EventSelector("Add To Cart"), Duration.Zero, reEligibleSeconds is { } seconds ? Duration.FromSeconds(seconds) : null)));

        // At 0, 20, 59 minutes and at exactly one hour after the first receipt.
        foreach (var wait in new[] { 0, 20, 39, 1 })
        {
            world.Advance(TimeSpan.FromMinutes(wait));
            await world.TrackAsync("ada", "Add To Cart");
            await world.SettleAsync();
        }

        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(expected);
    }

    [Fact]
    public async Task Who_did_not_receive_it_stays_eligible()
    {
        await using var world = await World.OpenAsync();
        await world.SetAsync("ada", ("$email", PropertyValue.Of("ada@example.org")));
        var campaign = await world.LaunchAsync(World.PushPlan(delivery: new SendOnEvent(new EventSelector("Add To Cart"), Duration.Zero, null)));
        await world.TrackAsync("ada", "Add To Cart");
        await world.SettleAsync();
        (await world.ResultsAsync(campaign)).NotSent.ShouldBe(new Dictionary<string, int> { ["noAddress"] = 1 });

        await world.AddPeopleAsync(["ada"]);
        await world.TrackAsync("ada", "Add To Cart");
        await world.SettleAsync();
        var results = await world.ResultsAsync(campaign);
        results.Arms[0].People.ShouldBe(1);
        results.NotSent.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_person_waits_for_one_message_at_a_time_and_a_repeated_event_is_one()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada"]);
        await world.LaunchAsync(World.PushPlan(delivery: new SendOnEvent(new EventSelector("Add To Cart"), Duration.FromMinutes(10), Duration.Zero)));
        var tracked = new TrackedEvent { Name = "Add To Cart", DistinctId = "ada", UserId = "ada", Time = world.Now, InsertId = "once", Properties = [] };
        for (var repeat = 0; repeat < 2; repeat++)
        {
            await world.Get<Rondo.Analytics.Contracts.IIngestion>().AcceptAsync(world.Id, [tracked], [], Token);
            await world.SettleAsync();
        }

        await world.TrackAsync("ada", "Add To Cart");
        await world.SettleAsync();
        world.Advance(TimeSpan.FromMinutes(11));
        await world.SettleAsync();
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(1);

        // The client resends what it sent before: the occurrence is spent.
        await world.Get<Rondo.Analytics.Contracts.IIngestion>().AcceptAsync(world.Id, [tracked with { Time = world.Now }], [], Token);
        await world.SettleAsync();
        world.Advance(TimeSpan.FromMinutes(11));
        await world.SettleAsync();
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(1);
    }

    [Fact]
    public async Task The_arm_of_a_person_is_the_same_at_every_entry()
    {
        await using var world = await World.OpenAsync();
        var people = Enumerable.Range(0, 60).Select(index => $"p{index}").ToList();
        await world.AddPeopleAsync(people);
        var campaign = await world.LaunchAsync(World.PushPlan(
            control: 30,
            delivery: new SendOnEvent(new EventSelector("Add To Cart"), Duration.Zero, Duration.Zero),
            variants: [new Variant("A", 35, new PushMessage("a", "a", string.Empty)), new Variant("B", 35, new PushMessage("b", "b", string.Empty))]));
        for (var entry = 0; entry < 3; entry++)
        {
            foreach (var person in people)
            {
                await world.TrackAsync(person, "Add To Cart");
            }

            await world.SettleAsync();
            world.Advance(TimeSpan.FromMinutes(5));
        }

        var armsOf = (await world.EventsAsync(WellKnownEvents.PushSend)).Concat(await world.EventsAsync(WellKnownEvents.EnrollInControl))
            .GroupBy(tracked => tracked.DistinctId)
            .ToDictionary(group => group.Key, group => group.Select(tracked => tracked.Text("message_variation_name")).ToList());
        armsOf.Count.ShouldBe(60);
        armsOf.Values.ShouldAllBe(arms => arms.Count == 3 && arms.Distinct().Count() == 1);
        armsOf.Values.Select(arms => arms[0]).Distinct().Order().ShouldBe(["A", "B", "Control"]);
        (await world.ResultsAsync(campaign)).Arms.Sum(arm => arm.People).ShouldBe(60);
    }

    [Fact]
    public async Task A_device_that_became_a_user_is_one_person_to_re_eligibility()
    {
        await using var world = await World.OpenAsync();
        await world.SetAsync("$device:1", ("$android_devices", World.List("token-1")));
        await world.LaunchAsync(World.PushPlan(delivery: new SendOnEvent(new EventSelector("Add To Cart"), Duration.Zero, null)));
        var ingestion = world.Get<Rondo.Analytics.Contracts.IIngestion>();
        await ingestion.AcceptAsync(world.Id, [new TrackedEvent { Name = "Add To Cart", DistinctId = "$device:1", DeviceId = "1", Time = world.Now, InsertId = "1", Properties = [] }], [], Token);
        await world.SettleAsync();
        await ingestion.AcceptAsync(world.Id, [new TrackedEvent { Name = "Add To Cart", DistinctId = "ada", UserId = "ada", DeviceId = "1", Time = world.Now, InsertId = "2", Properties = [] }], [], Token);
        await world.SettleAsync();
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(1);
    }

    [Fact]
    public async Task A_cohort_can_be_the_audience_of_a_trigger()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada", "bob"]);
        var cohort = (await world.Get<Rondo.Analytics.Contracts.ICohorts>().CreateAsync(
            world.Id, "A-people", string.Empty, new FilterCohort(Is(PropertySource.User, "$email", PropertyOperator.StartsWith, PropertyValue.Of("ada"))), Token)).Value!;
        var campaign = await world.LaunchAsync(World.PushPlan(audience: new CohortPredicate(cohort.Id, true), delivery: new SendOnEvent(new EventSelector("Play Song"), Duration.Zero, null)));
        campaign.AudienceWords.ShouldContain("A-people");
        await world.TrackAsync("ada", "Play Song");
        await world.TrackAsync("bob", "Play Song");
        await world.SettleAsync();
        (await world.Get<ISandbox>().LatestAsync(world.Id, 10, Token)).Select(message => message.DistinctId).ShouldBe(["ada"]);
    }

    [Fact]
    public async Task A_stopped_campaign_starts_nothing_more_and_drops_what_waits()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada", "bob"]);
        var campaign = await world.LaunchAsync(World.PushPlan(delivery: new SendOnEvent(new EventSelector("Play Song"), Duration.FromHours(1), null)));
        await world.TrackAsync("ada", "Play Song");
        await world.SettleAsync();
        await world.Campaigns.StopAsync(world.Id, campaign.Id, Token);
        await world.TrackAsync("bob", "Play Song");
        await world.SettleAsync();
        world.Advance(TimeSpan.FromHours(2));
        await world.SettleAsync();
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(0);
        (await world.ResultsAsync(campaign)).NotSent.ShouldBe(new Dictionary<string, int> { ["campaignStopped"] = 1 });
    }

    [Fact]
    public async Task The_running_loops_send_within_moments_of_the_event()
    {
        await using var world = await World.OpenAsync(TimeProvider.System);
        await world.AddPeopleAsync(["ada"]);
        await world.StartLoopsAsync();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Token);
        ending.CancelAfter(TimeSpan.FromSeconds(20));
        var first = FirstAsync(world, ending.Token);
        await world.LaunchAsync(World.PushPlan(delivery: new SendOnEvent(new EventSelector("Play Song"), Duration.Zero, null)));
        await world.TrackAsync("ada", "Play Song");
        (await first).DistinctId.ShouldBe("ada");
    }

    private static async Task<SandboxMessage> FirstAsync(World world, CancellationToken cancellationToken)
    {
        await foreach (var message in world.Get<ISandbox>().ReadAsync(cancellationToken))
        {
            return message;
        }

        throw new InvalidOperationException("The sandbox ended.");
    }

    private static PropertyPredicate Is(PropertySource source, string property, PropertyOperator op, PropertyValue value) => new(source, property, op, [value]);
}
