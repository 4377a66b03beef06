using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Engine.Recovery;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests.Disk;

/// <summary>A disk without space: what cannot be kept is refused with words, and all goes on once there is space.</summary>
public sealed class FullDisk : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rondo-full-").FullName;
    private readonly FaultyDisk _disk = new();

    public void Dispose()
    {
        _disk.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_batch_that_the_log_has_no_space_for_is_refused_whole_and_the_next_one_is_kept()
    {
        var options = new EngineOptions { Disk = _disk, SealAfter = TimeSpan.FromDays(1) };
        await using (var store = Open(options))
        {
            await store.AppendAsync(Batch(Event("Play", "ann", 1, "a")), default);
            _disk.FullFrom = _disk.Operations + 1;
            for (var attempt = 0; attempt < 3; attempt++)
            {
                var refusal = await Should.ThrowAsync<StoreUnavailableException>(async () => await store.AppendAsync(Batch(Event("Play", "ben", 2, "b"), Event("Play", "bob", 2, "c")), default));
                refusal.Message.ShouldContain(_directory);
                refusal.Message.ShouldContain("Free disk space");
                refusal.Message.ShouldContain("nothing of this request was kept");
            }

            (await PersonsAsync(store)).ShouldBe(["ann"], "questions are answered meanwhile");
            _disk.FullFrom = int.MaxValue;
            (await store.AppendAsync(Batch(Event("Play", "carl", 3, "d")), default)).ShouldBe(new LogPosition(2));
            (await PersonsAsync(store)).ShouldBe(["ann", "carl"]);
        }

        StoreInspection.Inspect(_directory).Findings.ShouldBeEmpty();
        await using var reopened = Open(options);
        (await PersonsAsync(reopened)).ShouldBe(["ann", "carl"]);
    }

    [Fact]
    public async Task When_parts_cannot_be_written_and_the_log_holds_enough_a_batch_is_refused_in_bounded_time()
    {
        const int Most = 8;
        var options = new EngineOptions { Disk = _disk, SealAfter = TimeSpan.FromDays(1), SealAfterRows = 1, LongestWaitForRoom = TimeSpan.FromSeconds(1) };
        await using (var store = Open(options))
        {
            _disk.RefusesFiles = true;
            for (var n = 0; n <= Most; n++)
            {
                await store.AppendAsync(Batch(Event("Play", $"p{n}", n, $"{n}")), default);
            }

            var refusal = await Should.ThrowAsync<StoreUnavailableException>(async () => await store.AppendAsync(Batch(Event("Play", "ben", 2, "b")), default).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
            refusal.Message.ShouldContain("cannot write parts (No space left on device)");
            refusal.Message.ShouldContain("nothing of this request was kept");
            (await PersonsAsync(store)).Length.ShouldBe(Most + 1);

            _disk.RefusesFiles = false;
            var waited = Stopwatch.StartNew();
            while (!await TryAppendAsync(store))
            {
                waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
            }
        }

        StoreInspection.Inspect(_directory).Findings.ShouldBeEmpty();
        await using var reopened = Open(options);
        (await PersonsAsync(reopened)).Length.ShouldBe(Most + 2);
    }

    private EventStore Open(EngineOptions options) => EventStore.Open(_directory, options, TimeProvider.System, NullLogger.Instance);

    private static async Task<bool> TryAppendAsync(EventStore store)
    {
        try
        {
            await store.AppendAsync(Batch(Event("Play", "carl", 3, "d")), default);
            return true;
        }
        catch (StoreUnavailableException)
        {
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
