using System.Globalization;
using Microsoft.Data.Sqlite;
using Rondo.Analytics.Contracts;
using Rondo.Engine.Disk;
using Rondo.Model;
using Rondo.Model.Stores;
using Rondo.Server.Hosting;

namespace Rondo.Server.Backups;

/// <summary>Backups of the data folder of this server.</summary>
internal sealed class FolderBackups(DataFolder folder, IProjects projects, IEventStores stores, TimeProvider time) : IBackups
{
    public async Task<Outcome<BackupSummary>> WriteAsync(string target, CancellationToken cancellationToken)
    {
        if (ProblemOf(target) is { } problem)
        {
            return Outcome<BackupSummary>.Refused("target", problem);
        }

        var filled = $"{target}.{Guid.NewGuid():n}.partial";
        try
        {
            Directory.CreateDirectory(filled);
            var manifest = await FillAsync(filled, cancellationToken);
            await BackupArchive.PublishAsync(filled, target, cancellationToken);
            return Outcome<BackupSummary>.Accepted(new BackupSummary(target, manifest.Files.Count, manifest.Files.Sum(file => file.Length), manifest.Projects));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Outcome<BackupSummary>.Refused("target", $"cannot be written: {exception.Message}");
        }
        finally
        {
            if (Directory.Exists(filled))
            {
                Directory.Delete(filled, recursive: true);
            }
        }
    }

    private string? ProblemOf(string target)
    {
        if (!Path.IsPathFullyQualified(target))
        {
            return "must be an absolute path";
        }

        var inside = Path.GetRelativePath(folder.Path, Path.GetFullPath(target));
        return inside == "." || !(inside.StartsWith("..", StringComparison.Ordinal) || Path.IsPathFullyQualified(inside)) ? "must not lie within the data folder"
            : File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()) ? "is there already; a backup is never written over"
            : null;
    }

    private async Task<BackupManifest> FillAsync(string target, CancellationToken cancellationToken)
    {
        var createdAt = time.GetUtcNow();
        if (ControlDatabases.ProblemOf(folder.Path) is { } problem)
        {
            // A backup without it would take the place of a good one.
            throw new StoreDamagedException(problem);
        }

        foreach (var database in ControlDatabases.All.Where(name => File.Exists(Path.Combine(folder.Path, name))))
        {
            CopyDatabase(Path.Combine(folder.Path, database), Path.Combine(target, database));
        }

        ControlDatabases.Note(target);
        CopyKeys(target);

        // A project made since has no events in the backup, and no row; one with a row has its events there.
        var copied = ControlDatabases.ProjectsIn(target);
        var backedUp = new List<ProjectBackup>();
        foreach (var project in (await projects.ListAsync(cancellationToken)).Where(project => copied.ContainsKey(project.Id.Value)))
        {
            var store = await stores.OpenAsync(project.Id, cancellationToken);
            var position = await store.BackUpAsync(Path.Combine(target, "events", project.Id.Value.ToString(CultureInfo.InvariantCulture)), cancellationToken);
            backedUp.Add(new ProjectBackup(project.Id.Value, project.Name, position.Value));
        }

        var manifest = BackupManifest.Of(target, createdAt, backedUp);
        await using (var file = new FileStream(Path.Combine(target, BackupManifest.FileName), FileMode.CreateNew))
        {
            await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(manifest.ToJson()), cancellationToken);
            file.Flush(flushToDisk: true);
        }

        DirectoryEntries.Flush(target);
        return manifest;
    }

    /// <summary>SQLite's own copying: as of one moment, while others write.</summary>
    private static void CopyDatabase(string from, string to)
    {
        using var source = Connect(from, SqliteOpenMode.ReadOnly);
        using var copy = Connect(to, SqliteOpenMode.ReadWriteCreate);
        source.BackupDatabase(copy);
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>Without its keys a restored server could not read the secrets of providers, nor its own cookies.</summary>
    private void CopyKeys(string target)
    {
        var keys = Directory.CreateDirectory(Path.Combine(target, "keys"));
        if (!OperatingSystem.IsWindows())
        {
            keys.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }

        foreach (var key in Directory.EnumerateFiles(Path.Combine(folder.Path, "keys"), "*.xml"))
        {
            File.Copy(key, Path.Combine(keys.FullName, Path.GetFileName(key)));
        }
    }
}
