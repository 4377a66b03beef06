using System.Text.Json;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.StandIns;
using static Rondo.Analytics.Tests.Streaming.StreamWorld;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.Streaming;

/// <summary>Events go out as Currents' custom HTTP connector sends them (Braze reference, 3.2), whatever the other side answers.</summary>
public sealed class CurrentsStreamTests
{
    [Fact]
    public async Task What_comes_is_sent_once_and_in_order_from_the_moment_the_stream_is_made()
    {
        await using var world = await StreamWorld.CreateAsync();
        await world.OpenedAsync(1);
        var stream = await world.StreamAsync(world.ToCurrents);
        await world.OpenedAsync(2, 3);
        await world.World.AddAsync(Event("Play Song", "ann"));
        await world.RunAsync();
        await world.OpenedAsync(4);
        await world.RunAsync();
        await world.RunAsync();

        world.Sent().Select(item => item.GetProperty("properties").GetProperty("dispatch_id").GetString()).ShouldBe(Keys(2, 3, 4));
        world.Currents.RequestCount.ShouldBe(2);
        var found = await world.FindAsync(stream);
        found.Counts.ShouldBe(new StreamCounts(3, 0, 0, 0, 0));
        found.Lag.ShouldBe(StreamLag.None);
        (found.LastSentAt, found.Trouble, found.State).ShouldBe((Noon, null, StreamState.Active));
    }

    [Fact]
    public async Task Every_type_goes_out_with_every_field_of_the_catalogue()
    {
        await using var world = await StreamWorld.CreateAsync();
        world.Currents.KeyProperty = "no such property";
        await world.World.SetAsync("ann", P("$timezone", "America/Chicago"));
        await world.StreamAsync(world.ToCurrents, new EventChoice([EventChoice.All], [EventChoice.All]));
        await world.World.AddAsync([.. CurrentsCatalogue.All.Select(SampleOf)]);
        await world.RunAsync();

        var sent = world.Sent().ToDictionary(item => item.GetProperty("event_type").GetString()!);
        sent.Keys.Order(StringComparer.Ordinal).ShouldBe(CurrentsCatalogue.All.Select(type => type.Type).Order(StringComparer.Ordinal));
        foreach (var type in CurrentsCatalogue.All)
        {
            var item = sent[type.Type];
            item.GetProperty("properties").EnumerateObject().Select(member => member.Name).ShouldBe(type.Fields, type.Type);
            item.GetProperty("user").EnumerateObject().Select(member => member.Name).ShouldBe(["user_id", "external_user_id", .. type.UserFields], type.Type);
        }
    }

    [Fact]
    public async Task A_request_looks_as_the_contract_says()
    {
        await using var world = await StreamWorld.CreateAsync();
        await world.World.SetAsync("ann", P("$timezone", "Asia/Seoul"));
        await world.StreamAsync(world.ToCurrents, new EventChoice(["users.messages.*", "users.campaigns.*"], ["Play Song", WellKnownEvents.PushDelivery]));
        await world.World.AddAsync(
            Open(1),
            Open(2, "$device:phone"),
            Open(3) with { Name = WellKnownEvents.PushDelivery },
            Event("Play Song", "ann", Noon - Duration.FromMinutes(2), P("genre", "jazz"), P("$os", "Android"), P("length", 3.5), P("name", "So What")) with { InsertId = "play-1" },
            new TrackedEvent
            {
                Name = WellKnownEvents.CampaignConversion,
                DistinctId = "ann",
                UserId = "ann",
                Time = Noon - Duration.FromMinutes(1),
                InsertId = "conversion-1",
                Properties = [P("campaign_id", "c-1"), P("conversion_behavior_index", 0), P("conversion_behavior", """{"type":"custom_event","name":"Checkout","window":259200}""")],
            });
        await world.RunAsync();
        Wire.ShouldBe("currents", world.Currents.Bodies.ShouldHaveSingleItem(), world.World.Token);
    }

