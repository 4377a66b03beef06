using System.Runtime.InteropServices;

namespace Rondo.Benchmarks;

/// <summary>The system's memory of files (Linux).</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Puts all files of a folder out of memory; nobody may have them mapped.</summary>
    public static void Evict(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenHandle(path);
            var result = Advise((int)file.DangerousGetHandle(), 0, 0, DontNeed);
            if (result != 0)
            {
                throw new IOException($"{path} could not be put out of memory (error {result}).");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int file, long offset, long length, int advice);
}
