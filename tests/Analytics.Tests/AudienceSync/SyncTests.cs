using NodaTime;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.AudienceSync;

public sealed class SyncTests
{
    [Fact]
    public async Task A_stop_between_settling_a_page_and_counting_it_sends_no_empty_page()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann");
        var sync = await world.SyncAsync();
        await world.TickAsync();
        var requests = world.Braze.Requests.Count;
        await world.World.Get<IntegrationsDatabase>().WriteAsync(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = "UPDATE Runs SET EndedAt = NULL, AnsweredPages = 0";
                return command.ExecuteNonQuery();
            },
            default);
        await world.TickAsync(60);
        await world.TickAsync();
        (world.Braze.Requests.Count, (await world.FindAsync(sync)).Trouble).ShouldBe((requests, null));
    }

    [Fact]
    public async Task A_cohort_is_declared_sent_and_kept_the_same()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann", "bob");
        var sync = await world.SyncAsync();
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:ann", "user:bob"]);
        world.Braze.Names[sync.RemoteId].ShouldBe("Pro");
        (await world.FindAsync(sync)).Counts.ShouldBe(new SyncCounts(2, 0, 0, 0));

        await world.PlanAsync("Pro", "cleo");
        await world.PlanAsync("Free", "ann");
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:bob", "user:cleo"]);
        (await world.AuditAsync(sync)).Select(line => (line.DistinctId, line.Operation, line.Reason)).ShouldBe(
        [
            ("ann", AuditOperation.Add, AuditReason.Entered),
            ("bob", AuditOperation.Add, AuditReason.Entered),
            ("cleo", AuditOperation.Add, AuditReason.Entered),
            ("ann", AuditOperation.Remove, AuditReason.Left),
        ]);
        world.Braze.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sync_in_step_calls_nobody()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann");
        var sync = await world.SyncAsync();
        await world.TickAsync();
        var calls = world.Braze.Requests.Count;
        for (var second = 0; second < 10; second++)
        {
            await world.TickAsync();
        }

        world.Braze.Requests.Count.ShouldBe(calls);
        (await world.Syncs.RunsAsync(world.World.Project, sync.Id, 10, default)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Only_the_difference_is_sent_and_at_most_a_thousand_at_once()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", Enumerable.Range(0, 2500).Select(number => $"person-{number}"));
        var sync = await world.SyncAsync();
        await world.TickAsync();
        world.Held(sync).Count.ShouldBe(2500);
        world.Braze.Requests.Count.ShouldBe(1 + 3);

        await world.PlanAsync("Pro", "one-more");
        await world.TickAsync();
        world.Braze.Requests.Last().Body.GetProperty("cohort_changes").GetRawText().ShouldBe("""[{"user_ids":["one-more"]}]""");
        world.Braze.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_export_happens_once()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann");
        var sync = await world.SyncAsync(interval: null);
        await world.TickAsync();
        (await world.FindAsync(sync)).State.ShouldBe(SyncState.Finished);
        await world.PlanAsync("Pro", "bob");
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:ann"]);

        (await world.Syncs.RunAsync(world.World.Project, sync.Id, isFull: false, default)).Problems.ShouldBeEmpty();
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:ann", "user:bob"]);
    }

    [Fact]
    public async Task An_interval_is_kept()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann");
        var sync = await world.SyncAsync(Duration.FromMinutes(30));
        await world.TickAsync();
        await world.PlanAsync("Pro", "bob");
        await world.TickAsync(60 * 29);
        world.Held(sync).ShouldBe(["user:ann"]);
        await world.TickAsync(60);
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:ann", "user:bob"]);
    }

    [Fact]
    public async Task People_without_the_property_wait_until_they_have_it()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann", "bob");
        await world.World.SetAsync("ann", P("$braze_external_id", "ext-ann"));
        var mapping = new IdentityMapping(Property: "$braze_external_id");
        (await world.Syncs.MatchAsync(world.World.Project, world.World.Cohorts.MembersOf(world.World.Project, world.Pro.Id), mapping, default)).Value.ShouldBe(new MatchCount(2, 1));
        var sync = await world.SyncAsync(mapping);
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:ext-ann"]);
        (await world.FindAsync(sync)).Counts.ShouldBe(new SyncCounts(1, 0, 1, 0));
        (await world.AuditAsync(sync)).ShouldContain(line => line.DistinctId == "bob" && line.Operation == AuditOperation.NoOp && line.Reason == AuditReason.NoIdentifier);

        await world.World.SetAsync("bob", P("$braze_external_id", "ext-bob"));
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:ext-ann", "user:ext-bob"]);
        (await world.FindAsync(sync)).Counts.ShouldBe(new SyncCounts(2, 0, 0, 0));
    }

    [Fact]
    public async Task A_changed_identifier_takes_the_place_of_the_old_one_at_the_next_comparison()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann");
        await world.World.SetAsync("ann", P("$braze_external_id", "old"));
        var sync = await world.SyncAsync(new IdentityMapping(Property: "$braze_external_id"));
        await world.TickAsync();
        await world.World.SetAsync("ann", P("$braze_external_id", "new"));
        await world.TickAsync(60 * 15);
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:new"]);
        (await world.AuditAsync(sync)).Skip(1).Select(line => (line.Identifier, line.Operation, line.Reason)).ShouldBe(
            [("new", AuditOperation.Add, AuditReason.IdentifierChanged), ("old", AuditOperation.Remove, AuditReason.IdentifierChanged)]);
    }

    [Fact]
    public async Task Who_shares_an_identifier_is_there_until_the_last_has_left()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann", "bob");
        await world.World.SetAsync("ann", P("ext", "same"));
        await world.World.SetAsync("bob", P("ext", "same"));
        var sync = await world.SyncAsync(new IdentityMapping(Property: "ext"));
        await world.TickAsync();
        await world.PlanAsync("Free", "ann");
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:same"]);
        (await world.AuditAsync(sync)).Select(line => (line.DistinctId, line.Operation, line.Reason)).ShouldBe(
        [
            ("ann", AuditOperation.Add, AuditReason.Entered),
            ("bob", AuditOperation.NoOp, AuditReason.SameIdentifier),
            ("ann", AuditOperation.NoOp, AuditReason.SameIdentifier),
        ]);
        await world.PlanAsync("Free", "bob");
        await world.TickAsync();
        world.Held(sync).ShouldBeEmpty();
    }

    [Fact]
    public async Task Devices_go_by_their_own_ids_when_they_are_wanted()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann", DeviceIds.DistinctIdOf("phone-1"));
        var without = await world.SyncAsync();
        await world.TickAsync();
        world.Held(without).ShouldBe(["user:ann"]);
        (await world.AuditAsync(without)).ShouldContain(line => line.Reason == AuditReason.Anonymous);
        await world.Syncs.RemoveAsync(world.World.Project, without.Id, takesMembersOut: true, default);
        await world.TickAsync();
        world.Held(without).ShouldBeEmpty();
        (await world.Syncs.ListAsync(world.World.Project, default)).ShouldBeEmpty();

        var with = await world.SyncAsync(new IdentityMapping(IncludesDevices: true));
        await world.TickAsync();
        world.Held(with).ShouldBe(["device:phone-1", "user:ann"]);
        world.Braze.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Aliases_carry_their_label()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann");
        await world.World.SetAsync("ann", P("$email", "ann@example.org"));
        var sync = await world.SyncAsync(new IdentityMapping(IdentifierKind.Alias, "$email", "email"));
        await world.TickAsync();
        world.Held(sync).ShouldBe(["alias:email:ann@example.org"]);
    }

    [Fact]
    public async Task A_new_name_is_told_before_the_next_page()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann");
        var sync = await world.SyncAsync();
        await world.TickAsync();
        await world.World.Cohorts.ChangeAsync(world.World.Project, world.Pro.Id, "Professionals", "", null, default);
        await world.PlanAsync("Pro", "bob");
        await world.TickAsync();
        world.Braze.Names[sync.RemoteId].ShouldBe("Professionals");
        world.Held(sync).ShouldBe(["user:ann", "user:bob"]);
    }

    [Fact]
    public async Task What_is_refused_is_found_counted_and_tried_again_with_everyone()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", Enumerable.Range(0, 40).Select(number => $"person-{number}").Append("bad"));
        world.Braze.RefusedMember = "bad";
        var sync = await world.SyncAsync();
        await world.TickAsync();
        world.Held(sync).Count.ShouldBe(40);
        (await world.FindAsync(sync)).Counts.ShouldBe(new SyncCounts(40, 0, 0, 1));
        var line = (await world.AuditAsync(sync)).Single(line => line.Reason == AuditReason.Refused);
        line.DistinctId.ShouldBe("bad");
        line.Detail.ShouldNotBeNull().ShouldStartWith("400: ");

        world.Braze.RefusedMember = null;
        await world.Syncs.RunAsync(world.World.Project, sync.Id, isFull: true, default);
        await world.TickAsync();
        world.Held(sync).Count.ShouldBe(41);
        (await world.FindAsync(sync)).Counts.ShouldBe(new SyncCounts(41, 0, 0, 0));
    }

    [Fact]
    public async Task Wrong_keys_pause_it_say_what_to_do_and_new_ones_let_it_go_on()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann");
        world.Braze.AcceptedKey = "another";
        var sync = await world.SyncAsync();
        await world.TickAsync();
        var paused = await world.FindAsync(sync);
        paused.State.ShouldBe(SyncState.Paused);
        paused.Trouble!.Advice.ShouldBe(SyncAdvice.RenewKeys);
        paused.Trouble.Message.ShouldBe("401: Partner not enabled for client with client secret: •••");
        paused.BehindSince.ShouldBe(World.Noon);
        var calls = world.Braze.Requests.Count;
        await world.TickAsync(3600);
        world.Braze.Requests.Count.ShouldBe(calls);

        (await world.Connections.ChangeAsync(world.World.Project, world.Connection.Id, "Braze", new BrazeConnection(world.Braze.Address, "another"), default)).Problems.ShouldBeEmpty();
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:ann"]);
        (await world.FindAsync(sync)).Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task Retry_after_is_kept_to()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann");
        world.Braze.NextFault = () => Fault.Busy429;
        var sync = await world.SyncAsync();
        await world.TickAsync();
        var waiting = await world.FindAsync(sync);
        waiting.State.ShouldBe(SyncState.Active);
        waiting.NextAt.ShouldBe(World.Noon + Duration.FromSeconds(7));
        waiting.Trouble!.Advice.ShouldBe(SyncAdvice.Wait);
        world.Braze.NextFault = null;
        for (var second = 1; second < 7; second++)
        {
            await world.TickAsync();
            world.Held(sync).ShouldBeEmpty();
        }

        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:ann"]);
    }

    [Fact]
    public async Task A_dead_connection_holds_up_no_other()
    {
        await using var world = await SyncWorld.CreateAsync(options => options with { CallTimeout = TimeSpan.FromSeconds(20) });
        await using var webhook = await WebhookServer.StartAsync();
        var other = (await world.Connections.CreateAsync(world.World.Project, "Webhook", new WebhookConnection(webhook.Address, WebhookServer.User, WebhookServer.Password), default)).Value!;
        world.Braze.NextFault = () => Fault.SilenceAfterTaking;
        await world.PlanAsync("Pro", "ann");
        await world.SyncAsync();
        var sync = await world.SyncAsync(Duration.FromSeconds(1), connection: other);
        using var stopping = new CancellationTokenSource();
        var due = world.Loop.RunDueAsync(stopping.Token);
        await Until(() => webhook.MembersOf(sync.RemoteId).Contains("ann"));
        due.IsCompleted.ShouldBeFalse();
        await stopping.CancelAsync();
        await due;
    }

    [Fact]
    public async Task A_webhook_gets_everyone_first_and_then_what_changed_even_if_nothing_did()
    {
        await using var world = await SyncWorld.CreateAsync();
        await using var webhook = await WebhookServer.StartAsync();
        var connection = (await world.Connections.CreateAsync(world.World.Project, "Webhook", new WebhookConnection(webhook.Address, WebhookServer.User, WebhookServer.Password), default)).Value!;
        await world.PlanAsync("Pro", "ann", DeviceIds.DistinctIdOf("phone-1"));
        var sync = await world.SyncAsync(Duration.FromMinutes(30), new IdentityMapping(IncludesDevices: true), connection);
        await world.TickAsync(60 * 30);
        webhook.MembersOf(sync.RemoteId).Order(StringComparer.Ordinal).ShouldBe(["$device:phone-1", "ann"]);
        await world.TickAsync(60 * 30);
        await world.PlanAsync("Free", "ann");
        await world.TickAsync();
        webhook.MembersOf(sync.RemoteId).ShouldBe(["$device:phone-1"]);
        webhook.Requests.Select(request => $"{request.GetProperty("action").GetString()} {request.GetProperty("parameters").GetProperty("members").GetArrayLength()}")
            .ShouldBe(["members 2", "add_members 0", "remove_members 0", "add_members 0", "remove_members 1"]);
        webhook.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(71, "add_members remove_members")]
    [InlineData(73, "members")]
    public async Task A_webhook_that_was_paused_for_more_than_three_days_gets_everyone_again(int hours, string actions)
    {
        await using var world = await SyncWorld.CreateAsync();
        await using var webhook = await WebhookServer.StartAsync();
        var connection = (await world.Connections.CreateAsync(world.World.Project, "Webhook", new WebhookConnection(webhook.Address, WebhookServer.User, WebhookServer.Password), default)).Value!;
        await world.PlanAsync("Pro", "ann", "bob");
        var sync = await world.SyncAsync(Duration.FromMinutes(30), connection: connection);
        await world.TickAsync(0);
        (await world.Syncs.PauseAsync(world.World.Project, sync.Id, default)).Problems.ShouldBeEmpty();
        world.World.Clock.Advance(TimeSpan.FromHours(hours));
        await world.PlanAsync("Pro", "cleo");
        (await world.Syncs.ResumeAsync(world.World.Project, sync.Id, default)).Problems.ShouldBeEmpty();
        await world.TickAsync(0);
        webhook.MembersOf(sync.RemoteId).Order(StringComparer.Ordinal).ShouldBe(["ann", "bob", "cleo"]);
        string.Join(' ', webhook.Requests.Skip(1).Select(request => request.GetProperty("action").GetString())).ShouldBe(actions);
        webhook.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_is_erased_is_taken_out_there_and_forgotten_here()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann", "bob");
        var sync = await world.SyncAsync();
        await world.TickAsync();
        await world.World.People.EraseAsync(world.World.Project, ["ann"], default);
        await world.RefreshAsync();
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:bob"]);
        (await world.AuditAsync(sync)).Select(line => (line.DistinctId, line.Identifier, line.Operation)).ShouldBe([("bob", "bob", AuditOperation.Add), ("", "", AuditOperation.Remove)]);
    }

    [Fact]
    public async Task No_byte_of_whoever_was_erased_is_left_once_they_are_taken_out_there()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann-of-green-gables", "bob");
        var sync = await world.SyncAsync();
        await world.TickAsync();
        var files = Directory.EnumerateFiles(world.World.Folder, "integrations.db*").ToList();
        files.Any(Holds).ShouldBeTrue();
        await world.World.People.EraseAsync(world.World.Project, ["ann-of-green-gables"], default);
        files.Any(Holds).ShouldBeTrue("the other side is still to be told whom to take out");
        await world.RefreshAsync();
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:bob"]);
        files.Any(Holds).ShouldBeFalse();

        static bool Holds(string file)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes.AsSpan().IndexOf("green-gables"u8) >= 0;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_for_one_command_sends_nobody(bool runsSyncs)
    {
        await using var world = await SyncWorld.CreateAsync(options => options with { RunsSyncs = runsSyncs });
        await world.PlanAsync("Pro", "ann");
        var sync = await world.SyncAsync();
        await world.Loop.StartAsync(default);
        await (runsSyncs ? Until(() => world.Held(sync).Count == 1) : world.Loop.ExecuteTask!);
        world.Held(sync).Count.ShouldBe(runsSyncs ? 1 : 0);
        await world.Loop.StopAsync(default);
    }

    [Fact]
    public async Task A_paused_sync_waits_and_goes_on_where_it_was()
    {
        await using var world = await SyncWorld.CreateAsync();
        await world.PlanAsync("Pro", "ann");
        var sync = await world.SyncAsync();
        await world.TickAsync();
        (await world.Syncs.PauseAsync(world.World.Project, sync.Id, default)).Value!.Trouble!.Advice.ShouldBe(SyncAdvice.Resume);
        await world.PlanAsync("Pro", "bob");
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:ann"]);
        (await world.Syncs.ResumeAsync(world.World.Project, sync.Id, default)).Problems.ShouldBeEmpty();
        await world.TickAsync();
        world.Held(sync).ShouldBe(["user:ann", "user:bob"]);
    }

    [Fact]
    public async Task A_sync_that_cannot_work_is_refused_by_field()
    {
        await using var world = await SyncWorld.CreateAsync();
        foreach (var (field, sync) in new (string, NewSync)[]
        {
            ("cohort", new(new(99), world.Connection.Id, null, new())),
            ("connection", new(world.Pro.Id, new(99), null, new())),
            ("interval", new(world.Pro.Id, world.Connection.Id, Duration.Zero, new())),
            ("interval", new(world.Pro.Id, world.Connection.Id, Duration.FromDays(32), new())),
            ("mapping.aliasLabel", new(world.Pro.Id, world.Connection.Id, null, new(IdentifierKind.Alias, "$email"))),
            ("mapping.aliasLabel", new(world.Pro.Id, world.Connection.Id, null, new(AliasLabel: "email"))),
            ("mapping.property", new(world.Pro.Id, world.Connection.Id, null, new(Property: " "))),
            ("mapping.includesDevices", new(world.Pro.Id, world.Connection.Id, null, new(Property: "ext", IncludesDevices: true))),
        })
        {
            var refused = await world.Syncs.CreateAsync(world.World.Project, sync, default);
            refused.Problems.Select(problem => problem.Field).ShouldBe([field]);
        }

        await world.SyncAsync();
        (await world.Syncs.CreateAsync(world.World.Project, new(world.Pro.Id, world.Connection.Id, null, new()), default)).Problems.ShouldHaveSingleItem().Field.ShouldBe("cohort");
        (await world.Connections.RemoveAsync(world.World.Project, world.Connection.Id, default)).Problems.ShouldHaveSingleItem().Rule.ShouldBe("is used by syncs: remove them first");
    }

    private static async Task Until(Func<bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
