using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Rondo.Server.Import;

/// <summary>
/// How far the import of one file has come, written after every acknowledged batch, so that an interrupted import goes on
/// where it stopped. It is forgotten when the file is done. Sending a batch twice is harmless: insert ids are stable.
/// </summary>
internal sealed class ImportState
{
    private readonly string _path;
    private readonly string _file;
    private readonly long _sizeBytes;
    private readonly DateTime _changedAt;

    private ImportState(string path, FileInfo file)
    {
        _path = path;
        (_file, _sizeBytes, _changedAt) = (file.FullName, file.Length, file.LastWriteTimeUtc);
    }

    /// <summary>Records of the file that were sent and answered, refused ones included.</summary>
    public long DoneCount { get; private set; }

    /// <param name="dataDirectory">The data folder.</param>
    /// <param name="file">The file.</param>
    /// <param name="purpose">Project, format and mapping: another purpose is another import.</param>
    public static ImportState Open(string dataDirectory, FileInfo file, string purpose)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{file.FullName}\n{purpose}")).AsSpan(0, 16));
        var state = new ImportState(Path.Combine(dataDirectory, "imports", $"{key}.json"), file);
        state.Load();
        return state;
    }

    public void Write(long doneCount)
    {
        DoneCount = doneCount;
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        File.WriteAllBytes(_path + ".new", JsonSerializer.SerializeToUtf8Bytes(new Note(_file, _sizeBytes, _changedAt, doneCount), JsonSerializerOptions.Web));
        File.Move(_path + ".new", _path, overwrite: true);
    }

    public void Forget()
    {
        if (File.Exists(_path))
        {
            File.Delete(_path);
        }
    }

    private void Load()
    {
        try
        {
            var note = JsonSerializer.Deserialize<Note>(File.ReadAllBytes(_path), JsonSerializerOptions.Web);

            // A file that has changed since is begun anew; what was sent before is recognised by its insert ids.
            DoneCount = note is not null && note.SizeBytes == _sizeBytes && note.ChangedAt == _changedAt ? note.DoneCount : 0;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            DoneCount = 0;
        }
    }

    private sealed record Note(string File, long SizeBytes, DateTime ChangedAt, long DoneCount);
}
