using System.Text.Json;

namespace Rondo.Server.Hosting;

/// <summary>
/// The right to use a data folder, held by one process at a time through a locked file, and the note (<c>server.json</c>)
/// that tells other processes of this user where the server is. The lock ends with the process, however it ends.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private const string LockName = "server.lock";
    private const string NoteName = "server.json";
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Takes the folder; null when another process has it.</summary>
    public static DataFolder? TryTake(string directory)
    {
        var path = System.IO.Path.GetFullPath(directory);
        Directory.CreateDirectory(path);
        try
        {
            return new DataFolder(path, new FileStream(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Where the server of a folder is; null when there is no note, or half of one.</summary>
    public static ServerNote? ReadNote(string directory)
    {
        try
        {
            return JsonSerializer.Deserialize<ServerNote>(File.ReadAllBytes(System.IO.Path.Combine(directory, NoteName)), JsonSerializerOptions.Web);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Leaves the note, readable by this user alone: it holds the key to everything.</summary>
    public void WriteNote(ServerNote note)
    {
        var target = System.IO.Path.Combine(Path, NoteName);
        var fresh = target + ".new";
        File.Delete(fresh);
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(fresh, creation))
        {
            JsonSerializer.Serialize(file, note, JsonSerializerOptions.Web);
        }

        File.Move(fresh, target, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(System.IO.Path.Combine(Path, NoteName));
        _lock.Dispose();
    }
}

/// <summary>Where a server is and how its operator speaks to it.</summary>
/// <param name="Url">Base address.</param>
/// <param name="AdminToken">Bearer token that opens every project.</param>
/// <param name="ProcessId">The server's process.</param>
public sealed record ServerNote(string Url, string AdminToken, int ProcessId);
