using System.Formats.Tar;
using System.IO.Compression;
using Rondo.Engine.Disk;

namespace Rondo.Server.Backups;

/// <summary>Backups as one file.</summary>
internal static class BackupArchive
{
    public static bool IsArchive(string path) => IsCompressed(path) || path.EndsWith(".tar", StringComparison.OrdinalIgnoreCase);

    /// <summary>Puts a filled folder, as it is or as an archive, to where it belongs: whole or not at all.</summary>
    public static async Task PublishAsync(string filled, string target, CancellationToken cancellationToken)
    {
        if (IsArchive(target))
        {
            var packed = filled + ".tar";
            try
            {
                await PackAsync(filled, packed, IsCompressed(target), cancellationToken);
                File.Move(packed, target);
            }
            finally
            {
                File.Delete(packed);
            }
        }
        else
        {
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(filled, target);
        }

        DirectoryEntries.Flush(Path.GetDirectoryName(target)!);
    }

    /// <summary>Unpacks an archive into an existing folder. Names that lead out of it are refused.</summary>
    public static async Task UnpackAsync(string archive, string directory, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(archive);
        await using Stream tar = IsCompressed(archive) ? new GZipStream(file, CompressionMode.Decompress) : file;
        await TarFile.ExtractToDirectoryAsync(tar, directory, overwriteFiles: false, cancellationToken);
    }

    private static async Task PackAsync(string directory, string archive, bool isCompressed, CancellationToken cancellationToken)
    {
        // The keys are in it: it is for its owner alone.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(archive, options);
        if (isCompressed)
        {
            await using var packed = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
            await TarFile.CreateFromDirectoryAsync(directory, packed, includeBaseDirectory: false, cancellationToken);
        }
        else
        {
            await TarFile.CreateFromDirectoryAsync(directory, file, includeBaseDirectory: false, cancellationToken);
        }

        file.Flush(flushToDisk: true);
    }

    private static bool IsCompressed(string path) =>
        path.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);
}
