using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Model.Events;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests;

/// <summary>Persons are taken out for good, and events that are too old.</summary>
public sealed class ErasureTests
{
    private static readonly EngineOptions Small = new() { SealAfterRows = 1000, SealAfter = TimeSpan.FromDays(1) };

    [Fact]
    public async Task A_person_goes_with_devices_profile_and_ids_and_leaves_no_trace_in_any_file()
    {
        await using var temporary = new TemporaryStore(Small);
        var store = temporary.Store;
        await store.AppendAsync(Batch(Event("Play", "$device:secret-phone", 1, "1", P("note", "secret-note")), Event("Play", "bob", 1, "2", P("note", "kept-note"))), default);
        await store.SealAsync(default);
        await store.AppendAsync(Batch(Event("Play", "secret-ann", 2, "3") with { DeviceId = "secret-phone" }, Event("Stop", "bob", 2, "4")), default);
        await store.AppendAsync(ProfileBatch(Set("secret-ann", P("mail", "secret-mail")), Set("bob", P("mail", "kept-mail"))), default);
        (await store.EraseAsync(["$device:secret-phone"], default)).ShouldBe(new Erasure(2, 2));

        await CheckAsync(store);
        (await LoggedIdsAsync(store)).ShouldBe(["bob", "bob", "bob"]);
        await temporary.ReopenAsync();
        await CheckAsync(temporary.Store);
        await temporary.CloseAsync();
        foreach (var file in Directory.EnumerateFiles(temporary.Directory, "*", SearchOption.AllDirectories))
        {
            var bytes = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            bytes.ShouldNotContain("secret", Case.Sensitive, file);
        }

        static async Task CheckAsync(EventStore store)
        {
            (await EventsAsync(store)).ShouldBe(["Play bob", "Stop bob"]);
            store.FindPerson("secret-ann").ShouldBeNull();
            store.FindPerson("$device:secret-phone").ShouldBeNull();
            store.FindProfile("secret-ann").ShouldBeNull();
            store.FindProfile("bob")!["mail"].String.ShouldBe("kept-mail");
            store.DistinctIdsOf(await store.EveryoneAsync(default)).ShouldBe(["bob"]);
        }
    }

    [Fact]
    public async Task An_id_seen_again_is_somebody_new_also_after_a_replay()
    {
        await using var temporary = new TemporaryStore(Small);
        await temporary.Store.AppendAsync(Batch(Event("Play", "ann", 1, "1")), default);
        var before = temporary.Store.FindPerson("ann");
        await temporary.Store.EraseAsync(["ann"], default);
        await temporary.Store.AppendAsync(Batch(Event("Play", "cat", 2, "2"), Event("Stop", "ann", 2, "3")), default);
        var after = temporary.Store.FindPerson("ann");
        after.ShouldNotBe(before);
        await temporary.ReopenAsync();
        temporary.Store.FindPerson("ann").ShouldBe(after);
        (await EventsAsync(temporary.Store)).ShouldBe(["Play cat", "Stop ann"]);
        (await temporary.Store.TimelineAsync("ann", null, 10, default)).Count.ShouldBe(1);
        await temporary.Store.SealAsync(default);
        await temporary.ReopenAsync();
        temporary.Store.FindPerson("ann").ShouldBe(after);
        (await EventsAsync(temporary.Store)).ShouldBe(["Play cat", "Stop ann"]);
    }

    [Fact]
    public async Task Somebody_else_on_the_same_device_stays()
    {
        await using var temporary = new TemporaryStore(Small);
        var store = temporary.Store;
        await store.AppendAsync(Batch(Event("Play", "ann", 1, "1") with { DeviceId = "d" }, Event("Play", "bob", 2, "2") with { DeviceId = "d" }), default);
        await store.EraseAsync(["ann"], default);
        var left = (await store.TimelineAsync("bob", null, 10, default)).Single();
        left.DeviceId.ShouldBeNull();
        left.UserId.ShouldBe("bob");
    }

