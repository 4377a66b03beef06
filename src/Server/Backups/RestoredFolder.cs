using Rondo.Engine.Disk;
using Rondo.Server.Commands;
using Rondo.Server.Hosting;

namespace Rondo.Server.Backups;

/// <summary>Makes a data folder of a backup: every file is compared with the manifest, and the folder appears whole or not at all.</summary>
internal static class RestoredFolder
{
    public static async Task<BackupManifest> WriteAsync(string backup, string dataDirectory, CancellationToken cancellationToken)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataDirectory));
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new CommandFailure(ExitCode.Refused, $"'{target}' is not empty. A backup is restored into a new folder, so that nothing is lost: name another one with --data.");
        }

        var parent = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(parent);
        var filled = $"{target}.{Guid.NewGuid():n}.partial";
        try
        {
            var manifest = await FillAsync(backup, Directory.CreateDirectory(filled).FullName, cancellationToken);
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(filled, target);
            DirectoryEntries.Flush(parent);
            return manifest;
        }
        finally
        {
            if (Directory.Exists(filled))
            {
                Directory.Delete(filled, recursive: true);
            }
        }
    }

    private static async Task<BackupManifest> FillAsync(string backup, string target, CancellationToken cancellationToken)
    {
        var isArchive = File.Exists(backup);
        var source = isArchive ? Directory.CreateDirectory(Path.Combine(target, "unpacked")).FullName : backup;
        if (isArchive)
        {
            try
            {
                await BackupArchive.UnpackAsync(backup, source, cancellationToken);
            }
            catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException)
            {
                throw new CommandFailure(ExitCode.Refused, $"'{backup}' is damaged: {exception.Message} Use another backup.");
            }
        }

        var manifest = BackupManifest.Read(source)
            ?? throw new CommandFailure(ExitCode.Refused, $"'{backup}' is no backup, or not a whole one: it has no readable {BackupManifest.FileName}.");
        if (manifest.Format != BackupManifest.CurrentFormat)
        {
            throw new CommandFailure(ExitCode.Refused, $"'{backup}' has format {manifest.Format}; this program reads format {BackupManifest.CurrentFormat}. Use the program that wrote it.");
        }

        foreach (var file in manifest.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Copy(file, source, target, backup);
        }

        if (isArchive)
        {
            Directory.Delete(source, recursive: true);
        }

        if (ControlDatabases.MissingIn(target) is [var (missing, reason), ..])
        {
            throw new CommandFailure(ExitCode.Refused, $"'{backup}' is not whole: it lacks '{Path.GetFileName(missing)}' ({reason}). Use another backup.");
        }

        foreach (var folder in Directory.EnumerateDirectories(target, "*", SearchOption.AllDirectories).Append(target))
        {
            DirectoryEntries.Flush(folder);
        }

        return manifest;
    }

    private static void Copy(BackupFile file, string source, string target, string backup)
    {
        var from = Path.Combine(source, file.Path);
        var to = Path.GetFullPath(Path.Combine(target, file.Path));
        if (!to.StartsWith(target + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new CommandFailure(ExitCode.Refused, $"'{backup}' names '{file.Path}', which lies outside of it.");
        }

        if (!File.Exists(from))
        {
            throw new CommandFailure(ExitCode.Refused, $"'{backup}' is damaged: '{file.Path}' is missing. Use another backup.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
        using (var written = new FileStream(to, FileMode.Open, FileAccess.ReadWrite))
        {
            written.Flush(flushToDisk: true);
        }

        // The copy is what is compared, so that an error in copying is found as well.
        if (new FileInfo(to).Length != file.Length || BackupManifest.ChecksumOf(to) != file.Checksum)
        {
            throw new CommandFailure(ExitCode.Refused, $"'{backup}' is damaged: '{file.Path}' is not as it was written. Use another backup.");
        }
    }
}
