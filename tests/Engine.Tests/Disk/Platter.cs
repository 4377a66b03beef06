namespace Rondo.Engine.Tests.Disk;

/// <summary>
/// What of a folder is on the platter, and what was only written: bytes stay once their file is flushed, names once their
/// folder is. A power cut keeps any of the rest.
/// </summary>
internal sealed class Platter
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, WrittenFile> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WrittenFile> _durableNames = new(StringComparer.Ordinal);

    /// <summary>Takes what a folder holds for durable.</summary>
    public void Adopt(string folder)
    {
        lock (_gate)
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Prepend(folder))
            {
                _names[path] = _durableNames[path] = Directory.Exists(path) ? WrittenFile.Folder() : new WrittenFile(File.ReadAllBytes(path));
            }
        }
    }

    /// <summary>A folder and those above it, where there are none.</summary>
    public void AddFolder(string path)
    {
        lock (_gate)
        {
            for (var folder = path; folder is not null && !_names.ContainsKey(folder) && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
            {
                _names.Add(folder, WrittenFile.Folder());
            }
        }
    }

    /// <summary>A file under its name, made now when there is none.</summary>
    public WrittenFile FileAt(string path)
    {
        lock (_gate)
        {
            if (!_names.TryGetValue(path, out var file))
            {
                _names.Add(path, file = new WrittenFile([]));
            }

            return file;
        }
    }

    /// <summary>Takes a name away, and those beneath it.</summary>
    public void Remove(string path)
    {
        lock (_gate)
        {
            foreach (var name in _names.Keys.Where(name => name == path || name.StartsWith(path + Path.DirectorySeparatorChar, StringComparison.Ordinal)).ToList())
            {
                _names.Remove(name);
            }
        }
    }

    public void FlushNames(string folder)
    {
        lock (_gate)
        {
            foreach (var name in _durableNames.Keys.Where(name => Path.GetDirectoryName(name) == folder && !_names.ContainsKey(name)).ToList())
            {
                _durableNames.Remove(name);
            }

            foreach (var (name, file) in _names.Where(name => Path.GetDirectoryName(name.Key) == folder))
            {
                _durableNames[name] = file;
            }
        }
    }

    public void Flush(WrittenFile file)
    {
        lock (_gate)
        {
            file.Flush();
        }
    }

    public void FailFlush(WrittenFile file)
    {
        lock (_gate)
        {
            file.FailFlush();
        }
    }

    public void Write(WrittenFile file, long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            file.Write(offset, bytes);
        }
    }

    public void Truncate(WrittenFile file, long length)
    {
        lock (_gate)
        {
            file.Truncate(length);
        }
    }

    /// <summary>Writes what is found of a folder when the power comes back.</summary>
    /// <param name="folder">Which folder.</param>
    /// <param name="found">Where to write it.</param>
    /// <param name="random">What is kept of what was not flushed; null keeps everything.</param>
    public void LosePower(string folder, string found, Random? random)
    {
        lock (_gate)
        {
            foreach (var path in _names.Keys.Union(_durableNames.Keys).Where(path => path == folder || path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                var (written, durable) = (_names.GetValueOrDefault(path), _durableNames.GetValueOrDefault(path));
                var kept = random is null || ReferenceEquals(written, durable) || random.Next(2) == 0 ? written : durable;
                var to = found + path[folder.Length..];
                if (kept is null || (path != folder && !Directory.Exists(Path.GetDirectoryName(to))))
                {
                    continue;
                }

                if (kept.IsFolder)
                {
                    Directory.CreateDirectory(to);
                }
                else
                {
                    File.WriteAllBytes(to, random is null ? kept.Everything() : kept.AfterPowerCut(random));
                }
            }

            Directory.CreateDirectory(found);
        }
    }
}
