using Rondo.Model.Events;
using Rondo.Model.Stores;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests;

/// <summary>Ids beyond a number move from the catalogue into a file; nobody may notice.</summary>
public sealed class ManyIds
{
    private const int Count = 70_000;

    [Fact]
    public async Task Ids_merges_and_marks_are_the_same_from_the_file_and_after_reopening()
    {
        await using var temporary = new TemporaryStore();
        await temporary.Store.AppendAsync(Batch([.. Enumerable.Range(0, Count).Select(n => Event("Visit", $"$device:d{n}", 1, $"v{n}"))]), default);
        await temporary.Store.AppendAsync(Batch([.. Enumerable.Range(0, 1000).Select(n => Event("Sign Up", $"ü{n}", 2, $"s{n}") with { DeviceId = $"d{n}" })]), default);
        await temporary.Store.SealAsync(default);
        Directory.EnumerateFiles(temporary.Directory, "ids-*.bin").Count().ShouldBe(1);
        await CheckAsync(temporary.Store, Count);

        await temporary.ReopenAsync();
        await CheckAsync(temporary.Store, Count);

        // A person known by a profile only gets the first event, a device of the file is merged, new ids come after it.
        await temporary.Store.AppendAsync(ProfileBatch(Set("silent", P("plan", "paid"))), default);
        await temporary.Store.AppendAsync(Batch([.. Enumerable.Range(0, Count).Select(n => Event("Visit", $"$device:e{n}", 3, $"e{n}"))]), default);
        await temporary.Store.AppendAsync(Batch(Event("Sign Up", "late", 4, "l") with { DeviceId = "d5000" }, Event("Visit", "silent", 4, "q")), default);
        await temporary.Store.SealAsync(default);
        await CheckAsync(temporary.Store, (2 * Count) + 1);
        await temporary.ReopenAsync();
        await CheckAsync(temporary.Store, (2 * Count) + 1);
        temporary.Store.FindPerson("$device:d5000").ShouldBe(temporary.Store.FindPerson("late"));
        Directory.EnumerateFiles(temporary.Directory, "ids-*.bin").Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_damaged_file_of_ids_is_refused_by_name()
    {
        await using var temporary = new TemporaryStore();
        await temporary.Store.AppendAsync(Batch([.. Enumerable.Range(0, Count).Select(n => Event("Visit", $"person-{n}", 1))]), default);
        await temporary.Store.SealAsync(default);
        await temporary.CloseAsync();
        var file = Directory.EnumerateFiles(temporary.Directory, "ids-*.bin").Single();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        Should.Throw<StoreDamagedException>(() => EventStore.Open(temporary.Directory, new EngineOptions(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)).Message.ShouldContain(file);
    }

    private static async Task CheckAsync(EventStore store, int everyone)
    {
        (await store.EveryoneAsync(default)).Count.ShouldBe(everyone);
        for (var n = 0; n < Count; n += 997)
        {
            var person = store.FindPerson($"$device:d{n}")!.Value;
            store.DistinctIdsOf([person]).Single().ShouldBe(n < 1000 ? $"ü{n}" : n == 5000 ? "late" : $"$device:d{n}");
        }

        store.FindPerson("nobody of this name").ShouldBeNull();
        (await store.TimelineAsync("$device:d3", null, 10, default)).Select(tracked => tracked.Name).ShouldBe(["Sign Up", "Visit"]);
    }
}
