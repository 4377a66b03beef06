using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Stores;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.Ingestion;

public sealed class IngestionPipelineTests
{
    [Fact]
    public async Task Every_drop_has_a_reason_and_is_counted_under_it()
    {
        await using var world = await CreateAsync();
        var report = await world.TrackAsync(
            world.Sent("Play", "ann"),
            world.Sent(null, "ann"),
            world.Sent("Play", "undefined"),
            new SubmittedEvent { Token = "nobody", Name = "Play", DistinctId = "ann" },
            new SubmittedEvent { Token = world.Token, Name = "Play", DistinctId = "ann", IsIgnored = true },
            new SubmittedEvent { Token = world.Token, Name = "Play", DistinctId = "ann", IsTimeInvalid = true },
            new SubmittedEvent { Token = world.Token, Name = "Play", DistinctId = "ann", Time = Noon - Duration.FromDays(6) },
            new SubmittedEvent { Token = world.Token, Name = "Play", DistinctId = "ann", SizeBytes = 1 << 20 },
            new SubmittedEvent { Token = world.Token, Fault = new Fault(DropReason.Malformed, string.Empty, "bad") });

        report.AcceptedCount.ShouldBe(1);
        report.Refused.Select(record => (record.Index, record.Reason)).ShouldBe([
            (1, DropReason.MissingName), (2, DropReason.MeaninglessId), (3, DropReason.UnknownToken), (4, DropReason.Ignored),
            (5, DropReason.InvalidTime), (6, DropReason.TooOld), (7, DropReason.TooLarge), (8, DropReason.Malformed),
        ]);
        var counts = world.Ingestion.CountsOf(world.Project);
        counts.Events.ShouldBe(1);
        counts.Dropped.Keys.Order().ShouldBe([DropReason.Malformed, DropReason.MissingName, DropReason.MeaninglessId, DropReason.InvalidTime, DropReason.TooOld, DropReason.TooLarge, DropReason.Ignored]);
        world.Ingestion.CountsOf(default).Dropped.ShouldBe(new Dictionary<DropReason, long> { [DropReason.UnknownToken] = 1 });
    }

    [Fact]
    public async Task Counts_survive_a_restart()
    {
        await using var world = await CreateAsync();
        var hosted = await world.StartAsync();
        await world.TrackAsync(world.Sent("Play", "ann"), world.Sent("", "ann"));
        await world.SetAsync("ann", P("plan", "pro"));
        await StopAsync(hosted);
        await world.RestartAsync();

        var counts = world.Ingestion.CountsOf(world.Project);
        (counts.Events, counts.ProfileUpdates).ShouldBe((1, 1));
        counts.Dropped.ShouldBe(new Dictionary<DropReason, long> { [DropReason.MissingName] = 1 });
    }

    [Theory]
    [InlineData("u", "d", "x", "u", "u", "d")]
    [InlineData(null, "d", "x", "$device:d", null, "d")]
    [InlineData(null, null, "$device:d", "$device:d", null, "d")]
    [InlineData(null, null, "x", "x", "x", null)]
    [InlineData(null, null, null, "", null, null)]
    [InlineData(null, null, "", "", null, null)]
    [InlineData("", "", "x", "x", "x", null)]
    public async Task Ids_are_resolved_in_their_order(string? user, string? device, string? distinct, string expected, string? expectedUser, string? expectedDevice)
    {
        await using var world = await CreateAsync();
        await world.TrackAsync(new SubmittedEvent { Token = world.Token, Name = "Play", UserId = user, DeviceId = device, DistinctId = distinct });
        var stored = (await world.Get<ILexicon>().LatestAsync(world.Project, null, 10, default)).Single();
        stored.DistinctId.ShouldBe(expected);
        stored.UserId.ShouldBe(expectedUser);
        stored.DeviceId.ShouldBe(expectedDevice);
    }

    [Fact]
    public async Task A_merge_is_seen_at_once_and_for_the_past()
    {
        await using var world = await CreateAsync();
        await world.TrackAsync(new SubmittedEvent { Token = world.Token, Name = "Visit", DeviceId = "d1" });
        (await world.People.FindAsync(world.Project, "$device:d1", default))!.DistinctId.ShouldBe("$device:d1");

        await world.TrackAsync(new SubmittedEvent { Token = world.Token, Name = "Sign Up", DeviceId = "d1", UserId = "ann" });
        (await world.People.FindAsync(world.Project, "$device:d1", default))!.DistinctId.ShouldBe("ann");
        (await world.People.TimelineAsync(world.Project, "ann", null, 10, default)).Select(tracked => tracked.Name).ShouldBe(["Sign Up", "Visit"], ignoreOrder: true);

        // The first user of a device keeps it.
        await world.TrackAsync(new SubmittedEvent { Token = world.Token, Name = "Log In", DeviceId = "d1", UserId = "bob" });
        (await world.People.FindAsync(world.Project, "$device:d1", default))!.DistinctId.ShouldBe("ann");
        (await world.People.TimelineAsync(world.Project, "bob", null, 10, default)).Select(tracked => tracked.Name).ShouldBe(["Log In"]);
        (await world.People.ListAsync(world.Project, null, null, 0, 10, default)).Total.ShouldBe(2);
    }

