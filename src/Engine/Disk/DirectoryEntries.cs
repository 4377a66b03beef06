using System.Runtime.InteropServices;

namespace Rondo.Engine.Disk;

/// <summary>Makes the names in a folder durable. A file that was flushed may still have no name after a power cut: the name belongs to the folder.</summary>
public static partial class DirectoryEntries
{
    private const int ReadOnly = 0;
    private const int Interrupted = 4;

    /// <summary>Returns when the names in a folder survive a power cut. Nothing is done on Windows, whose file systems keep names in a journal.</summary>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // .NET opens no folders, so the system is asked.
        var folder = Open(path, ReadOnly);
        if (folder < 0)
        {
            throw Failure(path);
        }

        try
        {
            while (Sync(folder) != 0)
            {
                if (Marshal.GetLastPInvokeError() != Interrupted)
                {
                    throw Failure(path);
                }
            }
        }
        finally
        {
            _ = Close(folder);
        }
    }

    private static IOException Failure(string path) =>
        new($"The names in {path} could not be made durable: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