    [Fact]
    public async Task A_damaged_part_refuses_the_erasure_and_everything_else_goes_on()
    {
        await using var temporary = new TemporaryStore(Small);
        await temporary.Store.AppendAsync(Batch(Event("Play", "ann", 1, "1"), Event("Play", "bob", 1, "2")), default);
        await temporary.Store.SealAsync(default);
        await temporary.CloseAsync();
        var file = Directory.GetFiles(Path.Combine(temporary.Directory, "parts"), "few.arrows", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        await using var store = EventStore.Open(temporary.Directory, Small, TimeProvider.System, NullLogger.Instance);
        (await Should.ThrowAsync<StoreDamagedException>(() => store.EraseAsync(["ann"], default))).Message.ShouldContain(file);
        store.FindPerson("ann").ShouldNotBeNull();
        await store.AppendAsync(Batch(Event("Stop", "bob", 2, "3")), default);
        (await store.EventNamesAsync(default)).Select(name => (name.Name, name.RowCount)).ShouldBe([("Play", 2), ("Stop", 1)], "what there is can be named while it cannot be read");
        await store.SealAsync(default);
        (await store.RecentEventsAsync("Stop", TimeWindow.Always, 10, default)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Many_ids_in_a_file_are_forgotten_in_it()
    {
        const int Many = 70_000;
        await using var temporary = new TemporaryStore(new EngineOptions { SealAfter = TimeSpan.FromDays(1) });
        await temporary.Store.AppendAsync(Batch([.. Enumerable.Range(0, Many).Select(n => Event("Play", $"user-{n}", 1, $"{n}"))]), default);
        await temporary.Store.SealAsync(default);
        var file = Directory.GetFiles(temporary.Directory, "ids-*.bin").Single();
        (await temporary.Store.EraseAsync(["user-5", "user-69999"], default)).ShouldBe(new Erasure(2, 2));
        Directory.GetFiles(temporary.Directory, "ids-*.bin").Single().ShouldNotBe(file);
        await temporary.ReopenAsync();
        temporary.Store.FindPerson("user-5").ShouldBeNull();
        temporary.Store.FindPerson("user-6").ShouldNotBeNull();
        (await temporary.Store.EveryoneAsync(default)).Count.ShouldBe(Many - 2);
    }

    [Fact]
    public async Task A_damaged_old_part_keeps_sound_ones_neither_from_being_dropped_nor_from_being_joined()
    {
        var clock = new Clock((Start + NodaTime.Duration.FromDays(10)).ToDateTimeOffset());
        var directory = Directory.CreateTempSubdirectory("rondo-retention-").FullName;
        var options = Small with { CompactionFanIn = 64 };
        try
        {
            await using (var store = EventStore.Open(directory, options, clock, NullLogger.Instance))
            {
                await store.AppendAsync(Batch(Event("Play", "ann", 1, "damaged")), default);
                await store.SealAsync(default);
                await store.AppendAsync(Batch(Event("Play", "bob", 2, "old")), default);
                await store.SealAsync(default);
            }

            var file = Directory.GetFiles(Path.Combine(directory, "parts", "p00000001"), "timeline.arrow").Single();
            await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file))[..^1]);
            await using (var store = EventStore.Open(directory, options with { CompactionFanIn = 2 }, clock, NullLogger.Instance))
            {
                for (var n = 0; n < 2; n++)
                {
                    await store.AppendAsync(Batch(Event("Stop", "cat", 9 * 24, $"{n}")), default);
                    await CarryOnAsync(() => store.SealAsync(default));
                }

                await CarryOnAsync(() => store.SetRetentionAsync(3, default));
                Directory.Exists(Path.Combine(directory, "parts", "p00000002")).ShouldBeFalse("the sound old part goes");
                Directory.GetFiles(directory, "timeline.arrow", SearchOption.AllDirectories).Length.ShouldBe(2, "the sound young ones are joined, the damaged one is left");
                File.Exists(file).ShouldBeTrue();
                (await store.RecentEventsAsync("Stop", TimeWindow.Always, 10, default)).Count.ShouldBe(2);

                // Once the damage is known, the rounds go on without a word.
                await store.SealAsync(default);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        async Task CarryOnAsync(Func<Task> work)
        {
            try
            {
                await work();
            }
            catch (StoreDamagedException damage)
            {
                damage.Message.ShouldContain("timeline.arrow");
            }
        }
    }

    [Fact]
    public async Task Events_older_than_the_project_keeps_go_at_once_and_as_they_grow_old()
    {
        var clock = new Clock((Start + NodaTime.Duration.FromDays(10)).ToDateTimeOffset());
        var directory = Directory.CreateTempSubdirectory("rondo-retention-").FullName;
        try
        {
            await using (var store = EventStore.Open(directory, Small, clock, NullLogger.Instance))
            {
                await store.AppendAsync(Batch([.. Enumerable.Range(0, 10).Select(day => Event("Play", "ann", day * 24, $"{day}"))]), default);
                await store.SealAsync(default);
                await store.AppendAsync(Batch(Event("Stop", "bob", 1, "late")), default);
                await store.SetRetentionAsync(3, default);
                store.RetentionDays.ShouldBe(3);
                (await EventsAsync(store)).ShouldBe(["Play ann", "Play ann", "Play ann"]);
            }

            clock.Now += TimeSpan.FromDays(2);
            await using var later = EventStore.Open(directory, Small, clock, NullLogger.Instance);
            later.RetentionDays.ShouldBe(3);
            await later.SealAsync(default);
            (await EventsAsync(later)).ShouldBe(["Play ann"]);
            await later.SetRetentionAsync(null, default);
            later.RetentionDays.ShouldBeNull();
            await later.AppendAsync(Batch(Event("Play", "ann", 1, "again")), default);
            await later.SealAsync(default);
            (await EventsAsync(later)).Count.ShouldBe(2);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<List<string>> EventsAsync(EventStore store)
    {
        var events = new List<string>();
        await foreach (var tracked in store.ExportAsync([], TimeWindow.Always, default))
        {
            events.Add($"{tracked.Name} {tracked.DistinctId}");
        }

        return [.. events.Order(StringComparer.Ordinal)];
    }

    private static async Task<List<string>> LoggedIdsAsync(EventStore store)
    {
        var ids = new List<string>();
        await foreach (var logged in store.ReadLogAsync(default, default))
        {
            ids.AddRange(logged.Batch.Events.Select(tracked => tracked.DistinctId).Concat(logged.Batch.ProfileUpdates.Select(update => update.DistinctId)));
            if (logged.Position == store.Position)
            {
                break;
            }
        }

        return ids;
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
