using Rondo.Engine.Parts;

namespace Rondo.Engine.Disk;

/// <summary>The file system of this machine.</summary>
internal sealed class LocalDisk : IDisk
{
    private LocalDisk()
    {
    }

    public static LocalDisk Instance { get; } = new();

    public string? SqliteVfs => null;

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public DiskFile Create(string path) => new LocalFile(path);

    public void WriteInPlace(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, bytes, 0);
    }

    public void FlushDirectory(string path) => DirectoryEntries.Flush(path);

    public void DeleteDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    public void DeleteFile(string path) => File.Delete(path);

    public IReadOnlyList<string> DirectoriesIn(string path) => Directory.Exists(path) ? Directory.GetDirectories(path) : [];

    public MappedFile? Map(string path) => File.Exists(path) ? new MappedFile(path) : null;

    private sealed class LocalFile(string path) : DiskFile
    {
        private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _file.Length;

        public override long Position
        {
            get => _file.Position;
            set => throw new NotSupportedException();
        }

        public override void FlushToDisk() => _file.Flush(flushToDisk: true);

        public override void Flush() => _file.Flush();

        public override void Write(byte[] buffer, int offset, int count) => _file.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => _file.Write(buffer);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _file.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
