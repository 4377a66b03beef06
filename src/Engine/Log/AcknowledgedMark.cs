using System.IO.Hashing;
using System.Runtime.InteropServices;
using Rondo.Engine.Disk;
using Rondo.Engine.Parts;
using Rondo.Model.Stores;

namespace Rondo.Engine.Log;

/// <summary>
/// How much was acknowledged, beside the database. SQLite ends a write-ahead log without a word at the first frame that is not
/// as it was written; a database that knows less than this mark has lost something. The mark is written after each commit and
/// not flushed, so it may stay behind, never run ahead.
/// </summary>
/// <param name="Position">The last batch.</param>
/// <param name="Changes">Changes of the catalogue.</param>
internal readonly record struct AcknowledgedMark(long Position, long Changes)
{
    public static string PathIn(string directory) => Path.Combine(directory, "acknowledged.bin");

    /// <summary>A new file, durable with its name.</summary>
    public void Create(IDisk disk, string directory)
    {
        var path = PathIn(directory);
        disk.DeleteFile(path);
        using (var file = disk.Create(path))
        {
            file.Write(Bytes());
            file.FlushToDisk();
        }

        disk.FlushDirectory(directory);
    }

    public void Write(IDisk disk, string directory) => disk.WriteInPlace(PathIn(directory), Bytes());

    /// <summary>Null when there is none, or it is not as it was written.</summary>
    public static AcknowledgedMark? Find(IDisk disk, string directory)
    {
        try
        {
            using IDisposable? file = disk.Map(PathIn(directory));
            return file is MappedFile { Length: 24 } mapped && MemoryMarshal.Cast<byte, long>(mapped.Memory.Span) is var words && words[2] == Checksum(words[..2])
                ? new AcknowledgedMark(words[0], words[1])
                : null;
        }
        catch (InvalidDataException)
        {
            // It is empty.
            return null;
        }
    }

    /// <exception cref="StoreDamagedException">The database knows less than was acknowledged, or there is no mark that could tell.</exception>
    public static void Require(AcknowledgedMark? mark, string directory, AcknowledgedMark known)
    {
        if (mark is not { } acknowledged)
        {
            throw new StoreDamagedException($"{PathIn(directory)} is missing, or not as it was written. Restore it from a backup; 'rondo doctor' lists what is damaged.");
        }

        if (acknowledged.Position > known.Position || acknowledged.Changes > known.Changes)
        {
            throw new StoreDamagedException(
                $"{Catalog.StoreDatabase.PathIn(directory)} ends with batch {known.Position} and change {known.Changes}, and batch {acknowledged.Position} and change {acknowledged.Changes} were acknowledged: its write-ahead log was cut off or is damaged. Restore it from a backup; 'rondo doctor' lists what is damaged.");
        }
    }

    private static long Checksum(ReadOnlySpan<long> words) => unchecked((long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(words)));

    private byte[] Bytes() => MemoryMarshal.AsBytes<long>([Position, Changes, Checksum([Position, Changes])]).ToArray();
}
