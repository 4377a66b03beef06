using System.Text.Json;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming;
using Rondo.Model.Events;
using Rondo.Model.Stores;
using Rondo.StandIns;
using static Rondo.Analytics.Tests.Streaming.StreamWorld;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.Streaming;

/// <summary>What a stream sends, from when on, and what it tells about itself.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task An_event_whose_required_fields_are_missing_is_counted_and_not_sent()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToCurrents, new EventChoice(["users.messages.pushnotification.Send"]));
        await world.World.AddAsync(Open(1) with { Name = WellKnownEvents.PushSend, Properties = [P("dispatch_id", "d-1")] }, Open(2) with { Name = WellKnownEvents.PushSend });
        await world.RunAsync();
        world.Currents.Keys().ShouldBe(Keys(2));
        (await world.FindAsync(stream)).Counts.ShouldBe(new StreamCounts(1, 0, 1, 0, 0));
    }

    [Fact]
    public async Task A_product_event_called_like_a_type_goes_out_as_a_custom_event_where_it_is_chosen()
    {
        await using var world = await StreamWorld.CreateAsync();
        await world.StreamAsync(world.ToCurrents, new EventChoice(["users.behaviors.Purchase"], ["Purchase"]));
        await world.World.AddAsync(
            Event("Purchase", "ann", null, P("dispatch_id", "d-1"), P("plan", "Pro")) with { InsertId = "one" },
            Event("Purchase", "ann", null, P("product_id", 7), P("price", "9.90"), P("currency", "EUR"), P("[Purchase property] colour", "red")) with { InsertId = "two" });
        await world.RunAsync();
        var sent = world.Sent();
        sent.Select(item => item.GetProperty("event_type").GetString()).ShouldBe(["users.behaviors.CustomEvent", "users.behaviors.Purchase"]);
        sent[1].GetProperty("properties").GetRawText().ShouldContain("\"price\":9.9,\"product_id\":\"7\",\"purchase_properties\":{\"colour\":\"red\"}");
    }

    [Fact]
    public async Task Somebody_who_signed_in_since_goes_by_the_customers_id()
    {
        await using var world = await StreamWorld.CreateAsync();
        await world.StreamAsync(world.ToCurrents);
        await world.World.AddAsync(Open(1, "$device:phone"));
        await world.World.AddAsync(Event("Sign In", "ann") with { UserId = "ann", DeviceId = "phone" });
        await world.RunAsync();
        var user = world.Sent().ShouldHaveSingleItem().GetProperty("user");
        user.GetRawText().ShouldBe("""{"user_id":"ann","external_user_id":"ann","device_id":"phone"}""");
    }

    [Fact]
    public async Task The_past_is_sent_from_the_chosen_moment_under_the_ids_it_has_when_it_is_new()
    {
        await using var world = await StreamWorld.CreateAsync();
        await world.World.AddAsync([.. Enumerable.Range(0, 50).Select(number => Open(number, time: Noon - Duration.FromHours(50 - number)))]);
        await (await world.StoreAsync()).SealAsync(default);
        await world.World.AddAsync(Open(50, time: Noon - Duration.FromMinutes(30)), Event("Play Song", "ann"));
        var stream = await world.StreamAsync(world.ToCurrents, backfillFrom: Noon - Duration.FromHours(20));
        await world.OpenedAsync(51);
        await world.RunAsync();
        world.Currents.Keys().ShouldBe(Keys(Enumerable.Range(30, 22)), ignoreOrder: true);
        var done = await world.FindAsync(stream);
        done.Backfill!.IsDone.ShouldBeTrue();
        done.Counts.Sent.ShouldBe(22 + world.Currents.DuplicateCount);

        // Once more, and this time even what went out when it was new comes from sealed parts.
        await (await world.StoreAsync()).OptimizeAsync(default);
        world.World.Clock.Advance(TimeSpan.FromMinutes(1));
        (await world.Streams.BackfillAsync(world.World.Project, stream.Id, Noon - Duration.FromHours(30), default)).Problems.ShouldBeEmpty();
        await world.RunAsync();
        world.Currents.Keys().ShouldBe(Keys(Enumerable.Range(20, 32)), ignoreOrder: true);
        world.Currents.DuplicateCount.ShouldBeGreaterThanOrEqualTo(22);
    }

    [Fact]
    public async Task The_past_waits_behind_what_is_new_and_goes_on_where_it_was()
    {
        await using var world = await StreamWorld.CreateAsync();
        await world.World.AddAsync([.. Enumerable.Range(0, 2000).Select(number => Open(number, time: Noon - Duration.FromMinutes(3000 - number)))]);
        var stream = await world.StreamAsync(world.ToCurrents, backfillFrom: Noon - Duration.FromDays(3));
        await world.OpenedAsync(5000);
        var requests = 0;
        world.Currents.NextFault = () => ++requests % 3 == 2 ? StreamFault.Broken500 : StreamFault.None;
        for (var attempt = 0; attempt < 30; attempt++)
        {
            await world.RunAsync();
            await world.World.RestartAsync();
            world.World.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        world.Sent()[0].GetProperty("properties").GetProperty("dispatch_id").GetString().ShouldBe("d-5000");
        world.Currents.Keys().ShouldBe(Keys([.. Enumerable.Range(0, 2000), 5000]), ignoreOrder: true);
        (await world.FindAsync(stream)).Backfill!.IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task Events_that_are_alike_and_carry_no_insert_id_all_arrive()
    {
        await using var world = await StreamWorld.CreateAsync();
        var alike = Event("Play Song", "ann", null, P("genre", "jazz"));
        await world.World.AddAsync(alike, alike, alike);
        await world.StreamAsync(world.ToCurrents, new EventChoice(null, ["Play Song"]), backfillFrom: Noon - Duration.FromDays(1));
        await world.World.AddAsync(alike, alike);
        await world.RunAsync();
        world.Sent().Select(item => item.GetProperty("id").GetString()).Distinct().Count().ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public async Task A_paused_stream_sends_nothing_and_goes_on_where_it_was()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToCurrents);
        (await world.Streams.PauseAsync(world.World.Project, stream.Id, default)).Problems.ShouldBeEmpty();
        await world.OpenedAsync(1, 2);
        await world.RunAsync();
        world.Currents.RequestCount.ShouldBe(0);
        var paused = await world.FindAsync(stream);
        (paused.State, paused.Lag.Events).ShouldBe((StreamState.Paused, 2));
        (await world.Streams.PauseAsync(world.World.Project, stream.Id, default)).Problems.ShouldHaveSingleItem().Field.ShouldBe("stream");

        await world.World.RestartAsync();
        (await world.Streams.ResumeAsync(world.World.Project, stream.Id, default)).Problems.ShouldBeEmpty();
        await world.RunAsync();
        world.Currents.Keys().ShouldBe(Keys(1, 2), ignoreOrder: true);
    }

    [Fact]
    public async Task What_the_log_has_let_go_of_is_counted_as_lost_and_can_be_sent_as_the_past()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToCurrents);
        await world.Streams.PauseAsync(world.World.Project, stream.Id, default);
        await world.OpenedAsync(1);
        await world.OpenedAsync(2);
        world.World.Clock.Advance(TimeSpan.FromHours(49));
        await world.World.AddAsync(Open(3, time: Noon + Duration.FromHours(49)));
        await (await world.StoreAsync()).SealAsync(default);
        await world.World.AddAsync(Open(4, time: Noon + Duration.FromHours(49)));
        await world.Streams.ResumeAsync(world.World.Project, stream.Id, default);
        await world.RunAsync();
        var found = await world.FindAsync(stream);
        found.Counts.LostBatches.ShouldBe(2);
        (await world.RecordAsync(stream)).ShouldHaveSingleItem().Reason.ShouldBe(StreamLoss.Gone);
        await world.Streams.BackfillAsync(world.World.Project, stream.Id, Noon - Duration.FromHours(1), default);
        await world.RunAsync();
        world.Currents.Keys().ShouldBe(Keys(1, 2, 3, 4), ignoreOrder: true);
    }

    [Fact]
    public async Task The_lag_counts_the_chosen_events_that_wait_and_how_long()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToCurrents);
        world.Currents.NextFault = () => StreamFault.Busy503;
        await world.World.AddAsync(Event("Play Song", "ann"));
        world.World.Clock.Advance(TimeSpan.FromSeconds(5));
        await world.OpenedAsync(1, 2, 3);
        world.World.Clock.Advance(TimeSpan.FromSeconds(5));
        await world.OpenedAsync(4);
        (await world.FindAsync(stream)).Lag.ShouldBe(new StreamLag(4, false, Duration.FromSeconds(5)));
        await world.RunAsync();
        world.World.Clock.Advance(TimeSpan.FromSeconds(5));
        (await world.FindAsync(stream)).Lag.ShouldBe(new StreamLag(4, false, Duration.FromSeconds(10)));
        world.Currents.NextFault = null;
        await world.RunAsync();
        (await world.FindAsync(stream)).Lag.ShouldBe(StreamLag.None);
    }

    [Fact]
    public async Task Another_choice_counts_from_now_on()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToCurrents);
        await world.OpenedAsync(1);
        await world.RunAsync();
        var changed = await world.Streams.ChangeAsync(world.World.Project, stream.Id, new StreamSettings("Songs", new EventChoice(null, ["Play Song"])), default);
        changed.Problems.ShouldBeEmpty();
        await world.World.AddAsync(Open(2), Event("Play Song", "ann", null, P("dispatch_id", "song")));
        (await world.FindAsync(stream)).Lag.Events.ShouldBe(1);
        await world.RunAsync();
        world.Sent().Select(item => item.GetProperty("event_type").GetString()).ShouldBe(["users.messages.pushnotification.Open", "users.behaviors.CustomEvent"]);
    }

    [Fact]
    public async Task Somebody_erased_leaves_the_record_of_what_did_not_arrive()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToCurrents);
        world.Currents.IsRefused = _ => true;
        await world.World.AddAsync(Open(1, "ann"), Open(2, "bob"));
        await world.RunAsync();
        (await world.RecordAsync(stream)).Count.ShouldBe(2);
        foreach (var keeper in world.World.All<IForgetsPeople>())
        {
            await keeper.ForgetAsync(world.World.Project, ["ann"], default);
        }

        (await world.RecordAsync(stream)).ShouldHaveSingleItem().DistinctId.ShouldBe("bob");
    }

    [Fact]
    public async Task A_connection_that_streams_use_stays_and_goes_with_the_last_of_them()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToCurrents);
        (await world.Connections.RemoveAsync(world.World.Project, stream.Connection, default)).Problems.ShouldHaveSingleItem().Rule.ShouldBe("is used by streams: remove them first");
        (await world.Streams.RemoveAsync(world.World.Project, stream.Id, default)).Problems.ShouldBeEmpty();
        (await world.Streams.FindAsync(world.World.Project, stream.Id, default)).ShouldBeNull();
        (await world.Connections.RemoveAsync(world.World.Project, stream.Connection, default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_running_server_sends_what_comes_and_takes_notice_of_changes()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToCurrents);
        var other = await world.StreamAsync(world.ToMixpanel);
        var hosted = await world.World.StartAsync();
        await world.OpenedAsync(1);
        await UntilAsync(world, () => world.Currents.EventCount == 1);
        await world.OpenedAsync(2);
        await UntilAsync(world, () => world.Currents.EventCount == 2);
        await world.Streams.PauseAsync(world.World.Project, stream.Id, default);
        await UntilAsync(world, () => world.World.Get<StreamLoop>().AtWork.SequenceEqual([other.Id.Value]));
        await world.OpenedAsync(3);
        await UntilAsync(world, () => world.Mixpanel.EventCount == 3);
        world.Currents.EventCount.ShouldBe(2);
        await world.Streams.ResumeAsync(world.World.Project, stream.Id, default);
        await UntilAsync(world, () => world.Currents.EventCount == 3);
        await World.StopAsync(hosted);
    }

    [Fact]
    public async Task A_connection_is_tried_without_sending_anything()
    {
        await using var world = await StreamWorld.CreateAsync();
        foreach (var (settings, isReady) in new[] { (world.ToCurrents, true), (world.ToMixpanel, true), (new CurrentsConnection(world.Currents.Address + "/currents", "wrong"), false), (new MixpanelConnection(world.Mixpanel.Address, "token", "wrong"), false), (new CurrentsConnection(world.Currents.Address + "/elsewhere"), false) })
        {
            var made = await world.Connections.CreateAsync(world.World.Project, Guid.NewGuid().ToString(), settings, default);
            (await world.Connections.TestAsync(world.World.Project, made.Value!.Id, default)).Value!.IsReady.ShouldBe(isReady, settings.ToString());
        }

        (world.Currents.EventCount, world.Mixpanel.EventCount).ShouldBe((0, 0));
    }

    private static async Task UntilAsync(StreamWorld world, Func<bool> holds)
    {
        for (var pass = 0; !holds(); pass++)
        {
            pass.ShouldBeLessThan(1500);
            world.World.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20);
        }
    }
}