    [Fact]
    public async Task A_retry_counts_once()
    {
        await using var world = await CreateAsync();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await world.TrackAsync(new SubmittedEvent { Token = world.Token, Name = "Play", DistinctId = "ann", InsertId = "same", Time = Noon });
        }

        (await world.Get<ILexicon>().LatestAsync(world.Project, "Play", 10, default)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Times_ahead_of_the_clock_become_now_and_strict_import_refuses_those_far_ahead()
    {
        await using var world = await CreateAsync();
        await world.TrackAsync(new SubmittedEvent { Token = world.Token, Name = "Track", DistinctId = "ann", Time = Noon + Duration.FromDays(1) });
        var project = await world.Projects.FindAsync(world.Project, default);
        SubmittedEvent Imported(string insertId, Duration ahead) => new() { Name = "Import", DistinctId = "ann", InsertId = insertId, Time = Noon + ahead };
        var report = await world.Intake.AcceptEventsAsync(project, [Imported("a", Duration.FromHours(1)), Imported("b", Duration.FromSeconds(3601))], IntakeRules.StrictImport, default);
        report.Refused.Single().Reason.ShouldBe(DropReason.InFuture);
        await world.Intake.AcceptEventsAsync(project, [Imported("c", Duration.FromDays(1))], IntakeRules.LenientImport, default);
        (await world.Get<ILexicon>().LatestAsync(world.Project, null, 10, default)).Select(tracked => tracked.Time).ShouldAllBe(time => time == Noon);
    }

    [Fact]
    public async Task Long_texts_are_cut_and_never_inside_a_character()
    {
        await using var world = await CreateAsync();
        var emoji = new string('x', 254) + "😀";
        var submitted = world.Sent(new string('n', 300), "ann", P("text", new string('x', 300)), P("emoji", emoji), new Property("list", PropertyValue.Of([PropertyValue.Of(new string('y', 256))])), new Property("object", PropertyValue.OfObject($$"""{"a":"{{new string('z', 300)}}","b":[1.50,null]}""")));
        await world.TrackAsync(submitted);
        var stored = (await world.Get<ILexicon>().LatestAsync(world.Project, null, 1, default)).Single();
        stored.Name.Length.ShouldBe(255);
        var properties = stored.Properties.ToDictionary(property => property.Name, property => property.Value);
        properties["text"].String.Length.ShouldBe(255);
        properties["emoji"].String.ShouldBe(new string('x', 254));
        properties["list"].Items[0].String.Length.ShouldBe(255);
        properties["object"].ObjectJson.ShouldBe($$"""{"a":"{{new string('z', 255)}}","b":[1.50,null]}""");
    }

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, false)]
    public async Task The_number_of_properties_items_and_keys_is_bounded(int count, bool isTaken)
    {
        await using var world = await CreateAsync();
        var properties = Enumerable.Range(0, count).Select(n => P($"p{n}", n)).ToArray();
        var list = new Property("list", PropertyValue.Of([.. Enumerable.Range(0, count).Select(n => PropertyValue.Of(n))]));
        var keys = new Property("object", PropertyValue.OfObject($"{{{string.Join(',', Enumerable.Range(0, count).Select(n => $"\"k{n}\":{n}"))}}}"));
        var report = await world.TrackAsync(world.Sent("A", "ann", properties), world.Sent("B", "ann", list), world.Sent("C", "ann", keys));
        report.AcceptedCount.ShouldBe(isTaken ? 3 : 0);
        report.Refused.ShouldAllBe(record => record.Reason == DropReason.TooLarge);
    }

    [Fact]
    public async Task Our_own_events_pass_the_same_steps()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("Push Notification Send", "ann", Noon + Duration.FromDays(1)), Event("", "ann"), Event("Push Notification Send", "null"));
        (await world.Get<ILexicon>().LatestAsync(world.Project, null, 10, default)).Single().Time.ShouldBe(Noon + Duration.FromDays(1));
        world.Ingestion.CountsOf(world.Project).Dropped.Keys.Order().ShouldBe([DropReason.MissingName, DropReason.MeaninglessId]);
    }

    [Fact]
    public async Task Events_of_several_projects_in_one_request_go_their_ways()
    {
        await using var world = await CreateAsync();
        var other = (await world.Projects.CreateAsync(new NewProject("Other", Token: "other"), default)).Value!.Project;
        await world.TrackAsync(world.Sent("A", "ann"), new SubmittedEvent { Token = "other", Name = "B", DistinctId = "ann" });
        (await world.Get<ILexicon>().EventsAsync(world.Project, default)).Select(summary => summary.Name).ShouldBe(["A"]);
        (await world.Get<ILexicon>().EventsAsync(other.Id, default)).Select(summary => summary.Name).ShouldBe(["B"]);
    }

    [Fact]
    public async Task An_address_gives_the_same_id_within_a_project_and_another_in_the_next()
    {
        await using var world = await CreateAsync();
        await world.Projects.CreateAsync(new NewProject("Other", Token: "other"), default);
        var address = System.Net.IPAddress.Parse("203.0.113.7");
        var id = world.Intake.DistinctIdOfAddress(world.Token, address);
        id.ShouldBe(world.Intake.DistinctIdOfAddress(world.Token, address));
        id.ShouldNotBe(world.Intake.DistinctIdOfAddress("other", address));
        id.ShouldNotContain("203");
        id.Length.ShouldBe(32);
    }
}