    [Fact]
    public async Task An_event_that_is_refused_alone_is_recorded_and_passed_over()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToCurrents);
        world.Currents.IsRefused = item => item.GetProperty("properties").GetProperty("dispatch_id").GetString() is "d-17" or "d-60";
        await world.OpenedAsync(Enumerable.Range(0, 100));
        await world.RunAsync();

        world.Currents.Keys().Order(StringComparer.Ordinal).ShouldBe(Keys(Enumerable.Range(0, 100).Where(number => number is not (17 or 60))).Order(StringComparer.Ordinal));
        world.Currents.DuplicateCount.ShouldBe(0);
        (await world.FindAsync(stream)).Counts.ShouldBe(new StreamCounts(98, 0, 0, 2, 0));
        var record = await world.RecordAsync(stream);
        record.Select(line => (line.Event, line.DistinctId, line.Reason, line.Detail)).ShouldBe(Enumerable.Repeat((WellKnownEvents.PushOpen, "ann", StreamLoss.Refused, "400: an event cannot be taken"), 2));
    }

    [Fact]
    public async Task A_receiver_that_refuses_everything_halts_the_stream_until_somebody_passes_it_over()
    {
        await using var world = await StreamWorld.CreateAsync(options => options with { RefusalsBeforePause = 5 });
        var stream = await world.StreamAsync(world.ToCurrents);
        world.Currents.IsRefused = _ => true;
        await world.OpenedAsync(Enumerable.Range(0, 30));
        await world.RunAsync();
        var halted = await world.FindAsync(stream);
        (halted.State, halted.Trouble!.Advice, halted.Counts.Refused, halted.Lag.Events).ShouldBe((StreamState.Halted, SyncAdvice.ReadAnswer, 0, 30));

        (await world.Streams.ResumeAsync(world.World.Project, stream.Id, default)).Problems.ShouldBeEmpty();
        await world.RunAsync();
        var passed = await world.FindAsync(stream);
        (passed.State, passed.Counts.Refused, passed.Lag.Events).ShouldBe((StreamState.Active, 30, 0));
    }

    [Fact]
    public async Task A_refused_token_halts_the_stream_until_the_connection_is_mended()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(new CurrentsConnection(world.Currents.Address + "/currents", "old-token"));
        await world.OpenedAsync(1, 2);
        await world.RunAsync();
        var halted = await world.FindAsync(stream);
        (halted.State, halted.Trouble!.Advice).ShouldBe((StreamState.Halted, SyncAdvice.RenewKeys));
        halted.Trouble.Message.ShouldBe("401: unknown token Bearer •••");
        halted.NextAt.ShouldBe(Noon + Duration.FromMinutes(5));
        halted.Lag.Events.ShouldBe(2);

        await world.RunAsync();
        world.Currents.RequestCount.ShouldBe(1, "it is not tried before it is due");
        (await world.Connections.ChangeAsync(world.World.Project, stream.Connection, "Mended", world.ToCurrents, default)).Problems.ShouldBeEmpty();
        await world.RunAsync();
        var mended = await world.FindAsync(stream);
        (mended.State, mended.Trouble, mended.Counts.Sent).ShouldBe((StreamState.Active, null, 2));
    }

    [Fact]
    public async Task More_than_is_taken_at_once_is_sent_in_halves()
    {
        await using var world = await StreamWorld.CreateAsync();
        world.Currents.MaximumEvents = 30;
        var stream = await world.StreamAsync(world.ToCurrents);
        await world.OpenedAsync(Enumerable.Range(0, 200));
        await world.RunAsync();
        world.Currents.EventCount.ShouldBe(200);
        world.Currents.DuplicateCount.ShouldBe(0);
        (await world.FindAsync(stream)).Counts.Sent.ShouldBe(200);
    }

    [Fact]
    public async Task An_event_larger_than_is_taken_is_recorded()
    {
        await using var world = await StreamWorld.CreateAsync();
        world.Currents.MaximumEvents = 0;
        var stream = await world.StreamAsync(world.ToCurrents);
        await world.OpenedAsync(1);
        await world.RunAsync();
        (await world.RecordAsync(stream)).ShouldHaveSingleItem().Reason.ShouldBe(StreamLoss.TooLarge);
    }

    [Theory]
    [InlineData(StreamFault.Broken500, 1.6, 2.0)]
    [InlineData(StreamFault.Busy503, 1.6, 2.0)]
    [InlineData(StreamFault.ResetBefore, 1.6, 2.0)]
    [InlineData(StreamFault.ResetAfterTaking, 1.6, 2.0)]
    [InlineData(StreamFault.Busy429, 7.0, 7.0)]
    public async Task What_is_not_taken_now_is_tried_again_after_a_while(StreamFault fault, double least, double most)
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToCurrents);
        world.Currents.NextFault = () => fault;
        await world.OpenedAsync(1, 2);
        await world.RunAsync();
        var waiting = await world.FindAsync(stream);
        (waiting.State, waiting.Trouble!.Advice, waiting.Counts.Sent).ShouldBe((StreamState.Active, SyncAdvice.Wait, 0));
        (waiting.NextAt!.Value - Noon).TotalSeconds.ShouldBeInRange(least, most);

        world.Currents.NextFault = null;
        world.World.Clock.Advance(TimeSpan.FromSeconds(most));
        await world.RunAsync();
        world.Currents.Keys().ShouldBe(Keys(1, 2), ignoreOrder: true);
        world.Currents.DuplicateCount.ShouldBe(fault == StreamFault.ResetAfterTaking ? 2 : 0);
        (await world.FindAsync(stream)).Counts.Sent.ShouldBe(2);
    }

    [Fact]
    public async Task After_a_day_without_anything_taken_it_is_shown_as_halted_and_nothing_is_lost()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToCurrents);
        world.Currents.NextFault = () => StreamFault.Busy503;
        await world.OpenedAsync(1);
        var waits = new List<double>();
        for (var attempt = 0; (await world.FindAsync(stream)).State == StreamState.Active; attempt++)
        {
            attempt.ShouldBeLessThan(400);
            await world.RunAsync();
            var wait = (await world.FindAsync(stream)).NextAt!.Value - world.World.Clock.GetCurrentInstant();
            waits.Add(wait.TotalSeconds);
            world.World.Clock.Advance(wait.ToTimeSpan());
        }

        waits.Take(8).ShouldBe(waits.Take(8).Order(), "the waits grow");
        waits.Max().ShouldBeLessThanOrEqualTo(600);
        (world.World.Clock.GetCurrentInstant() - Noon).TotalHours.ShouldBeInRange(24, 24.5);
        world.Currents.NextFault = null;
        await world.RunAsync();
        var well = await world.FindAsync(stream);
        (well.State, well.Counts.Sent, well.Trouble).ShouldBe((StreamState.Active, 1, null));
    }

    [Fact]
    public async Task A_dead_receiver_holds_up_no_other_stream()
    {
        await using var world = await StreamWorld.CreateAsync(options => options with { CallTimeout = TimeSpan.FromMilliseconds(300) });
        await using var dead = await CurrentsServer.StartAsync();
        dead.NextFault = () => StreamFault.SilenceAfterTaking;
        var stuck = await world.StreamAsync(new CurrentsConnection(dead.Address + "/currents", dead.Token));
        var well = await world.StreamAsync(world.ToCurrents);
        await world.OpenedAsync(1, 2, 3);
        await world.RunAsync();
        (await world.FindAsync(well)).Counts.Sent.ShouldBe(3);
        var waiting = await world.FindAsync(stuck);
        waiting.Trouble!.Message.ShouldBe("no answer in time");
        world.World.Clock.Advance(TimeSpan.FromMinutes(3));
        (await world.FindAsync(stuck)).Lag.ShouldBe(new StreamLag(3, false, Duration.FromMinutes(3)));
    }

    [Fact]
    public async Task A_private_address_is_not_called_where_that_is_not_allowed()
    {
        await using var world = await StreamWorld.CreateAsync(options => options with { AllowPrivateAddresses = false });
        var stream = await world.StreamAsync(world.ToCurrents);
        await world.OpenedAsync(1);
        await world.RunAsync();
        (await world.FindAsync(stream)).Trouble!.Advice.ShouldBe(SyncAdvice.AllowAddress);
        world.Currents.RequestCount.ShouldBe(0);
    }

    /// <summary>An event of a type with a value for each field, of kinds that need a second look.</summary>
    private static TrackedEvent SampleOf(CurrentsType type) => new()
    {
        Name = type.Type == CurrentsCatalogue.CustomEvent ? $"{CurrentsCatalogue.CustomEventPrefix} Rated" : type.EventName,
        DistinctId = "ann",
        UserId = "ann",
        DeviceId = "phone",
        Time = Noon - Duration.FromMinutes(1),
        InsertId = $"sample-{type.Type.Replace('.', '-')}",
        Properties =
        [
            .. type.Fields.Where(field => field is not ("custom_properties" or "purchase_properties")).Select(field => new Property(field switch { "device_model" => "$device", "os_version" => "$os", _ => field }, ValueOf(field))),
            P("[Custom event property] stars", 5),
            P("[Purchase property] colour", "red"),
        ],
    };

    private static PropertyValue ValueOf(string field) => field switch
    {
        "media_urls" or "suspected_bot_click_reason" => PropertyValue.Of([PropertyValue.Of("one"), PropertyValue.Of("two")]),
        "in_control_group" or "ad_tracking_enabled" or "push_token_foreground_push_disabled" or "push_token_provisionally_opted_in" or "cache_hit" or "llm_owned_by_customer" => PropertyValue.Of(true),
        "price" or "latitude" or "longitude" or "altitude" or "ll_accuracy" or "alt_accuracy" or "duration" => PropertyValue.Of(9.5),
        "time_ms" or "push_token_created_at" or "push_token_updated_at" or "http_status_code" or "content_length" or "retry_count" or "webhook_duration" or "attempt_count" or "conversion_behavior_index" or "ios_push_token_apns_gateway" => PropertyValue.Of(2),
        _ when field.EndsWith("_tokens", StringComparison.Ordinal) => PropertyValue.Of(3),
        _ when field.StartsWith("is_", StringComparison.Ordinal) => PropertyValue.Of(false),

        // Ids that look like numbers are texts there.
        _ => PropertyValue.Of(12),
    };
}
