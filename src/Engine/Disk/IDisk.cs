using Rondo.Engine.Parts;

namespace Rondo.Engine.Disk;

/// <summary>
/// What the store asks of the file system for its own files. Nothing is durable before it was flushed: a file's bytes by
/// <see cref="DiskFile.FlushToDisk"/>, its name by <see cref="FlushDirectory"/> of its folder.
/// </summary>
internal interface IDisk
{
    /// <summary>What SQLite keeps its files through (its "VFS"), by name; null for what it uses of itself.</summary>
    string? SqliteVfs { get; }

    /// <summary>Makes a folder, and those above it, where there are none.</summary>
    void CreateDirectory(string path);

    /// <summary>A new file to be written from its beginning; an error when there is one.</summary>
    DiskFile Create(string path);

    /// <summary>Writes over the beginning of a file, made when there is none; durable whenever the system comes to it.</summary>
    void WriteInPlace(string path, ReadOnlySpan<byte> bytes);

    /// <summary>Makes names in a folder durable that were created, changed or deleted.</summary>
    void FlushDirectory(string path);

    /// <summary>Deletes a folder with everything in it; nothing happens when there is none.</summary>
    void DeleteDirectory(string path);

    /// <summary>Deletes a file; nothing happens when there is none.</summary>
    void DeleteFile(string path);

    /// <summary>The folders in a folder; none when it does not exist.</summary>
    IReadOnlyList<string> DirectoriesIn(string path);

    /// <summary>A file's bytes in place; null when there is no such file.</summary>
    MappedFile? Map(string path);
}

/// <summary>A file that is being written.</summary>
internal abstract class DiskFile : Stream
{
    /// <summary>Returns when every byte written so far survives a power cut.</summary>
    public abstract void FlushToDisk();
}
