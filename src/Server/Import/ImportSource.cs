using System.IO.Compression;

namespace Rondo.Server.Import;

/// <summary>A file opened for reading, unpacked when its content is gzip, that knows how much of it has been read.</summary>
internal sealed class ImportSource : IAsyncDisposable
{
    private readonly FileStream _file;

    private ImportSource(FileStream file, Stream content)
    {
        _file = file;
        Content = content;
    }

    public Stream Content { get; }

    /// <summary>Bytes of the file itself that were read so far.</summary>
    public long ReadBytes => _file.Position;

    public static ImportSource Open(FileInfo file)
    {
        var stream = new FileStream(file.FullName, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
        Span<byte> start = stackalloc byte[2];
        var isPacked = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start is [0x1f, 0x8b];
        stream.Position = 0;
        return new ImportSource(stream, isPacked ? new GZipStream(stream, CompressionMode.Decompress) : stream);
    }

    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        await _file.DisposeAsync();
    }
}
