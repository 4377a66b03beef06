using NodaTime;
using Rondo.Engagement.Campaigns;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Conversions;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Engagement.Tests.Conversions;

public sealed class ResultTests
{
    private static readonly ConversionGoal Checkout = new(new EventSelector("Checkout"), Duration.FromDays(3));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(3 * 86_400_000L, true)]
    [InlineData((3 * 86_400_000L) + 1, false)]
    [InlineData(-2_001, false)]
    public async Task A_conversion_counts_from_receipt_to_the_end_of_the_window_both_included(long millisecondsAfterReceipt, bool counts)
    {
        await using var world = await World.OpenAsync();
        world.Advance(TimeSpan.FromMilliseconds(400));
        await world.AddPeopleAsync(["ada"]);
        var campaign = await world.LaunchAsync(World.PushPlan(goal: Checkout));
        await world.SettleAsync();
        var receivedAt = (await world.EventsAsync(WellKnownEvents.PushSend))[0].Time;
        world.Advance(TimeSpan.FromDays(4));
        await world.TrackAtAsync(receivedAt + Duration.FromMilliseconds(millisecondsAfterReceipt), "ada", "Checkout");
        await world.SettleAsync();
        (await world.EventsAsync(WellKnownEvents.CampaignConversion)).Count.ShouldBe(counts ? 1 : 0);
        (await world.ResultsAsync(campaign)).Influenced.ShouldBe(counts ? 1 : 0);
    }

    [Fact]
    public async Task A_person_converts_once_in_either_arm_whatever_they_do_and_the_event_says_how()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(Enumerable.Range(0, 40).Select(index => $"p{index}").Append("stranger"));
        await world.SetAsync("stranger", ("push_subscribe", PropertyValue.Of("unsubscribed")));
        var campaign = await world.LaunchAsync(World.PushPlan(control: 50, goal: Checkout with { Event = new EventSelector("Checkout", new PropertyPredicate(PropertySource.Event, "total", PropertyOperator.GreaterThan, [PropertyValue.Of(0)])) }));
        await world.SettleAsync();
        world.Advance(TimeSpan.FromHours(1));
        foreach (var person in Enumerable.Range(0, 40).Select(index => $"p{index}").Append("stranger"))
        {
            await world.TrackAsync(person, "Checkout", ("total", PropertyValue.Of(0)));
            await world.TrackAsync(person, "Checkout", ("total", PropertyValue.Of(5)));
            await world.TrackAsync(person, "Checkout", ("total", PropertyValue.Of(6)));
        }

        await world.SettleAsync();
        await world.TrackAsync("p1", "Checkout", ("total", PropertyValue.Of(7)));
        await world.SettleAsync();
        var conversions = await world.EventsAsync(WellKnownEvents.CampaignConversion);
        conversions.Count.ShouldBe(40);
        conversions.Select(conversion => conversion.DistinctId).ShouldNotContain("stranger");
        conversions.ShouldAllBe(conversion => conversion.Text("conversion_behavior_index") == "0" && conversion.Text("campaign_id") == $"{campaign.Id}");
        conversions[0].Text("conversion_behavior").ShouldBe("""{"type":"custom_event","name":"Checkout","window":259200}""");

        var results = await world.ResultsAsync(campaign);
        results.Arms.ShouldAllBe(arm => arm.Conversions == arm.People && arm.People > 0);
        results.Arms.Sum(arm => arm.Conversions).ShouldBe(40);
        results.Influenced.ShouldBe(results.Arms[0].Conversions);
        results.Incremental!.Difference.ShouldBe(0);
    }

    [Fact]
    public async Task Influenced_direct_and_incremental_stand_side_by_side_and_agree_with_the_reports()
    {
        await using var world = await World.OpenAsync();
        var people = Enumerable.Range(0, 600).Select(index => $"p{index}").ToList();
        await world.AddPeopleAsync(people);
        var plan = World.PushPlan("Abandoned Cart Campaign", control: 30, goal: Checkout, landing: "View Cart");
        var campaign = await world.LaunchAsync(plan);
        await world.SettleAsync();
        var salt = StickySplit.SaltOf(world.Id, plan.Name);
        var treated = people.Where(person => StickySplit.ArmOf(plan, salt, person) == 0).ToList();
        var control = people.Except(treated).ToList();

        // 1 in 3 opens; half of those check out in that session, two thirds land elsewhere first; 1 in 6 checks out a day later;
        // of the control group 1 in 5.
        world.Advance(TimeSpan.FromMinutes(10));
        foreach (var (person, index) in treated.Select((person, index) => (person, index)).Where(pair => pair.index % 3 == 0))
        {
            await OpenAsync(world, campaign, person);
            world.Advance(TimeSpan.FromMilliseconds(10));
            await world.TrackAsync(person, index % 9 == 0 ? "View Cart" : "View Homepage");
            if (index % 6 == 0)
            {
                await world.TrackAtAsync(world.Now + Duration.FromMinutes(5), person, "Checkout");
            }
        }

        world.Advance(TimeSpan.FromDays(1));
        foreach (var person in treated.Where((_, index) => index % 6 == 1).Concat(control.Where((_, index) => index % 5 == 0)))
        {
            await world.TrackAsync(person, "Checkout");
        }

        await world.SettleAsync();
        var results = await world.ResultsAsync(campaign);
        var (opened, direct, later) = (treated.Count(person => treated.IndexOf(person) % 3 == 0), treated.Where((_, index) => index % 6 == 0).Count(), treated.Where((_, index) => index % 6 == 1).Count());
        var controlConverted = control.Where((_, index) => index % 5 == 0).Count();

        results.Arms.ShouldBe(
        [
            new ArmResult("A", false, treated.Count, treated.Count, treated.Count, 0, opened, 0, direct + later),
            new ArmResult("Control", true, control.Count, 0, 0, 0, 0, 0, controlConverted),
        ]);
        results.Influenced.ShouldBe(direct + later);
        results.Direct.ShouldBe(direct);
        var (difference, low, high) = Newcombe.Of(direct + later, treated.Count, controlConverted, control.Count);
        results.Incremental.ShouldBe(new IncrementalEffect((double)(direct + later) / treated.Count, (double)controlConverted / control.Count, difference, low, high, difference * treated.Count));
        results.Landing!.Expected.ShouldBe("View Cart");
        results.Landing.Clicks.ShouldBe(opened);
        var landed = treated.Where((_, index) => index % 9 == 0).Count();
        results.Landing.Landings.ShouldBe([new Landing("View Homepage", opened - landed), new Landing("View Cart", landed)]);
        results.Landing.IsMissed.ShouldBeTrue();

        // The same questions over the reports: one number.
        var reports = world.Get<Rondo.Analytics.Contracts.IReports>();
        var range = DateRange.Last(7, CalendarUnit.Day);
        var ours = new PropertyPredicate(PropertySource.Event, "campaign_name", PropertyOperator.Equals, [PropertyValue.Of(plan.Name)]);
        var funnel = await reports.FunnelAsync(
            world.Id,
            new FunnelQuery { Steps = [new EventSelector(WellKnownEvents.PushOpen, ours), new EventSelector("Checkout")], Range = range, Window = new ConversionWindow(1, WindowUnit.Session), ReEntry = ReEntry.Optimized },
            Token);
        funnel.Value!.Result.Segments[0].Steps.Select(step => step.Count).ShouldBe([opened, direct]);
        var uniques = await reports.InsightsAsync(world.Id, new InsightsQuery { Metrics = [new Metric(new EventSelector(WellKnownEvents.CampaignConversion, ours))], Range = range }, Token);
        uniques.Value!.Result.Series[0].Total.ShouldBe(results.Influenced + controlConverted);
    }

    [Fact]
    public async Task A_click_in_an_e_mail_is_direct_when_the_goal_follows_in_its_session()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada", "bob"]);
        var campaign = await world.LaunchAsync(World.EmailPlan(goal: Checkout));
        await world.SettleAsync();
        var links = world.Get<IMessageLinks>();
        foreach (var mail in await world.Get<ISandbox>().LatestAsync(world.Id, 10, Token))
        {
            (await links.ClickedAsync(mail.Link.Split('/')[^1], "Mozilla/5.0", Token)).ShouldNotBeNull();
        }

        world.Advance(TimeSpan.FromMinutes(5));
        await world.TrackAsync("ada", "Checkout");
        world.Advance(TimeSpan.FromMinutes(40));
        await world.TrackAsync("bob", "Checkout");
        await world.SettleAsync();
        var results = await world.ResultsAsync(campaign);
        (results.Influenced, results.Direct, results.Arms[0].Clicks).ShouldBe((2, 1, 2));
    }

    [Fact]
    public async Task Receiving_again_opens_a_new_window()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada"]);
        var campaign = await world.LaunchAsync(World.PushPlan(
            goal: Checkout with { Window = Duration.FromHours(1) }, delivery: new SendOnEvent(new EventSelector("Add To Cart"), Duration.Zero, Duration.Zero)));
        await world.TrackAsync("ada", "Add To Cart");
        await world.SettleAsync();
        world.Advance(TimeSpan.FromHours(5));
        await world.TrackAsync("ada", "Add To Cart");
        await world.SettleAsync();
        world.Advance(TimeSpan.FromMinutes(30));
        await world.TrackAsync("ada", "Checkout");
        await world.SettleAsync();
        (await world.ResultsAsync(campaign)).Influenced.ShouldBe(1);
        (await world.EventsAsync(WellKnownEvents.CampaignConversion)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_stretch_of_the_log_read_twice_changes_nothing()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada"]);
        await world.LaunchAsync(World.PushPlan(goal: Checkout, delivery: new SendOnEvent(new EventSelector("Add To Cart"), Duration.Zero, Duration.Zero)));
        await world.TrackAsync("ada", "Add To Cart");
        await world.SettleAsync();
        await world.TrackAsync("ada", "Checkout");
        await world.SettleAsync();

        var store = await world.StoreAsync();
        var campaigns = await world.Get<CampaignWatch>().OfAsync(world.Id, Token);
        var stretch = new List<Model.Stores.LoggedBatch>();
        await foreach (var batch in store.ReadLogAsync(default, Token))
        {
            stretch.Add(batch);
            if (batch.Position.CompareTo(store.Position) >= 0)
            {
                break;
            }
        }

        (await world.Get<LogReader>().ReadAsync(world.Id, stretch, campaigns, Token)).ShouldBe(0);
        await world.SettleAsync();
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(1);
        (await world.EventsAsync(WellKnownEvents.CampaignConversion)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_campaign_that_ran_elsewhere_has_results_from_its_events()
    {
        await using var world = await World.OpenAsync();
        var launchedAt = world.Now - Duration.FromDays(20);
        var ids = new[] { ("campaign_id", PropertyValue.Of("c-77")), ("message_variation_name", PropertyValue.Of("A")) };
        foreach (var person in new[] { "ada", "bob" })
        {
            await world.TrackAtAsync(launchedAt, person, WellKnownEvents.PushSend, ids);
        }

        await world.TrackAtAsync(launchedAt, "eve", WellKnownEvents.EnrollInControl, ("campaign_id", PropertyValue.Of("c-77")), ("message_variation_name", PropertyValue.Of("Control")));
        await world.TrackAtAsync(launchedAt + Duration.FromMinutes(1), "ada", WellKnownEvents.PushOpen, ids);
        await world.TrackAtAsync(launchedAt + Duration.FromMinutes(2), "ada", "Checkout");
        var recorded = await world.Get<ICampaignHistory>().RecordAsync(world.Id, World.PushPlan("Old", control: 50, goal: Checkout), "c-77", launchedAt, launchedAt + Duration.FromMinutes(10), Token);
        await world.SettleAsync();
        recorded.Value!.State.ShouldBe(CampaignState.Finished);
        var results = await world.ResultsAsync(recorded.Value);
        results.Arms.ShouldBe([new ArmResult("A", false, 2, 2, 2, 0, 1, 0, 1), new ArmResult("Control", true, 1, 0, 0, 0, 0, 0, 0)]);
        (results.Influenced, results.Direct).ShouldBe((1, 1));
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(0);
        (await world.EventsAsync(WellKnownEvents.CampaignConversion)).ShouldBeEmpty();
    }

    private static Task OpenAsync(World world, Campaign campaign, string person) => world.TrackAsync(
        person, WellKnownEvents.PushOpen, ("campaign_id", PropertyValue.Of($"{campaign.Id}")), ("campaign_name", PropertyValue.Of(campaign.Plan.Name)), ("message_variation_name", PropertyValue.Of("A")));
}
