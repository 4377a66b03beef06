using Rondo.Engine.Disk;
using Rondo.Engine.Parts;

namespace Rondo.Engine.Tests.Disk;

/// <summary>The power is gone: nothing reaches the disk any more.</summary>
internal sealed class PowerCut() : IOException("The power was cut.");

/// <summary>
/// A disk that keeps bytes and names only once they are flushed. It stops at a given operation, may be full from an operation
/// on, and may lie about flushing. What it would have lost is taken from a copy of the folder by <see cref="LosePower"/>.
/// </summary>
internal sealed class FaultyDisk : IDisk
{
    private const int SectorBytes = 512;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _flushedBytes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unflushedNames = new(StringComparer.Ordinal);
    private int _operations;

    /// <summary>The operation that is not carried out, nor any after it; counted from 1.</summary>
    public int CutAt { get; set; } = int.MaxValue;

    /// <summary>From this operation on there is no space for another byte.</summary>
    public int FullFrom { get; set; } = int.MaxValue;

    /// <summary>Whether flushing bytes does nothing and says it did.</summary>
    public bool LiesAboutFlushing { get; set; }

    /// <summary>How many bytes a mapped file is short of; 0 for none.</summary>
    public int ShortBy { get; set; }

    /// <summary>New files wait while it is closed.</summary>
    public ManualResetEventSlim Door { get; } = new(initialState: true);

    public int Operations => _operations;

    public void CreateDirectory(string path)
    {
        Step();
        lock (_gate)
        {
            _unflushedNames.Add(path);
        }

        LocalDisk.Instance.CreateDirectory(path);
    }

    public DiskFile Create(string path)
    {
        Door.Wait();
        Step();
        lock (_gate)
        {
            _unflushedNames.Add(path);
            _flushedBytes[path] = 0;
        }

        return new FaultyFile(this, path, LocalDisk.Instance.Create(path));
    }

    public void FlushDirectory(string path)
    {
        Step();
        lock (_gate)
        {
            _unflushedNames.RemoveWhere(name => Path.GetDirectoryName(name) == path);
        }
    }

    public void DeleteDirectory(string path)
    {
        Step();
        LocalDisk.Instance.DeleteDirectory(path);
    }

    public IReadOnlyList<string> DirectoriesIn(string path) => LocalDisk.Instance.DirectoriesIn(path);

    public MappedFile? Map(string path)
    {
        if (ShortBy > 0 && File.Exists(path))
        {
            var whole = File.ReadAllBytes(path);
            File.WriteAllBytes(path + ".short", whole[..Math.Max(1, whole.Length - ShortBy)]);
            return LocalDisk.Instance.Map(path + ".short");
        }

        return LocalDisk.Instance.Map(path);
    }

    /// <summary>Takes from a copy of the folder what was not flushed: of a file any sectors, of a folder any names.</summary>
    public void LosePower(string folder, string copy, Random random)
    {
        lock (_gate)
        {
            foreach (var (path, flushed) in _flushedBytes)
            {
                var copied = path.Replace(folder, copy, StringComparison.Ordinal);
                if (File.Exists(copied))
                {
                    Tear(copied, flushed, random);
                }
            }

            foreach (var copied in _unflushedNames.Select(name => name.Replace(folder, copy, StringComparison.Ordinal)).Where(_ => random.Next(2) == 0))
            {
                if (File.Exists(copied))
                {
                    File.Delete(copied);
                }

                LocalDisk.Instance.DeleteDirectory(copied);
            }
        }
    }

    private static void Tear(string path, long flushed, Random random)
    {
        using var file = new FileStream(path, FileMode.Open);
        if (file.Length <= flushed)
        {
            return;
        }

        // Sectors reach the disk in any order: some of them are there and some are zeros, up to some length.
        for (var at = flushed; at < file.Length; at += SectorBytes)
        {
            if (random.Next(2) == 0)
            {
                file.Position = at;
                file.Write(new byte[Math.Min(SectorBytes, file.Length - at)]);
            }
        }

        file.SetLength(flushed + random.NextInt64(file.Length - flushed + 1));
    }

    private void Step(bool takesSpace = true)
    {
        var operation = Interlocked.Increment(ref _operations);
        if (operation >= CutAt)
        {
            throw new PowerCut();
        }

        if (takesSpace && operation >= FullFrom)
        {
            throw new IOException("No space left on device");
        }
    }

    private sealed class FaultyFile(FaultyDisk disk, string path, DiskFile inner) : DiskFile
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
            disk.Step(takesSpace: false);
            inner.FlushToDisk();
            if (!disk.LiesAboutFlushing)
            {
                lock (disk._gate)
                {
                    disk._flushedBytes[path] = inner.Position;
                }
            }
        }

        public override void Flush() => inner.Flush();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            disk.Step();
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
