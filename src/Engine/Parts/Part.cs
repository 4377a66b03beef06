namespace Rondo.Engine.Parts;

/// <summary>What the catalogue knows of one run of a part.</summary>
/// <param name="EventName">Null for the timeline.</param>
/// <param name="File">Name within the part's folder.</param>
/// <param name="RowCount">Rows.</param>
/// <param name="First">Earliest time, milliseconds since 1970.</param>
/// <param name="Last">Latest time.</param>
internal sealed record RunEntry(string? EventName, string File, int RowCount, long First, long Last);

/// <summary>
/// An immutable folder of runs that covers a stretch of the order of acceptance. Files are opened when first read. A part
/// that compaction replaced is deleted when its last reader has gone.
/// </summary>
internal sealed class Part
{
    private readonly string _directory;
    private readonly Dictionary<string, Run> _opened = new(StringComparer.Ordinal);
    private readonly List<MappedFile> _files = [];
    private readonly Lock _gate = new();
    private int _references = 1;
    private bool _deleteWhenReleased;

    public Part(long id, string directory, long firstArrival, long rowCount, int mergeWatermark, IReadOnlyList<RunEntry> runs)
    {
        Id = id;
        _directory = directory;
        FirstArrival = firstArrival;
        RowCount = rowCount;
        MergeWatermark = mergeWatermark;
        Runs = runs;
    }

    public long Id { get; }

    /// <summary>Parts are kept in this order.</summary>
    public long FirstArrival { get; }

    public long RowCount { get; }

    public int MergeWatermark { get; }

    public IReadOnlyList<RunEntry> Runs { get; }

    public static string DirectoryOf(string storeDirectory, long id) => Path.Combine(storeDirectory, "parts", $"p{id:d8}");

    /// <summary>The run of a name (null: the timeline); null when the part has none.</summary>
    public Run? Open(string? eventName)
    {
        foreach (var entry in Runs)
        {
            if (string.Equals(entry.EventName, eventName, StringComparison.Ordinal))
            {
                return Open(entry);
            }
        }

        return null;
    }

    public void Acquire()
    {
        lock (_gate)
        {
            Invariant.That(_references > 0, "a part is not used after its last reader has gone");
            _references++;
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            if (--_references > 0)
            {
                return;
            }

            foreach (IDisposable file in _files)
            {
                file.Dispose();
            }

            _files.Clear();
            _opened.Clear();
        }

        if (_deleteWhenReleased)
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    /// <summary>Gives up the store's own reference; the folder goes with the last reader.</summary>
    public void Retire()
    {
        _deleteWhenReleased = true;
        Release();
    }

    private Run Open(RunEntry entry)
    {
        lock (_gate)
        {
            if (!_opened.TryGetValue(entry.File, out var run))
            {
                var file = new MappedFile(Path.Combine(_directory, entry.File));
                _files.Add(file);
                run = RunFile.Read(file, entry.EventName, MergeWatermark);
                if (run.RowCount != entry.RowCount)
                {
                    throw new InvalidDataException($"{file.Path} holds {run.RowCount} rows where the catalogue says {entry.RowCount}: the file is damaged.");
                }

                _opened.Add(entry.File, run);
            }

            return run;
        }
    }
}
