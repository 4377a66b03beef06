using System.IO.Hashing;
using Microsoft.Data.Sqlite;
using Rondo.Engine.Catalog;
using Rondo.Engine.Disk;
using Rondo.Engine.Identity;
using Rondo.Engine.Log;
using Rondo.Engine.Parts;
using Rondo.Model.Stores;

namespace Rondo.Engine.Recovery;

/// <summary>A copy of a store's folder as of one moment.</summary>
internal static class StoreCopy
{
    /// <param name="connection">Sees the catalogue as of the moment, through a transaction of the caller's.</param>
    /// <param name="parts">The parts of that moment, held by the caller.</param>
    /// <param name="ids">The file of ids of that moment; null when there was none.</param>
    /// <param name="target">The folder to be made.</param>
    /// <param name="cancellationToken">Stops between two files; what was copied stays.</param>
    /// <exception cref="StoreDamagedException">A file is missing or not as it was written. A backup that hid this would take the place of a good one.</exception>
    public static LogPosition Write(SqliteConnection connection, IReadOnlyList<Part> parts, FileStream? ids, string target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target);
        foreach (var part in parts)
        {
            CopyPart(part, target, cancellationToken);
        }

        if (ids is not null)
        {
            CopyIds(ids, Path.Combine(target, Path.GetFileName(ids.Name)));
        }

        using var copy = StoreDatabase.Create(LocalDisk.Instance, target);
        connection.BackupDatabase(copy);
        try
        {
            TableDigests.CheckAll(copy);
            foreach (var _ in DurableLog.ReadAll(copy, default))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (InvalidDataException exception)
        {
            throw new StoreDamagedException($"{connection.DataSource} is not as it was written ({exception.Message}), so there is nothing whole to back up. 'rondo doctor' lists what is damaged.", exception);
        }

        var position = DurableLog.LastPosition(copy);
        new AcknowledgedMark(position.Value, StoreDatabase.ReadMeta(copy, "changes") ?? 0).Create(LocalDisk.Instance, target);
        return position;
    }

    private static void CopyIds(FileStream ids, string copy)
    {
        using (var written = new FileStream(copy, FileMode.CreateNew))
        {
            ids.CopyTo(written);
            written.Flush(flushToDisk: true);
        }

        try
        {
            IdFile.Open(LocalDisk.Instance, copy).Dispose();
        }
        catch (StoreDamagedException)
        {
            throw new StoreDamagedException($"{ids.Name} is not as it was written, so there is nothing whole to back up. 'rondo doctor' lists what is damaged.");
        }
    }

    private static void CopyPart(Part part, string target, CancellationToken cancellationToken)
    {
        var folder = Part.DirectoryOf(target, part.Id);
        Directory.CreateDirectory(folder);
        foreach (var runs in part.Runs.GroupBy(run => run.File, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var source = Path.Combine(part.DirectoryPath, runs.Key);
            if (!File.Exists(source))
            {
                throw new StoreDamagedException($"{source} is missing, so there is nothing whole to back up. 'rondo doctor' lists what is damaged.");
            }

            var copy = Path.Combine(folder, runs.Key);
            File.Copy(source, copy);
            using (var written = new FileStream(copy, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
            }

            using IDisposable mapped = new MappedFile(copy);
            var bytes = ((MappedFile)mapped).Memory.Span;
            foreach (var run in runs)
            {
                if (run.Offset + run.Length > bytes.Length || XxHash3.HashToUInt64(bytes.Slice((int)run.Offset, (int)run.Length)) != run.Checksum)
                {
                    throw new StoreDamagedException($"{source} is not as it was written, so there is nothing whole to back up. 'rondo doctor' lists what is damaged.");
                }
            }
        }

        DirectoryEntries.Flush(folder);
        DirectoryEntries.Flush(Path.GetDirectoryName(folder)!);
    }
}
