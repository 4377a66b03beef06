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
        var events = Enumerable.Range(0, 30_000)
            .Select(n => new HeadEvent(0, ids.NumberOf($"p{n % 500}"), 0, 0, n, 0, n, Event("Play Song", $"p{n % 500}", 1, $"insert-id-{n}-{new string('x', 40)}", P("song", $"song {n} {new string('y', 60)}"))))
            .ToList();
        var run = RunBuilder.FromEvents("Play Song", events, ids.Snapshot());
        for (var round = 0; round < 4; round++)
        {
            var path = Path.Combine(directory.FullName, $"{round}.arrow");
            RunFile.Write(path, run, []);
            using System.IDisposable file = new MappedFile(path);
            var read = RunFile.Read((MappedFile)file, "Play Song", 0);
            read.RowCount.ShouldBe(30_000);
            Enumerable.Range(0, read.RowCount).All(row => read.InsertIdOf(row) == run.InsertIdOf(row) && read.Property("song")!.ValueAt(row) == run.Property("song")!.ValueAt(row)).ShouldBeTrue();
        }

        await stopping.CancelAsync();
        await collecting;
        directory.Delete(recursive: true);
    }
}
