using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Engagement.Tests.Conversions;

/// <summary>Campaigns and Canvases of a real Braze, from nothing but the events it streams in.</summary>
public sealed class ReceivedCampaignTests
{
    private static readonly ReceivedCampaignQuestion Checkout = new(DateRange.Last(30, CalendarUnit.Day), new EventSelector("Checkout"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_push_campaign_is_listed_and_reported_with_direct_and_over_counted_conversions_side_by_side()
    {
        await using var world = await World.OpenAsync();
        var sent = world.Now - Duration.FromDays(5);
        for (var number = 0; number < 20; number++)
        {
            var person = $"p{number}";
            await BrazeAsync(world, sent, person, "Push Notification Send", "c1", number % 2 == 0 ? "A" : "B");
            if (number >= 18)
            {
                await BrazeAsync(world, sent + Duration.FromSeconds(5), person, "Push Notification Bounce", "c1", number % 2 == 0 ? "A" : "B");
            }

            if (number < 8)
            {
                await BrazeAsync(world, sent + Duration.FromMinutes(10), person, "Push Notification Open", "c1", number % 2 == 0 ? "A" : "B");

                // Braze keeps its own account of sessions; nobody lands there.
                await world.TrackAtAsync(sent + Duration.FromMinutes(10) + Duration.FromSeconds(1), person, "Session Start", ("$partner_id", PropertyValue.Of("braze")));
                await world.TrackAtAsync(sent + Duration.FromMinutes(11), person, number < 5 ? "View Homepage" : "View Cart");
            }

            if (number < 3)
            {
                await world.TrackAtAsync(sent + Duration.FromMinutes(12), person, "Checkout");
            }
            else if (number is >= 10 and < 16)
            {
                // Never opened it, and bought two days later: three days of credit for nothing.
                await world.TrackAtAsync(sent + Duration.FromDays(2), person, "Checkout");
            }
        }

        for (var number = 0; number < 10; number++)
        {
            await BrazeAsync(world, sent, $"held-{number}", WellKnownEvents.EnrollInControl, "c1", null);
            if (number < 3)
            {
                await world.TrackAtAsync(sent + Duration.FromDays(1), $"held-{number}", "Checkout");
            }
        }

        await BrazeAsync(world, sent + Duration.FromMinutes(12), "p0", "Campaign Conversion", "c1", "A");

        // Rondo's own campaign of the same id is another one.
        await world.TrackAtAsync(sent, "stranger", "Push Notification Send", ("campaign_id", PropertyValue.Of("c1")), ("campaign_name", PropertyValue.Of("Own")));

        var listed = (await world.Get<IReceivedCampaigns>().ListAsync(world.Id, Checkout.Range, Token)).Value!;
        listed.HiddenCount.ShouldBe(0);
        var campaign = listed.Campaigns.ShouldHaveSingleItem();
        (campaign.Kind, campaign.Id, campaign.Name, campaign.Received.Count).ShouldBe((ReceivedCampaignKind.Campaign, "c1", "Abandoned Cart", 20));
        campaign.Channels.ShouldBe([BrazeChannel.Push]);
        campaign.LastOn.ShouldBe(ProjectCalendar.Utc.StartOf(sent, CalendarUnit.Day));

        var results = await ResultsAsync(world, ReceivedCampaignKind.Campaign, "c1", Checkout);
        results.Name.ShouldBe("Abandoned Cart");
        (results.Received.Count, results.Control.Count, results.ConvertedAtBraze.Count).ShouldBe((20, 10, 1));
        results.Arms.Select(arm => (arm.Channel, arm.Arm.Label, arm.Received.Count, arm.Messages, Delivered: arm.Delivered!.Count, Opened: arm.Opened!.Count, Bounced: arm.Bounced!.Count, Converted: arm.Converted!.Count)).ShouldBe(
        [
            (BrazeChannel.Push, "A", 10, 10, 9, 4, 1, 5),
            (BrazeChannel.Push, "B", 10, 10, 9, 4, 1, 4),
        ]);
        results.Arms.ShouldAllBe(arm => arm.Clicked == null && arm.Unsubscribed == null);
        var effects = results.Effects!;
        (effects.Influenced.Count, effects.Direct!.Count, effects.Control!.Count).ShouldBe((9, 3, 3));
        effects.Incremental!.Difference.ShouldBe(0.15, 1e-9);
        results.Landings.Select(landing => (landing.Event, landing.People.Count)).ShouldBe([("View Homepage", 5), ("View Cart", 3)]);
        await EveryNumberOpensItsPeopleAsync(world, results);
    }

    [Fact]
    public async Task A_canvas_counts_from_entry_by_variation_and_step_and_tells_machines_from_people()
    {
        await using var world = await World.OpenAsync();
        var entered = world.Now - Duration.FromDays(3);
        for (var number = 0; number < 12; number++)
        {
            var person = $"p{number}";
            var isControl = number >= 9;
            await CanvasAsync(world, entered, person, "Canvas Entry", isControl ? "Control" : "Friendly", null, ("in_control_group", PropertyValue.Of(isControl)));
            if (isControl)
            {
                continue;
            }

            await CanvasAsync(world, entered + Duration.FromMinutes(1), person, "Email Send", "Friendly", "Hello");
            await CanvasAsync(world, entered + Duration.FromMinutes(2), person, number == 8 ? "Email Bounce" : "Email Delivery", "Friendly", "Hello");
            if (number < 6)
            {
                await CanvasAsync(world, entered + Duration.FromMinutes(3), person, "Email Open", "Friendly", "Hello", number < 4 ? ("machine_open", PropertyValue.Of("true")) : ("esp", PropertyValue.Of("x")));
            }

            if (number < 3)
            {
                await CanvasAsync(world, entered + Duration.FromMinutes(4), person, "Email Click", "Friendly", "Hello", ("is_suspected_bot_click", PropertyValue.Of(number == 0)));
                await world.TrackAtAsync(entered + Duration.FromMinutes(5), person, "Checkout");
            }
        }

        await CanvasAsync(world, entered + Duration.FromMinutes(6), "p5", "Email Unsubscribe", "Friendly", "Hello");
        await CanvasAsync(world, entered + Duration.FromMinutes(7), "p4", "In-App Message Impression", "Friendly", "Reminder");

        var listed = (await world.Get<IReceivedCampaigns>().ListAsync(world.Id, Checkout.Range, Token)).Value!.Campaigns.ShouldHaveSingleItem();
        (listed.Kind, listed.Name).ShouldBe((ReceivedCampaignKind.Canvas, "Welcome"));
        listed.Channels.ShouldBe([BrazeChannel.Email, BrazeChannel.InAppMessage]);

        var results = await ResultsAsync(world, ReceivedCampaignKind.Canvas, "v1", Checkout with { Window = new ConversionWindow(1, WindowUnit.Day) });
        (results.Received.Count, results.Control.Count).ShouldBe((9, 3));
        var mail = results.Arms[0];
        (mail.Channel, mail.Arm.Label).ShouldBe((BrazeChannel.Email, "Friendly / Hello"));
        (mail.Received.Count, mail.Delivered!.Count, mail.Opened!.Count, mail.Clicked!.Count, mail.Bounced!.Count, mail.Unsubscribed!.Count, mail.Converted!.Count).ShouldBe((9, 8, 2, 2, 1, 1, 3));
        var shown = results.Arms[1];
        (shown.Channel, shown.Arm.Label, shown.Received.Count, shown.Delivered, shown.Opened).ShouldBe((BrazeChannel.InAppMessage, "Friendly / Reminder", 1, null, null));
        (results.Effects!.Influenced.Count, results.Effects.Direct!.Count).ShouldBe((3, 2));
        await EveryNumberOpensItsPeopleAsync(world, results);
    }

    [Fact]
    public async Task Without_a_goal_nothing_is_called_a_conversion_and_what_nobody_received_has_no_arms()
    {
        await using var world = await World.OpenAsync();
        await BrazeAsync(world, world.Now, "p", "Webhook Send", "c1", "A");
        var results = await ResultsAsync(world, ReceivedCampaignKind.Campaign, "c1", Checkout with { Goal = null });
        results.Effects.ShouldBeNull();
        results.Flow.ShouldBeNull();
        results.Arms.ShouldHaveSingleItem().Converted.ShouldBeNull();
        (await ResultsAsync(world, ReceivedCampaignKind.Canvas, "c1", Checkout)).Arms.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_question_that_cannot_be_asked_is_refused_by_field()
    {
        await using var world = await World.OpenAsync();
        var campaigns = world.Get<IReceivedCampaigns>();
        var refused = await campaigns.ResultsAsync(
            world.Id, ReceivedCampaignKind.Campaign, "c1", new ReceivedCampaignQuestion(DateRange.Last(0, CalendarUnit.Day), new EventSelector("Checkout", new AnyPredicate(default)), new ConversionWindow(0, WindowUnit.Day)), Token);
        refused.Problems.Select(problem => problem.Field).ShouldBe(["range", "goal.filter.of", "window"], ignoreOrder: true);
        (await campaigns.ListAsync(world.Id, DateRange.Last(0, CalendarUnit.Day), Token)).Problems.Select(problem => problem.Field).ShouldBe(["range"]);
    }

    private static async Task<ReceivedCampaignResults> ResultsAsync(World world, ReceivedCampaignKind kind, string id, ReceivedCampaignQuestion question) =>
        (await world.Get<IReceivedCampaigns>().ResultsAsync(world.Id, kind, id, question, Token)).Value!;

    private static async Task EveryNumberOpensItsPeopleAsync(World world, ReceivedCampaignResults results)
    {
        PeopleCount?[] numbers =
        [
            results.Received, results.Control, results.ConvertedAtBraze, results.Effects?.Influenced, results.Effects?.Direct, results.Effects?.Control,
            .. results.Arms.SelectMany(arm => new[] { arm.Received, arm.Delivered, arm.Opened, arm.Clicked, arm.Bounced, arm.Unsubscribed, arm.Converted }),
            .. results.Landings.Select(landing => landing.People),
        ];
        foreach (var number in numbers.OfType<PeopleCount>())
        {
            (await world.Get<IReports>().PeopleAtAsync(world.Id, number.Point, Token)).Value!.Result.Count.ShouldBe(number.Count, number.Point.ToString());
        }
    }

    private static Task BrazeAsync(World world, Instant at, string person, string name, string campaign, string? variation)
    {
        (string, PropertyValue)[] properties = [("$partner_id", PropertyValue.Of("braze")), ("campaign_id", PropertyValue.Of(campaign)), ("campaign_name", PropertyValue.Of("Abandoned Cart"))];
        return world.TrackAtAsync(at, person, name, variation is null ? properties : [.. properties, ("message_variation_name", PropertyValue.Of(variation))]);
    }

    private static Task CanvasAsync(World world, Instant at, string person, string name, string variation, string? step, params (string Name, PropertyValue Value)[] more)
    {
        (string, PropertyValue)[] properties =
            [("$partner_id", PropertyValue.Of("braze")), ("canvas_id", PropertyValue.Of("v1")), ("canvas_name", PropertyValue.Of("Welcome")), ("canvas_variation_name", PropertyValue.Of(variation)), .. more];
        return world.TrackAtAsync(at, person, name, step is null ? properties : [.. properties, ("canvas_step_name", PropertyValue.Of(step))]);
    }
}
