using Rondo.Engine.Disk;
using Rondo.Engine.Parts;

namespace Rondo.Engine.Tests.Disk;

/// <summary>The power is gone: nothing reaches the disk any more.</summary>
internal sealed class PowerCut() : IOException("The power was cut.");

/// <summary>
/// A disk that keeps bytes and names only once they are flushed, for the store's own files and for SQLite's beneath it. All
/// operations that change something are counted together: it stops at a given one, fails at one, is full from one on, or lies
/// about flushing. What it would have lost is told by <see cref="LosePower"/>.
/// </summary>
internal sealed class FaultyDisk : IDisk, IDisposable
{
    private readonly SqliteFaults _sqlite;
    private int _operations;
    private int _reads;
    private int _faults;

    /// <param name="folder">What it holds is durable; nothing when there is none.</param>
    public FaultyDisk(string? folder = null)
    {
        _sqlite = new SqliteFaults(this);
        if (folder is not null && Directory.Exists(folder))
        {
            Platter.Adopt(folder);
        }
    }

    /// <summary>The operation that is not carried out, nor any after it; counted from 1.</summary>
    public int CutAt { get; set; } = int.MaxValue;

    /// <summary>From this operation on there is no space for another byte.</summary>
    public int FullFrom { get; set; } = int.MaxValue;

    /// <summary>Whether there is space for the log and none for another file.</summary>
    public bool RefusesFiles { get; set; }

    /// <summary>The one operation that fails, and says so; the write or flush may be carried out all the same.</summary>
    public int FailAt { get; set; } = int.MaxValue;

    /// <summary>From this operation on, flushing bytes does nothing and says it did.</summary>
    public int LiesFrom { get; set; } = int.MaxValue;

    /// <summary>How often something went wrong. Where it never did, a test has shown nothing.</summary>
    public int Faults => _faults;

    /// <summary>How many bytes a mapped file of a part is short of; 0 for none.</summary>
    public int ShortBy { get; set; }

    /// <summary>SQLite's reading that fails, and those after it; counted from 1.</summary>
    public int ReadFailsFrom { get; set; } = int.MaxValue;

    /// <summary>SQLite's one reading that gets no bytes.</summary>
    public int ReadShortAt { get; set; } = int.MaxValue;

    /// <summary>New files wait while it is closed.</summary>
    public ManualResetEventSlim Door { get; } = new(initialState: true);

    /// <summary>Which of them, by what their path contains.</summary>
    public string WaitsAtDoor { get; set; } = string.Empty;

    public int Operations => _operations;

    public int Reads => _reads;

    public bool IsCut => _operations >= CutAt;

    public string SqliteVfs => _sqlite.Name;

    internal Platter Platter { get; } = new();

    public void CreateDirectory(string path)
    {
        Step();
        Platter.AddFolder(path);
        LocalDisk.Instance.CreateDirectory(path);
    }

    public DiskFile Create(string path)
    {
        if (path.Contains(WaitsAtDoor, StringComparison.Ordinal))
        {
            Door.Wait();
        }

        Step();
        if (RefusesFiles)
        {
            throw new IOException("No space left on device");
        }

        return new FaultyFile(this, LocalDisk.Instance.Create(path), Platter.FileAt(path));
    }

    public void WriteInPlace(string path, ReadOnlySpan<byte> bytes)
    {
        Step(takesSpace: false);
        Platter.Write(Platter.FileAt(path), 0, bytes);
        LocalDisk.Instance.WriteInPlace(path, bytes);
    }

    public void FlushDirectory(string path)
    {
        Step(takesSpace: false);
        Platter.FlushNames(path);
    }

    public void DeleteDirectory(string path)
    {
        Step(takesSpace: false);
        Platter.Remove(path);
        LocalDisk.Instance.DeleteDirectory(path);
    }

    public void DeleteFile(string path)
    {
        Step(takesSpace: false);
        Platter.Remove(path);
        LocalDisk.Instance.DeleteFile(path);
    }

    public IReadOnlyList<string> DirectoriesIn(string path) => LocalDisk.Instance.DirectoriesIn(path);

    public MappedFile? Map(string path)
    {
        if (IsCut)
        {
            throw new PowerCut();
        }

        if (ShortBy > 0 && path.Contains(".arrow", StringComparison.Ordinal) && File.Exists(path))
        {
            Interlocked.Increment(ref _faults);
            var whole = File.ReadAllBytes(path);
            File.WriteAllBytes(path + ".short", whole[..Math.Max(1, whole.Length - ShortBy)]);
            return LocalDisk.Instance.Map(path + ".short");
        }

        return LocalDisk.Instance.Map(path);
    }

    /// <summary>Writes what is found of a folder when only the process was killed.</summary>
    public void LoseProcess(string folder, string found) => Platter.LosePower(folder, found, null);

    /// <summary>Writes what is found of a folder when the power comes back.</summary>
    public void LosePower(string folder, string found, Random random) => Platter.LosePower(folder, found, random);

    public void Dispose()
    {
        _sqlite.Dispose();
        Door.Dispose();
    }

    /// <summary>Counts an operation and says what becomes of it.</summary>
    public Fate Count(bool takesSpace = true)
    {
        var operation = Interlocked.Increment(ref _operations);
        var fate = operation >= CutAt ? Fate.Cut
            : takesSpace && operation >= FullFrom ? Fate.Full
            : operation == FailAt ? Fate.Failed
            : Fate.Done;
        _ = fate is Fate.Done ? 0 : Interlocked.Increment(ref _faults);
        return fate;
    }

    /// <summary>Flushes the bytes of a file, or says that it did.</summary>
    public void Flush(WrittenFile file)
    {
        if (_operations < LiesFrom)
        {
            Platter.Flush(file);
        }
        else
        {
            Interlocked.Increment(ref _faults);
        }
    }

    /// <summary>Counts one of SQLite's readings and says what becomes of it.</summary>
    public Reading CountReading()
    {
        var reading = Interlocked.Increment(ref _reads);
        var fate = IsCut || reading >= ReadFailsFrom ? Reading.Failed : reading == ReadShortAt ? Reading.Short : Reading.Whole;
        _ = fate is Reading.Whole ? 0 : Interlocked.Increment(ref _faults);
        return fate;
    }

    private void Step(bool takesSpace = true)
    {
        switch (Count(takesSpace))
        {
            case Fate.Cut: throw new PowerCut();
            case Fate.Full: throw new IOException("No space left on device");
            case Fate.Failed: throw new IOException("Input/output error");
            default: break;
        }
    }

    private sealed class FaultyFile(FaultyDisk disk, DiskFile inner, WrittenFile written) : DiskFile
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => throw new NotSupportedException();
        }

        public override void FlushToDisk()
        {
            inner.Flush();
            disk.Step(takesSpace: false);
            disk.Flush(written);
        }

        public override void Flush() => inner.Flush();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            disk.Step();
            disk.Platter.Write(written, inner.Position, buffer);
            inner.Write(buffer);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

/// <summary>What becomes of an operation.</summary>
internal enum Fate
{
    Done,
    Cut,
    Full,
    Failed,
}

/// <summary>What becomes of a reading.</summary>
internal enum Reading
{
    Whole,
    Short,
    Failed,
}
