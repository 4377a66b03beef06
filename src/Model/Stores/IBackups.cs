namespace Rondo.Model.Stores;

/// <summary>Copies everything that a server keeps, while it serves.</summary>
public interface IBackups
{
    /// <summary>
    /// Writes a copy of the data folder that holds every event acknowledged before the call. A target ending in .tar, .tar.gz
    /// or .tgz becomes an archive, any other a folder. It appears whole or not at all.
    /// </summary>
    /// <param name="target">An absolute path on the server's machine; refused when something is there, or when it lies within the data folder.</param>
    /// <param name="cancellationToken">Stops the copying; nothing is left at the target.</param>
    Task<Outcome<BackupSummary>> WriteAsync(string target, CancellationToken cancellationToken);
}

/// <summary>A backup that was written.</summary>
/// <param name="Target">Where it is.</param>
/// <param name="FileCount">Files in it.</param>
/// <param name="SizeBytes">Bytes of these files.</param>
/// <param name="Projects">What of each project is in it.</param>
public sealed record BackupSummary(string Target, int FileCount, long SizeBytes, IReadOnlyList<ProjectBackup> Projects);

/// <summary>A project in a backup.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Position">The last batch of its log in the backup.</param>
public sealed record ProjectBackup(int Id, string Name, long Position);
