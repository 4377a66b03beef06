using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Engine.Recovery;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests.Disk;

/// <summary>Each write and flush of one request fails in turn.</summary>
public sealed class FailedCommits
{
    [Fact]
    public async Task A_batch_that_was_refused_does_not_come_back() => (await FailEachAsync(
        store => store.AppendAsync(Batch(Event("Stop", "ben", 2, "b")), default).AsTask(),
        (isDone, events) => events.ShouldBe(isDone ? ["ann", "ben", "carl"] : ["ann", "carl"]))).ShouldBeGreaterThan(3);

    [Fact]
    public async Task A_person_whose_erasure_failed_is_erased_when_it_is_asked_for_again() => (await FailEachAsync(
        async store =>
        {
            try
            {
                await store.EraseAsync(["ann"], default);
            }
            catch (Exception refusal) when (refusal is StoreUnavailableException or IOException)
            {
                await store.SealAsync(default);
                await store.EraseAsync(["ann"], default);
            }
        },
        (isDone, events) =>
        {
            isDone.ShouldBeTrue();
            events.ShouldBe(["carl"]);
        })).ShouldBeGreaterThan(20);

    /// <summary>Seals an event of Ann's and one of Carl's, then runs a request whose n-th operation fails, for every n; looks at what a killed process leaves.</summary>
    /// <returns>How many operations there were.</returns>
    private static async Task<int> FailEachAsync(Func<EventStore, Task> request, Action<bool, string[]> check)
    {
        for (var failing = 1; ; failing++)
        {
            var root = Directory.CreateTempSubdirectory("rondo-failed-").FullName;
            var (folder, found) = (Path.Combine(root, "store"), Path.Combine(root, "found"));
            using var disk = new FaultyDisk();
            bool isOver;
            await using (var store = Open(folder, disk))
            {
                await store.AppendAsync(Batch(Event("Play", "ann", 1, "a"), Event("Play", "carl", 1, "c")), default);
                await store.SealAsync(default);
                disk.FailAt = disk.Operations + failing;
                var isDone = await TryAsync(() => request(store));
                isOver = disk.Operations < disk.FailAt;
                disk.FailAt = int.MaxValue;
                disk.LoseProcess(folder, found);
                using var after = new FaultyDisk(found);
                await using (var reopened = Open(found, after))
                {
                    check(isDone, await PersonsAsync(reopened));
                    check(isDone, await PersonsAsync(store));
                }
            }

            StoreInspection.Inspect(found).Findings.ShouldBeEmpty();
            Directory.Delete(root, recursive: true);
            if (isOver)
            {
                return failing;
            }
        }
    }

    private static EventStore Open(string folder, FaultyDisk disk) =>
        EventStore.Open(folder, new EngineOptions { Disk = disk, SealAfter = TimeSpan.FromDays(1), CompactionFanIn = 2 }, TimeProvider.System, NullLogger.Instance);

    private static async Task<bool> TryAsync(Func<Task> request)
    {
        try
        {
            await request();
            return true;
        }
        catch (Exception refusal) when (refusal is StoreUnavailableException or IOException)
        {
            refusal.Message.ShouldNotContain("not known");
            return false;
        }
    }

    private static async Task<string[]> PersonsAsync(EventStore store)
    {
        var persons = new List<string>();
        await foreach (var tracked in store.ExportAsync([], TimeWindow.Always, default))
        {
            persons.Add(tracked.DistinctId);
        }

        return [.. persons.Order(StringComparer.Ordinal)];
    }
}
