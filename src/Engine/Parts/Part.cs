using System.IO.Hashing;
using Rondo.Engine.Disk;
using Rondo.Model.Stores;

namespace Rondo.Engine.Parts;

/// <summary>What the catalogue knows of one run of a part.</summary>
/// <param name="EventName">Null for the timeline.</param>
/// <param name="File">Name within the part's folder.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Checksum">XxHash3 of its bytes.</param>
/// <param name="RowCount">Rows.</param>
/// <param name="First">Earliest time, milliseconds since 1970.</param>
/// <param name="Last">Latest time.</param>
internal sealed record RunEntry(string? EventName, string File, long Offset, long Length, ulong Checksum, int RowCount, long First, long Last)
{
    /// <summary>Whether it holds no rows but values of properties that few rows of the name's run have.</summary>
    public bool IsSparse => File == PartWriter.SparseFile;
}

/// <summary>
/// An immutable folder of runs that covers a stretch of the order of acceptance. Files are mapped when first read, and each
/// run's bytes are compared with their checksum then. A part that compaction replaced is deleted when its last reader has gone.
/// </summary>
internal sealed class Part
{
    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly Dictionary<string, RunEntry> _entries;
    private readonly Dictionary<string, RunEntry> _sparse;
    private readonly Dictionary<RunEntry, Run> _opened = [];
    private readonly Dictionary<string, MappedFile> _files = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private int _references = 1;
    private bool _deleteWhenReleased;
    private volatile bool _isDamaged;

    public Part(IDisk disk, long id, string directory, long firstArrival, long rowCount, int mergeWatermark, IReadOnlyList<RunEntry> runs)
    {
        Id = id;
        _disk = disk;
        _directory = directory;
        FirstArrival = firstArrival;
        RowCount = rowCount;
        MergeWatermark = mergeWatermark;
        Runs = runs;
        Timeline = runs.FirstOrDefault(run => run.EventName is null);
        _entries = runs.Where(run => run.EventName is not null && !run.IsSparse).ToDictionary(run => run.EventName!, StringComparer.Ordinal);
        _sparse = runs.Where(run => run.IsSparse).ToDictionary(run => run.EventName!, StringComparer.Ordinal);
    }

    public long Id { get; }

    /// <summary>Parts are kept in this order.</summary>
    public long FirstArrival { get; }

    public long RowCount { get; }

    public int MergeWatermark { get; }

    /// <summary>Whether a run was found that is not as it was written. Such a part is left as it is, for somebody to mend.</summary>
    public bool IsDamaged => _isDamaged;

    public IReadOnlyList<RunEntry> Runs { get; }

    public RunEntry? Timeline { get; }

    public string DirectoryPath => _directory;

    public string PathOf(RunEntry run) => Path.Combine(_directory, run.File);

    public static string DirectoryOf(string storeDirectory, long id) => Path.Combine(storeDirectory, "parts", $"p{id:d8}");

    /// <summary>What the catalogue knows of a name here; null when the part has none of it.</summary>
    public RunEntry? EntryOf(string eventName) => _entries.GetValueOrDefault(eventName);

    /// <summary>The run of a name (null: the timeline); null when the part has none.</summary>
    /// <exception cref="StoreDamagedException">The file is missing or not as it was written.</exception>
    public Run? Open(string? eventName) => (eventName is null ? Timeline : EntryOf(eventName)) is { } entry ? Open(entry) : null;

    /// <summary>What is wrong with the bytes of a run; null when they are as they were written.</summary>
    public StoreDamagedException? DamageOf(RunEntry entry)
    {
        lock (_gate)
        {
            try
            {
                Bytes(entry);
                return null;
            }
            catch (StoreDamagedException damage)
            {
                return damage;
            }
        }
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

            foreach (IDisposable file in _files.Values)
            {
                file.Dispose();
            }

            _files.Clear();
            _opened.Clear();
        }

        if (_deleteWhenReleased)
        {
            _disk.DeleteDirectory(_directory);
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
            if (!_opened.TryGetValue(entry, out var run))
            {
                run = Read(entry);
                _opened.Add(entry, run);
            }

            return run;
        }
    }

    private Run Read(RunEntry entry)
    {
        var (file, bytes) = Bytes(entry);
        Func<int, SparseProperties>? openSparse = entry.EventName is { } name && _sparse.TryGetValue(name, out var sparse) ? rowCount => OpenSparse(sparse, rowCount) : null;
        return RunFile.Read(file, bytes, PartWriter.IsOwnFile(entry.File), entry.EventName, MergeWatermark, openSparse);
    }

    private SparseProperties OpenSparse(RunEntry entry, int rowCount)
    {
        lock (_gate)
        {
            return new SparseProperties(Bytes(entry).Bytes, rowCount);
        }
    }

    /// <summary>The bytes of an entry, compared with their checksum. Called under the gate.</summary>
    private (MappedFile File, Memory<byte> Bytes) Bytes(RunEntry entry)
    {
        var path = Path.Combine(_directory, entry.File);
        if (!_files.TryGetValue(entry.File, out var file))
        {
            try
            {
                file = _disk.Map(path) ?? throw Damage($"{path} is missing");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                throw Damage($"{path} cannot be read ({exception.Message})");
            }

            _files.Add(entry.File, file);
        }

        if (entry.Offset < 0 || entry.Length < 0 || entry.Offset + entry.Length > file.Memory.Length)
        {
            throw Damage($"{path} has {file.Memory.Length} bytes where at least {entry.Offset + entry.Length} were written: it was cut off");
        }

        var bytes = file.Memory.Slice((int)entry.Offset, (int)entry.Length);
        if (XxHash3.HashToUInt64(bytes.Span) != entry.Checksum)
        {
            throw Damage($"{path} is not as it was written: the checksum of {(entry.EventName is null ? "the timeline" : $"'{entry.EventName}'")} differs");
        }

        return (file, bytes);
    }

    private StoreDamagedException Damage(string problem)
    {
        _isDamaged = true;
        return new StoreDamagedException($"{problem}. Restore it from a backup; 'rondo doctor' lists what is damaged.");
    }
}
