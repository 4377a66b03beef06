using System.Globalization;
using System.IO.Compression;
using Rondo.Engine.Disk;
using Rondo.Engine.Head;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Model.Events;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests;

/// <summary>
/// A part as format 2 wrote it once whose event has a file of its own, devices, untold users, and properties that few rows
/// have; it is read for ever.
/// </summary>
public sealed class GoldenOwnFiles : IDisposable
{
    private const int Rows = 4096;
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden", "own-files-of-format-2.txt");
    private readonly string _directory = Directory.CreateTempSubdirectory("rondo-golden-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>Each line: name, file, offset, length, checksum and rows of an entry, and the file's bytes, compressed.</summary>
    [Fact]
    public void An_own_file_and_sparse_properties_of_format_2_read_as_they_were_written()
    {
        var folder = Part.DirectoryOf(_directory, 1);
        Directory.CreateDirectory(folder);
        var entries = new List<RunEntry>();
        foreach (var fields in File.ReadLines(Golden).Select(line => line.Split('\t')))
        {
            entries.Add(new RunEntry(fields[0].Length == 0 ? null : fields[0], fields[1], long.Parse(fields[2], null), long.Parse(fields[3], null), ulong.Parse(fields[4], null), int.Parse(fields[5], null), 0, 0));
            using var packed = new BrotliStream(new MemoryStream(Convert.FromBase64String(fields[6])), CompressionMode.Decompress);
            using var file = File.Create(Path.Combine(folder, fields[1]));
            packed.CopyTo(file);
        }

        entries.Select(entry => entry.File).ShouldBe(["e00000.arrow", "sparse.arrows", "timeline.arrow"]);
        var part = new Part(LocalDisk.Instance, 1, folder, 1, Rows, 0, entries);
        Describe(part.Open("Play")!).ShouldBe(Described);
        part.Release();
    }

    /// <summary>A program of before must read what is written now, so what the golden file was made of gives the same bytes.</summary>
    [Fact]
    public void The_same_events_are_written_the_same()
    {
        var part = Write();
        if (Environment.GetEnvironmentVariable("RONDO_WRITE_GOLDEN_OWN_FILES") is { Length: > 0 } path)
        {
            File.WriteAllLines(path, part.Runs.Select(run => string.Join('\t', run.EventName, run.File, run.Offset, run.Length, run.Checksum, run.RowCount, Packed(part.PathOf(run)))));
        }

        // The checksum speaks for the bytes.
        part.Runs.Select(run => string.Join('\t', run.EventName, run.File, run.Offset, run.Length, run.Checksum, run.RowCount))
            .ShouldBe(File.ReadLines(Golden).Select(line => line[..line.LastIndexOf('\t')]), "other bytes need another format, unless a program of before reads them too");

        Describe(part.Open("Play")!).ShouldBe(Described);
        part.Release();
    }

    private const string Described =
        """
        1: 1365 rows, songs 67455, devices 819, untold 124, keys 2795520, times 2794155683
          c1999 249.875 ["후렴",1999]
        2: 1365 rows, songs 67520, devices 819, untold 124, keys 2796885, times 2795520682
          c2999 374.875 ["후렴",2999]
        3: 1366 rows, songs 67585, devices 822, untold 125, keys 2798251, times 2796885683
          c999 124.875 ["후렴",999]
          c3999 499.875 ["후렴",3999]
        """;

    private Part Write()
    {
        var ids = new IdDirectory();
        var (ann, bob, phone) = (ids.NumberOf("ann"), ids.NumberOf("bob"), ids.NumberOf("$device:phone"));
        var head = new EventHead();
        for (var row = 0; row < Rows; row++)
        {
            var isDevices = row % 3 == 0;
            List<Property> properties = [P("song", row % 100)];
            if (row % 1000 == 999)
            {
                properties.AddRange([P("coupon", $"c{row}"), P("weight", row / 8.0), new Property("tags", PropertyValue.Of([PropertyValue.Of("후렴"), PropertyValue.Of(row)]))]);
            }

            head.Add(
                new RowKey(Start.ToUnixTimeMilliseconds() + (row * 1000) + (row % 2), isDevices ? phone : row % 3 == 1 ? ann : bob, (uint)row + 1, row % 5 == 0 ? phone : 0, row % 11 == 0, 0),
                properties,
                DateTimeOffset.UnixEpoch);
        }

        var runs = head.RunsNow(ids.Snapshot());
        return PartWriter.Write(LocalDisk.Instance, _directory, 1, 1, 0, [runs.Named(0, "Play")!, runs.Timeline()], ["Play"]);
    }

    private static unsafe string Describe(Run run)
    {
        var lines = new List<string>();
        for (var index = 0; index < run.Persons.Length; index++)
        {
            var (start, end) = run.RowsAt(index);
            long sum = 0, devices = 0, untold = 0, keys = 0, times = 0;
            for (var row = start; row < end; row++)
            {
                sum += (long)run.Property("song")!.ValueAt(row).Number;
                devices += run.Columns.Devices[row];
                untold += run.Columns.UntoldUsers[row];
                keys += run.Columns.InsertKeys[row];
                times += run.Columns.Times[row] - Start.ToUnixTimeMilliseconds();
            }

            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{run.Persons[index]}: {end - start} rows, songs {sum}, devices {devices}, untold {untold}, keys {keys}, times {times}"));
            for (var row = start; row < end; row++)
            {
                if (run.Property("coupon")!.ValueAt(row) is { IsSet: true } coupon)
                {
                    lines.Add($"  {coupon.ToText()} {run.Property("weight")!.ValueAt(row).ToText()} {PropertyValueJson.Write(run.Property("tags")!.ValueAt(row))}");
                }
            }
        }

        return string.Join('\n', lines);
    }

    private static string Packed(string path)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize))
        {
            brotli.Write(File.ReadAllBytes(path));
        }

        return Convert.ToBase64String(packed.ToArray());
    }
}
