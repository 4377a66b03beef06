using Rondo.Engine.Disk;
using Rondo.Engine.Head;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests;

public sealed class PartFiles
{
    /// <summary>Arrow frees a column's native memory when nobody holds the column; a write in progress holds only its address.</summary>
    [Fact]
    public async Task A_file_is_written_whole_while_memory_is_collected()
    {
        var directory = Directory.CreateTempSubdirectory("rondo-part-");
        using var stopping = new CancellationTokenSource();
        var collecting = Task.Run(() =>
        {
            while (!stopping.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        var ids = new IdDirectory();
        var head = new EventHead();
        for (var n = 0; n < 30_000; n++)
        {
            head.Add(new RowKey(n, ids.NumberOf($"p{n % 500}"), (uint)n, 0, false, 0), [P("song", $"song {n} {new string('y', 60)}")], DateTimeOffset.UnixEpoch);
        }

        for (var round = 0; round < 4; round++)
        {
            var runs = head.RunsNow(ids.Snapshot());
            var part = PartWriter.Write(LocalDisk.Instance, directory.FullName, round + 1, 1, 0, [runs.Named(0, "Play Song")!, runs.Timeline()], ["Play Song"]);
            var read = part.Open("Play Song")!;
            read.RowCount.ShouldBe(30_000);
            var run = runs.Named(0, "Play Song")!;
            Enumerable.Range(0, read.RowCount).All(row => Same(read, run, row)).ShouldBeTrue();
            part.Release();
        }

        await stopping.CancelAsync();
        await collecting;
        directory.Delete(recursive: true);
    }

    private static unsafe bool Same(Run read, Run run, int row) =>
        read.Columns.InsertKeys[row] == run.Columns.InsertKeys[row]
        && read.Columns.Times[row] == run.Columns.Times[row]
        && read.Property("song")!.ValueAt(row) == run.Property("song")!.ValueAt(row);
}
