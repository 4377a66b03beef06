using System.IO.Hashing;
using Rondo.Engine.Disk;

namespace Rondo.Engine.Parts;

/// <summary>
/// Writes a part's folder: a file for each event name with many rows, one file for all names with few, and one for the
/// timeline, each on disk before it is spoken of.
/// </summary>
internal static class PartWriter
{
    /// <summary>Rows below which a name shares a file: ten thousand names must not be ten thousand files.</summary>
    private const int RowsForOwnFile = 4096;

    private const string SharedFile = "few.arrows";

    /// <summary>For each run that has them a stream of the properties that few rows have.</summary>
    public const string SparseFile = "sparse.arrows";

    /// <summary>Whether a file is an Arrow file of one run, not a row of streams.</summary>
    public static bool IsOwnFile(string file) => file is not (SharedFile or SparseFile);

    /// <param name="disk">Where to.</param>
    /// <param name="storeDirectory">The store's folder.</param>
    /// <param name="id">A new part number.</param>
    /// <param name="firstArrival">Where the part stands in the order of acceptance.</param>
    /// <param name="mergeWatermark">Merges known when the runs were made.</param>
    /// <param name="runs">Runs of names and, with a null name, the timeline; made one at a time.</param>
    /// <param name="eventNames">Names by number.</param>
    public static Part Write(IDisk disk, string storeDirectory, long id, long firstArrival, int mergeWatermark, IEnumerable<Run> runs, IReadOnlyList<string> eventNames)
    {
        var directory = Part.DirectoryOf(storeDirectory, id);
        disk.DeleteDirectory(directory);
        disk.CreateDirectory(directory);
        var entries = new List<RunEntry>();
        long rowCount = 0;
        DiskFile? shared = null;
        DiskFile? own = null;
        DiskFile? sparse = null;
        try
        {
            foreach (var run in runs.Where(run => run.RowCount > 0))
            {
                var isOwn = run.EventName is null || run.RowCount >= RowsForOwnFile;
                var file = run.EventName is null ? "timeline.arrow" : isOwn ? $"e{entries.Count:d5}.arrow" : SharedFile;
                var stream = isOwn ? own = disk.Create(Path.Combine(directory, file)) : shared ??= disk.Create(Path.Combine(directory, file));
                var properties = new SparseProperties.Builder();
                entries.Add(Write(stream, file, run, run.RowCount, to => RunFile.Write(to, isOwn, run, eventNames, properties)));
                rowCount += run.EventName is null ? 0 : run.RowCount;
                if (isOwn)
                {
                    Finish(stream);
                    own = null;
                }

                if (properties.LineCount > 0)
                {
                    sparse ??= disk.Create(Path.Combine(directory, SparseFile));
                    entries.Add(Write(sparse, SparseFile, run, properties.ValueCount, properties.Write));
                }
            }

            foreach (var file in new[] { shared, sparse }.OfType<DiskFile>())
            {
                Finish(file);
            }
        }
        finally
        {
            own?.Dispose();
            shared?.Dispose();
            sparse?.Dispose();
        }

        // The catalogue must not name a file whose own name could vanish in a power cut.
        disk.FlushDirectory(directory);
        disk.FlushDirectory(Path.GetDirectoryName(directory)!);
        disk.FlushDirectory(storeDirectory);
        return new Part(disk, id, directory, firstArrival, rowCount, mergeWatermark, entries);
    }

    private static RunEntry Write(DiskFile stream, string file, Run run, int rowCount, Action<Stream> write)
    {
        // Arrow aligns its buffers from where a stream begins.
        while (stream.Position % 64 != 0)
        {
            stream.WriteByte(0);
        }

        var offset = stream.Position;
        var hashing = new HashingStream(stream);
        write(hashing);
        var (first, last) = run.Span;
        return new RunEntry(run.EventName, file, offset, stream.Position - offset, hashing.Checksum, rowCount, first, last);
    }

    private static void Finish(DiskFile stream)
    {
        stream.FlushToDisk();
        stream.Dispose();
    }

    /// <summary>Passes bytes on and sums them up.</summary>
    private sealed class HashingStream(DiskFile inner) : Stream
    {
        private readonly XxHash3 _hash = new();
        private readonly long _start = inner.Position;

        public ulong Checksum => _hash.GetCurrentHashAsUInt64();

        public override bool CanRead => false;

        /// <summary>The writer of files asks for it, only to know where it stands.</summary>
        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => inner.Position - _start;

        /// <summary>Counted from where this stream began.</summary>
        public override long Position
        {
            get => inner.Position - _start;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _hash.Append(buffer);
            inner.Write(buffer);
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
