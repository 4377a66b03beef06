using Rondo.Engine.Disk;
using Rondo.Engine.Head;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests;

/// <summary>The files of a part as format 2 wrote them once; they are read for ever.</summary>
public sealed class GoldenPart
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden", "part-of-format-2.txt");

    /// <summary>Each line: name, offset, length, checksum and rows of an entry, and the file's bytes where it is its first.</summary>
    [Fact]
    public void A_part_of_format_2_reads_as_it_was_written()
    {
        var directory = Directory.CreateTempSubdirectory("rondo-golden-").FullName;
        try
        {
            var folder = Part.DirectoryOf(directory, 1);
            Directory.CreateDirectory(folder);
            var entries = new List<RunEntry>();
            foreach (var line in File.ReadLines(Golden))
            {
                var fields = line.Split('\t');
                entries.Add(new RunEntry(fields[0].Length == 0 ? null : fields[0], fields[1], long.Parse(fields[2], null), long.Parse(fields[3], null), ulong.Parse(fields[4], null), int.Parse(fields[5], null), 0, 0));
                if (fields[6].Length > 0)
                {
                    File.WriteAllBytes(Path.Combine(folder, fields[1]), Convert.FromBase64String(fields[6]));
                }
            }

            var part = new Part(LocalDisk.Instance, 1, folder, 1, 4, 0, entries);
            Describe(part).ShouldBe(Described);
            part.Release();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>A program of before must read what is written now, so what the golden file was made of gives the same bytes.</summary>
    [Fact]
    public void The_same_events_are_written_the_same()
    {
        var directory = Directory.CreateTempSubdirectory("rondo-golden-").FullName;
        try
        {
            var part = Write(directory);
            Describe(part).ShouldBe(Described);
            string[] lines = [.. part.Runs.Select((run, index) => string.Join('\t', run.EventName, run.File, run.Offset, run.Length, run.Checksum, run.RowCount,
                part.Runs.Take(index).Any(before => before.File == run.File) ? string.Empty : Convert.ToBase64String(File.ReadAllBytes(part.PathOf(run)))))];
            if (Environment.GetEnvironmentVariable("RONDO_WRITE_GOLDEN") is { Length: > 0 } path)
            {
                File.WriteAllLines(path, lines);
            }

            lines.ShouldBe(File.ReadAllLines(Golden), "other bytes need another format, unless a program of before reads them too");

            part.Release();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private const string Described =
        """
        Play: 1@1767571200123 key 7 song=Refrain | 1@1767571201000 key 8 loud=true song=12 | 2@1767571200000 key 9 song=-0.5
        Stop: 2@1767571200000 key 10
        timeline: 1@1767571200123 Play | 1@1767571201000 Play | 2@1767571200000 Play | 2@1767571200000 Stop
        """;

    private static Part Write(string directory)
    {
        var ids = new IdDirectory();
        var (ann, bob) = (ids.NumberOf("ann"), ids.NumberOf("bob"));
        var head = new EventHead();
        var start = Start.ToUnixTimeMilliseconds();
        head.Add(new RowKey(start, bob, 9, 0, false, 0), [P("song", -0.5)], DateTimeOffset.UnixEpoch);
        head.Add(new RowKey(start, bob, 10, 0, false, 1), [], DateTimeOffset.UnixEpoch);
        head.Add(new RowKey(start + 1000, ann, 8, 0, false, 0), [P("song", 12), new Model.Events.Property("loud", Model.Events.PropertyValue.Of(true))], DateTimeOffset.UnixEpoch);
        head.Add(new RowKey(start + 123, ann, 7, 0, false, 0), [P("song", "Refrain")], DateTimeOffset.UnixEpoch);
        var runs = head.RunsNow(ids.Snapshot());
        return PartWriter.Write(LocalDisk.Instance, directory, 1, 1, 0, [runs.Named(0, "Play")!, runs.Named(1, "Stop")!, runs.Timeline()], ["Play", "Stop"]);
    }

    private static string Describe(Part part) => string.Join('\n', new[] { "Play", "Stop", null }.Select(name => $"{name ?? "timeline"}: {Describe(part.Open(name)!)}"));

    private static unsafe string Describe(Run run)
    {
        var rows = new List<string>();
        for (var index = 0; index < run.Persons.Length; index++)
        {
            var (start, end) = run.RowsAt(index);
            for (var row = start; row < end; row++)
            {
                var properties = run.PropertyNames.Order(StringComparer.Ordinal).Select(name => (name, value: run.Property(name)!.ValueAt(row))).Where(property => property.value.IsSet);
                rows.Add($"{run.Persons[index]}@{run.Columns.Times[row]} "
                    + (run.EventName is null ? (run.Columns.EventNames[row] == 0 ? "Play" : "Stop") : string.Join(' ', properties.Select(property => $"{property.name}={property.value.ToText()}").Prepend($"key {run.Columns.InsertKeys[row]}"))));
            }
        }

        return string.Join(" | ", rows);
    }
}
