using System.Text.Json;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.StandIns;
using static Rondo.Analytics.Tests.Streaming.StreamWorld;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.Streaming;

/// <summary>Events go to Mixpanel's import: message events as Braze's connector names them, product events as they came.</summary>
public sealed class MixpanelStreamTests
{
    [Fact]
    public async Task A_request_looks_as_the_documents_say()
    {
        await using var world = await StreamWorld.CreateAsync();
        await world.World.SetAsync("ann", P("$timezone", "Asia/Seoul"));
        await world.StreamAsync(world.ToMixpanel, new EventChoice([EventChoice.All], [EventChoice.All]));
        await world.World.AddAsync(
            Open(1) with { DeviceId = "phone", Properties = [.. Open(1).Properties, P("$device", "Pixel 9"), P("$os", "16"), P("$partner_id", "braze")] },
            new TrackedEvent
            {
                Name = WellKnownEvents.EmailDelivery,
                DistinctId = "ann",
                UserId = "ann",
                Time = Noon - Duration.FromMinutes(1),
                InsertId = "delivery-1",
                Properties = [P("email_address", "ann@example.com"), P("sending_ip", "192.0.2.1"), P("dispatch_id", "d-2")],
            },
            Event("Purchase", "ann", null, P("product_id", "p-1"), P("price", 9.5), P("currency", "EUR"), P("[Purchase property] colour", "red")) with { InsertId = "purchase-1" },
            new TrackedEvent { Name = "Play Song", DistinctId = "$device:phone", DeviceId = "phone", Time = Noon - Duration.FromMinutes(2) + Duration.FromMilliseconds(7), InsertId = "play-1", Properties = [P("genre", "jazz")] });
        await world.RunAsync();
        Wire.ShouldBe("mixpanel", world.Mixpanel.Bodies.ShouldHaveSingleItem(), world.World.Token);
    }

    [Fact]
    public async Task Message_events_of_people_without_an_id_are_counted_and_not_sent()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToMixpanel);
        await world.World.AddAsync(Open(1, "$device:phone"), Open(2));
        await world.RunAsync();
        world.Mixpanel.Keys().ShouldBe(Keys(2));
        (await world.FindAsync(stream)).Counts.ShouldBe(new StreamCounts(1, 1, 0, 0, 0));
    }

    [Fact]
    public async Task Good_records_of_a_partly_refused_request_are_not_sent_again()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToMixpanel);
        world.Mixpanel.IsRefused = item => item.GetProperty("properties").GetProperty("dispatch_id").GetString() is "d-3" or "d-7";
        await world.OpenedAsync(Enumerable.Range(0, 10));
        await world.RunAsync();
        world.Mixpanel.RequestCount.ShouldBe(1);
        (await world.FindAsync(stream)).Counts.ShouldBe(new StreamCounts(8, 0, 0, 2, 0));
        (await world.RecordAsync(stream)).Select(line => line.Detail).ShouldBe(Enumerable.Repeat("400: 'properties' is invalid: refused on purpose", 2));
    }

    [Fact]
    public async Task A_request_of_which_every_record_is_refused_is_settled_too()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToMixpanel);
        world.Mixpanel.IsRefused = _ => true;
        await world.World.AddAsync([.. Enumerable.Range(0, 2000).Select(number => Open(number))]);
        await world.RunAsync();
        var found = await world.FindAsync(stream);
        (found.Trouble, found.Counts.Refused, found.Lag.Events).ShouldBe((null, 2000, 0));
        world.Mixpanel.RequestCount.ShouldBe(1);
    }

    [Fact]
    public async Task At_most_2000_events_and_ten_megabytes_go_in_one_request()
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToMixpanel, new EventChoice(["*"], ["*"]));
        await world.World.AddAsync([.. Enumerable.Range(0, 4500).Select(number => Open(number))]);
        await world.RunAsync();
        (world.Mixpanel.EventCount, world.Mixpanel.LargestRequest).ShouldBe((4500, 2000));

        var large = string.Join(string.Empty, Enumerable.Repeat("0123456789", 25));
        await world.World.AddAsync([.. Enumerable.Range(10_000, 1900).Select(number => Event("Play Song", "ann", null, [P("dispatch_id", $"d-{number}"), .. Enumerable.Range(0, 30).Select(index => P($"text{index}", large))]) with { InsertId = $"large-{number}" })]);
        await world.RunAsync();
        world.Mixpanel.EventCount.ShouldBe(6400);
        (await world.FindAsync(stream)).Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task A_service_account_names_its_project()
    {
        await using var world = await StreamWorld.CreateAsync();
        (world.Mixpanel.Credentials, world.Mixpanel.Project) = ("robot.1a2b.mp-service-account:password", "12345");
        await world.StreamAsync(new MixpanelConnection(world.Mixpanel.Address, world.Mixpanel.Token, "password", "robot.1a2b.mp-service-account", "12345"));
        await world.OpenedAsync(1);
        await world.RunAsync();
        world.Mixpanel.EventCount.ShouldBe(1);
    }

    [Fact]
    public async Task The_token_alone_is_enough_where_there_is_no_secret()
    {
        await using var world = await StreamWorld.CreateAsync();
        world.Mixpanel.Credentials = world.Mixpanel.Token + ":";
        await world.StreamAsync(new MixpanelConnection(world.Mixpanel.Address, world.Mixpanel.Token));
        await world.OpenedAsync(1);
        await world.RunAsync();
        world.Mixpanel.EventCount.ShouldBe(1);
    }

    [Theory]
    [InlineData(StreamFault.Busy429, StreamState.Active, SyncAdvice.Wait)]
    [InlineData(StreamFault.Broken500, StreamState.Active, SyncAdvice.Wait)]
    [InlineData(StreamFault.ResetAfterTaking, StreamState.Active, SyncAdvice.Wait)]
    [InlineData(StreamFault.Unauthorized401, StreamState.Halted, SyncAdvice.RenewKeys)]
    public async Task Each_answer_leads_to_what_the_documents_ask_for(StreamFault fault, StreamState state, SyncAdvice advice)
    {
        await using var world = await StreamWorld.CreateAsync();
        var stream = await world.StreamAsync(world.ToMixpanel);
        world.Mixpanel.NextFault = () => fault;
        await world.OpenedAsync(1, 2, 3);
        await world.RunAsync();
        var found = await world.FindAsync(stream);
        (found.State, found.Trouble!.Advice).ShouldBe((state, advice));
        world.Mixpanel.NextFault = null;
        world.World.Clock.Advance(TimeSpan.FromMinutes(6));
        await world.RunAsync();
        world.Mixpanel.Keys().ShouldBe(Keys(1, 2, 3), ignoreOrder: true);
        (await world.FindAsync(stream)).Counts.Sent.ShouldBe(3);
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_halved()
    {
        await using var world = await StreamWorld.CreateAsync();
        await world.StreamAsync(world.ToMixpanel);
        var requests = 0;
        world.Mixpanel.NextFault = () => ++requests <= 2 ? StreamFault.TooLarge413 : StreamFault.None;
        await world.OpenedAsync(Enumerable.Range(0, 100));
        await world.RunAsync();
        world.Mixpanel.EventCount.ShouldBe(100);
        world.Mixpanel.Bodies.Select(body => body.GetArrayLength()).First().ShouldBe(25);
    }
}
