using System.IO.Hashing;
using System.Text.Json;
using Rondo.Model.Stores;

namespace Rondo.Server.Backups;

/// <summary>What a backup holds; written last, so that a backup without it is not whole. Its shape is frozen by a golden test.</summary>
/// <param name="Format">1.</param>
/// <param name="CreatedAt">When it was begun.</param>
/// <param name="Projects">What of each project is in it.</param>
/// <param name="Files">Every other file.</param>
internal sealed record BackupManifest(int Format, DateTimeOffset CreatedAt, IReadOnlyList<ProjectBackup> Projects, IReadOnlyList<BackupFile> Files)
{
    public const int CurrentFormat = 1;
    public const string FileName = "backup.json";
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerOptions.Web) { WriteIndented = true };

    /// <summary>The manifest of a folder that was filled.</summary>
    public static BackupManifest Of(string directory, DateTimeOffset createdAt, IReadOnlyList<ProjectBackup> projects) => new(
        CurrentFormat,
        createdAt,
        projects,
        [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => new BackupFile(Path.GetRelativePath(directory, path).Replace('\\', '/'), new FileInfo(path).Length, ChecksumOf(path)))]);

    /// <summary>Null when the folder has none, or one that cannot be read.</summary>
    public static BackupManifest? Read(string directory)
    {
        try
        {
            return JsonSerializer.Deserialize<BackupManifest>(File.ReadAllBytes(Path.Combine(directory, FileName)), Readable);
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, Readable);

    public static string ChecksumOf(string path)
    {
        using var file = File.OpenRead(path);
        var hash = new XxHash3();
        hash.Append(file);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}

/// <summary>A file of a backup.</summary>
/// <param name="Path">Relative to the backup, with slashes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Checksum">XxHash3 of its bytes, in hex.</param>
internal sealed record BackupFile(string Path, long Length, string Checksum);
