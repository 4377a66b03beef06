using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Rondo.Engine.Parts;

/// <summary>A file mapped for reading; its memory is valid until disposed.</summary>
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _length;

    public MappedFile(string path)
    {
        Path = path;
        var length = new FileInfo(path).Length;
        _length = length is > 0 and <= int.MaxValue ? (int)length : throw new InvalidDataException($"{path} has {length} bytes: it is damaged, or larger than a run may be.");
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    public string Path { get; }

    /// <summary>Its first byte.</summary>
    public byte* Start => _start;

    /// <summary>Its bytes.</summary>
    public int Length => _length;

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }
}
