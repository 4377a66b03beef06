using NodaTime;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Delivery;
using Rondo.Engagement.Tests.Channels;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Tests.Delivery;

public sealed class SendingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everyone_of_the_audience_gets_one_message_and_the_event_store_knows()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(Enumerable.Range(0, 250).Select(index => $"p{index}"));
        var campaign = await world.LaunchAsync(World.PushPlan());
        await world.SettleAsync();

        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(250);
        (await world.EventsAsync(WellKnownEvents.PushSend)).Select(sent => sent.DistinctId).Distinct().Count().ShouldBe(250);
        (await world.EventsAsync(WellKnownEvents.PushDelivery)).Count.ShouldBe(250);
        (await world.Campaigns.FindAsync(world.Id, campaign.Id, Token))!.State.ShouldBe(CampaignState.Finished);
        var results = await world.ResultsAsync(campaign);
        results.Arms.ShouldHaveSingleItem().ShouldBe(new ArmResult("A", false, 250, 250, 250, 0, 0, 0, 0));
        results.NotSent.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_about_a_message_has_the_names_of_Currents()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada", "$device:77"]);
        var campaign = await world.LaunchAsync(World.PushPlan());
        await world.SettleAsync();

        var sent = (await world.EventsAsync("Push Notification Send")).OrderBy(tracked => tracked.DistinctId, StringComparer.Ordinal).ToList();
        sent.Select(tracked => (tracked.DistinctId, tracked.UserId, tracked.DeviceId)).ShouldBe([("$device:77", null, "77"), ("ada", "ada", null)]);
        foreach (var tracked in sent)
        {
            tracked.Text("campaign_id").ShouldBe($"{campaign.Id}");
            tracked.Text("campaign_name").ShouldBe("Come back");
            tracked.Text("message_variation_id").ShouldBe($"{campaign.Id}-1");
            tracked.Text("message_variation_name").ShouldBe("A");
            tracked.Text("dispatch_id")!.Length.ShouldBe(32);
            tracked.Text("send_id")!.Length.ShouldBe(32);
            tracked.Text("channel").ShouldBe("push");
            tracked.Text("platform").ShouldBe("android");
            tracked.InsertId.ShouldNotBeNullOrEmpty("a report that is repeated must count once");
        }

        sent.Select(tracked => tracked.Text("dispatch_id")).Distinct().Count().ShouldBe(1);
        var message = (await world.Get<ISandbox>().LatestAsync(world.Id, 1, Token))[0];
        message.Data["campaign_id"].ShouldBe($"{campaign.Id}");
        message.Data["link"].ShouldBe("musicfinder://home");
    }

    [Fact]
    public async Task Every_person_of_the_audience_is_sent_held_out_or_itemised()
    {
        await using var world = await World.OpenAsync();
        var people = Enumerable.Range(0, 400).Select(index => $"p{index}").ToList();
        await world.AddPeopleAsync(people, person => $"{(person.EndsWith('7') ? "bounce" : "token")}-{person}");
        foreach (var person in people.Take(30))
        {
            await world.SetAsync(person, ("push_subscribe", PropertyValue.Of("unsubscribed")));
        }

        foreach (var person in people.Skip(30).Take(20))
        {
            await world.SetAsync(person, ("$android_devices", World.List()));
        }

        foreach (var person in people.Skip(50).Take(10))
        {
            await world.SetAsync(person, ("plan", PropertyValue.Of("none")));
        }

        var plan = World.PushPlan(control: 20, variants:
        [
            new Variant("A", 50, new PushMessage("{% if custom_attribute.${plan} == 'none' %}{% abort_message('no plan') %}{% endif %}Hello", "x", string.Empty)),
            new Variant("B", 30, new PushMessage("Hello", "{% if custom_attribute.${plan} == 'none' %}{{ 1 | divided_by: 0 }}{% endif %}", string.Empty)),
        ]);
        var review = (await world.Campaigns.ReviewAsync(world.Id, plan, Token)).Value!;
        var campaign = await world.LaunchAsync(plan);
        await world.SettleAsync();
        var results = await world.ResultsAsync(campaign);

        review.Reach.People.ShouldBe(400);
        var push = review.Reach.Channels.Single(channel => channel.Channel == Channel.Push);
        push.Reachable.ShouldBe(350);
        push.Unreachable.ShouldBe(new Dictionary<UnreachableReason, int> { [UnreachableReason.NoAddress] = 20, [UnreachableReason.Unsubscribed] = 30 });
        (review.Control + review.Messaged).ShouldBe(350);
        results.NotSent["noAddress"].ShouldBe(20);
        results.NotSent["unsubscribed"].ShouldBe(30);
        results.Arms.Single(arm => arm.IsControl).People.ShouldBe(review.Control);
        (results.Arms.Where(arm => !arm.IsControl).Sum(arm => arm.People) + results.NotSent["aborted"] + results.NotSent["templateFailed"]).ShouldBe(review.Messaged);
        (results.Arms.Sum(arm => arm.People) + results.NotSent.Values.Sum()).ShouldBe(400);

        // A bounce was sent: deliveries are sends less bounces, and the dead tokens are gone from the profiles.
        var bounces = results.Arms.Sum(arm => arm.Bounces);
        bounces.ShouldBeGreaterThan(20);
        results.Arms.ShouldAllBe(arm => arm.Deliveries == arm.Sends - arm.Bounces);
        var reach = (await world.Get<ISegments>().ReachAsync(world.Id, World.Everyone, Token)).Value!;
        reach.Channels.Single(channel => channel.Channel == Channel.Push).Reachable.ShouldBe(350 - bounces);
        (await world.EventsAsync(WellKnownEvents.PushBounce)).ShouldAllBe(bounce => bounce.Text("bounce_reason") == "unregistered");
        (await world.EventsAsync(WellKnownEvents.EnrollInControl)).Count.ShouldBe(review.Control);
    }

    [Fact]
    public async Task Every_device_of_a_person_gets_the_message_and_the_person_counts_once()
    {
        await using var world = await World.OpenAsync();
        await world.SetAsync("ada", ("$android_devices", World.List("phone", "tablet", "phone")));
        await world.SetAsync("bob", ("$android_devices", World.List("bounce-old", "new")));
        var campaign = await world.LaunchAsync(World.PushPlan());
        await world.SettleAsync();
        (await world.ResultsAsync(campaign)).Arms[0].ShouldBe(new ArmResult("A", false, 2, 4, 3, 1, 0, 0, 0));
        (await world.StoreAsync()).FindProfile("bob")!["$android_devices"].ShouldBe(World.List("new"));
        (await world.Campaigns.LedgerOfAsync(world.Id, "bob", Token)).ShouldHaveSingleItem().State.ShouldBe("sent");
    }

    [Fact]
    public async Task Two_devices_that_became_one_person_after_enrolment_get_one_message_each_token()
    {
        await using var world = await World.OpenAsync();
        await world.SetAsync("$device:1", ("$android_devices", World.List("token-1")));
        await world.SetAsync("$device:2", ("$android_devices", World.List("token-1")));
        var campaign = await world.LaunchAsync(World.PushPlan());
        await world.Get<Rondo.Engagement.Campaigns.CampaignClock>().TickAsync(Token);
        foreach (var device in new[] { "1", "2" })
        {
            await world.Get<Rondo.Analytics.Contracts.IIngestion>().AcceptAsync(
                world.Id,
                [new TrackedEvent { Name = "Sign In", DistinctId = "ada", UserId = "ada", DeviceId = device, Time = world.Now, InsertId = $"sign-in-{device}", Properties = [] }],
                [],
                Token);
        }

        await world.SetAsync("ada", ("$android_devices", World.List("token-1")));
        await world.SettleAsync();
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(1);
        var results = await world.ResultsAsync(campaign);
        results.Arms[0].People.ShouldBe(1);
        results.NotSent.ShouldBe(new Dictionary<string, int> { ["mergedPerson"] = 1 });
    }

    [Fact]
    public async Task What_is_refused_for_now_is_sent_again_after_a_while_and_once()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada", "bob"], person => $"busy-{person}");
        var campaign = await world.LaunchAsync(World.PushPlan());
        await world.SettleAsync();
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(0);
        (await world.ResultsAsync(campaign)).NotSent.ShouldBe(new Dictionary<string, int> { ["waiting"] = 2 });

        world.Advance(TimeSpan.FromSeconds(2));
        await world.SettleAsync();
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(2);
        (await world.ResultsAsync(campaign)).Arms[0].Sends.ShouldBe(2);
    }

    [Fact]
    public async Task A_campaign_at_a_time_waits_for_it_also_across_a_restart()
    {
        var directory = Directory.CreateTempSubdirectory("rondo-restart-").FullName;
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
        int id;
        await using (var world = await World.OpenAsync(clock, directory))
        {
            await world.AddPeopleAsync(["ada"]);
            var campaign = await world.LaunchAsync(World.PushPlan(delivery: new SendAt(world.Now + Duration.FromHours(1))));
            campaign.State.ShouldBe(CampaignState.Scheduled);
            id = campaign.Id;
            world.Advance(TimeSpan.FromMinutes(59));
            await world.SettleAsync();
            (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(0);
        }

        clock.Advance(TimeSpan.FromHours(3));
        await using (var world = await World.OpenAsync(clock, directory))
        {
            await world.AddPeopleAsync(["late"]);
            await world.SettleAsync();
            (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(2, "the audience is who matches when it is sent");
            (await world.Campaigns.FindAsync(world.Id, id, Token))!.State.ShouldBe(CampaignState.Finished);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Launching_twice_is_one_launch()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(Enumerable.Range(0, 50).Select(index => $"p{index}"));
        var created = (await world.Campaigns.CreateAsync(world.Id, World.PushPlan(), Token)).Value!;
        var launches = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.Campaigns.LaunchAsync(world.Id, created.Id, Token)));
        launches.ShouldAllBe(launch => launch.IsAccepted);
        await Task.WhenAll(world.SettleAsync(), world.SettleAsync());
        (await world.Campaigns.LaunchAsync(world.Id, created.Id, Token)).Value!.State.ShouldBe(CampaignState.Finished);
        await world.SettleAsync();
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(50);
        (await world.EventsAsync(WellKnownEvents.PushSend)).Count.ShouldBe(50);
    }

    [Fact]
    public async Task Stopping_keeps_what_was_not_handed_over()
    {
        await using var world = await World.OpenAsync(configure: options => options with { MaximumInFlight = 10 });
        await world.AddPeopleAsync(Enumerable.Range(0, 50).Select(index => $"p{index}"));
        var campaign = await world.LaunchAsync(World.PushPlan());
        await world.Get<Rondo.Engagement.Campaigns.CampaignClock>().TickAsync(Token);
        await world.Get<Dispatcher>().SendDueAsync(world.Id, Channel.Push, Token);
        var stopped = await world.Campaigns.StopAsync(world.Id, campaign.Id, Token);
        stopped.Value!.State.ShouldBe(CampaignState.Stopped);
        await world.SettleAsync();
        (await world.Get<ISandbox>().CountAsync(world.Id, Token)).ShouldBe(10);
        (await world.ResultsAsync(campaign)).NotSent.ShouldBe(new Dictionary<string, int> { ["campaignStopped"] = 40 });
        (await world.Campaigns.StopAsync(world.Id, campaign.Id, Token)).Value!.State.ShouldBe(CampaignState.Stopped);
    }

    [Fact]
    public async Task A_token_that_FCM_calls_unregistered_leaves_the_profile_and_the_segment()
    {
        await using var world = await World.OpenAsync(usesSandbox: false);
        await using var fcm = await FcmServer.StartAsync(world.Time);
        await UseFcmAsync(world, fcm);
        await world.AddPeopleAsync(["ada", "bob"], person => person == "bob" ? "gone-bob" : "token-ada");
        var campaign = await world.LaunchAsync(World.PushPlan());
        await world.SettleAsync();

        fcm.TokensOf().ShouldBe(["token-ada"]);
        fcm.Violations.ShouldBeEmpty();
        (await world.ResultsAsync(campaign)).Arms[0].ShouldBe(new ArmResult("A", false, 2, 2, 1, 1, 0, 0, 0));
        (await world.EventsAsync(WellKnownEvents.PushBounce)).ShouldHaveSingleItem().DistinctId.ShouldBe("bob");
        (await world.StoreAsync()).FindProfile("bob")!["$android_devices"].Items.ShouldBeEmpty();
        var withoutDevice = (await world.Get<ISegments>().ReachAsync(world.Id, World.Everyone, Token)).Value!.Channels.Single(channel => channel.Channel == Channel.Push);
        withoutDevice.ShouldBeEquivalentTo(new ChannelReach(Channel.Push, 1, new Dictionary<UnreachableReason, int> { [UnreachableReason.NoAddress] = 1 }));
        (await world.EventsAsync(WellKnownEvents.PushDelivery)).ShouldBeEmpty("FCM does not say what reached the device");
    }

    [Fact]
    public async Task FCM_s_quota_is_waited_for_as_long_as_it_asks()
    {
        await using var world = await World.OpenAsync(usesSandbox: false);
        await using var fcm = await FcmServer.StartAsync(world.Time);
        await UseFcmAsync(world, fcm);
        await world.AddPeopleAsync(["ada"], _ => "quota-ada");
        await world.LaunchAsync(World.PushPlan());
        await world.SettleAsync();
        world.Advance(TimeSpan.FromSeconds(6));
        await world.SettleAsync();
        fcm.Messages.ShouldBeEmpty();
        world.Advance(TimeSpan.FromSeconds(2));
        await world.SettleAsync();
        fcm.TokensOf().ShouldBe(["quota-ada"]);
    }

    [Fact]
    public async Task A_key_that_is_refused_raises_an_alert_and_nothing_is_lost()
    {
        await using var world = await World.OpenAsync(usesSandbox: false);
        await using var fcm = await FcmServer.StartAsync(world.Time);
        fcm.RefusesAssertions = true;
        await UseFcmAsync(world, fcm);
        await world.AddPeopleAsync(["ada"]);
        var campaign = await world.LaunchAsync(World.PushPlan());
        await world.SettleAsync();
        (await world.Get<IChannelHealth>().AlertsAsync(world.Id, Token)).ShouldHaveSingleItem().Message.ShouldBe("token: invalid_grant");
        (await world.ResultsAsync(campaign)).NotSent.ShouldBe(new Dictionary<string, int> { ["waiting"] = 1 });

        fcm.RefusesAssertions = false;
        world.Advance(TimeSpan.FromSeconds(6));
        await world.SettleAsync();
        fcm.Messages.Count.ShouldBe(1);
        (await world.Get<IChannelHealth>().AlertsAsync(world.Id, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Attempts_come_to_an_end_and_are_named()
    {
        await using var world = await World.OpenAsync(usesSandbox: false, configure: options => options with { MaximumAttempts = 3 });
        await using var fcm = await FcmServer.StartAsync(world.Time);
        fcm.RefusesAssertions = true;
        await UseFcmAsync(world, fcm);
        await world.AddPeopleAsync(["ada"]);
        var campaign = await world.LaunchAsync(World.PushPlan());
        for (var attempt = 0; attempt < 4; attempt++)
        {
            await world.SettleAsync();
            world.Advance(TimeSpan.FromHours(1));
        }

        (await world.ResultsAsync(campaign)).NotSent.ShouldBe(new Dictionary<string, int> { ["attemptsUsedUp"] = 1 });
        (await world.Campaigns.FindAsync(world.Id, campaign.Id, Token))!.State.ShouldBe(CampaignState.Finished);
        var entry = (await world.Campaigns.LedgerOfAsync(world.Id, "ada", Token)).ShouldHaveSingleItem();
        (entry.State, entry.Reason, entry.Variant, entry.CampaignName).ShouldBe(("failed", "attemptsUsedUp", "A", "Come back"));
    }

    [Fact]
    public async Task A_message_whose_answer_was_lost_is_unknown_and_never_repeated()
    {
        await using var world = await World.OpenAsync(usesSandbox: false);
        await using var fcm = await FcmServer.StartAsync(world.Time);
        await UseFcmAsync(world, fcm);
        await world.AddPeopleAsync(["ada"], _ => "drop-ada");
        var campaign = await world.LaunchAsync(World.PushPlan());
        for (var hour = 0; hour < 3; hour++)
        {
            await world.SettleAsync();
            world.Advance(TimeSpan.FromHours(1));
        }

        fcm.Messages.Count.ShouldBe(1);
        (await world.ResultsAsync(campaign)).NotSent.ShouldBe(new Dictionary<string, int> { ["outcomeUnknown"] = 1 });
        (await world.EventsAsync(WellKnownEvents.PushSend)).ShouldBeEmpty();
    }

    [Fact]
    public async Task E_mail_goes_out_through_a_mail_server_and_its_bounces_come_back()
    {
        await using var world = await World.OpenAsync(usesSandbox: false);
        await using var server = new MailServer();
        (await world.Get<IChannelSettings>().ChangeAsync(
            world.Id,
            new ChannelSettings(Provider.None, Provider.Smtp, null, new SmtpSettings("127.0.0.1", server.Port, "none", null, null, "Music Finder <news@musicfinder.example>", null)),
            Token)).Problems.ShouldBeEmpty();
        foreach (var (person, address) in new[] { ("ada", "ada@example.org"), ("bob", "gone-bob@example.org"), ("eve", "eve(at)example"), ("joe", "joe@exa mple") })
        {
            await world.SetAsync(person, ("$email", PropertyValue.Of(address)), ("$first_name", PropertyValue.Of(person)));
        }

        var campaign = await world.LaunchAsync(World.EmailPlan(html: "<p>Hello {{${first_name}}} <a href=\"https://example.org\">x</a></p>", subject: "Hi {{${first_name}}}"));
        await world.SettleAsync();
        server.Mails.ShouldHaveSingleItem().To.ShouldBe("ada@example.org");
        server.Violations.ShouldBeEmpty();
        var results = await world.ResultsAsync(campaign);
        results.Arms[0].ShouldBe(new ArmResult("A", false, 2, 2, 1, 1, 0, 0, 0));
        results.NotSent.ShouldBe(new Dictionary<string, int> { ["noAddress"] = 1, ["invalidAddress"] = 1 });
        (await world.StoreAsync()).FindProfile("bob")!["email_bounced"].ShouldBe(PropertyValue.Of("gone-bob@example.org"));
        (await world.EventsAsync(WellKnownEvents.EmailBounce)).ShouldHaveSingleItem().Text("email_address").ShouldBe("gone-bob@example.org");

        // A bounced address is left out, a new one is good again.
        var again = await world.LaunchAsync(World.EmailPlan("Second", audience: Named("bob")));
        await world.SettleAsync();
        (await world.ResultsAsync(again)).NotSent.ShouldBe(new Dictionary<string, int> { ["bounced"] = 1 });
        await world.SetAsync("bob", ("$email", PropertyValue.Of("bob@example.org")));
        await world.LaunchAsync(World.EmailPlan("Third", audience: Named("bob")));
        await world.SettleAsync();
        server.Mails.Select(mail => mail.To).ShouldBe(["ada@example.org", "bob@example.org"]);
    }

    [Fact]
    public async Task A_channel_without_provider_refuses_the_launch()
    {
        await using var world = await World.OpenAsync(usesSandbox: false);
        var created = (await world.Campaigns.CreateAsync(world.Id, World.PushPlan(), Token)).Value!;
        var launch = await world.Campaigns.LaunchAsync(world.Id, created.Id, Token);
        launch.Problems.ShouldHaveSingleItem().Field.ShouldBe("channel");
        (await world.Campaigns.FindAsync(world.Id, created.Id, Token))!.State.ShouldBe(CampaignState.Draft);
    }

    private static PropertyPredicate Named(string name) => new(PropertySource.User, "$first_name", PropertyOperator.Equals, [PropertyValue.Of(name)]);

    private static async Task UseFcmAsync(World world, FcmServer fcm) =>
        (await world.Get<IChannelSettings>().ChangeAsync(world.Id, new ChannelSettings(Provider.Fcm, Provider.None, new FcmSettings(fcm.KeyFile, fcm.Address), null), Token)).Problems.ShouldBeEmpty();
}
