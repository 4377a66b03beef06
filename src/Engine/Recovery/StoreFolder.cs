using System.Globalization;
using Microsoft.Data.Sqlite;
using Rondo.Engine.Catalog;
using Rondo.Engine.Disk;
using Rondo.Engine.Log;
using Rondo.Engine.Parts;
using Rondo.Model.Stores;

namespace Rondo.Engine.Recovery;

/// <summary>
/// What lies in a store's folder beside its catalogue. Every part and every file of ids has a number that the catalogue gave
/// out, durably, before the first byte was written. So what has such a number and is not listed was replaced or never
/// finished, and may go; what has a later number was written under a catalogue that is no longer here, and is never touched.
/// </summary>
/// <param name="disk">Where parts are.</param>
/// <param name="directory">The store's folder.</param>
internal sealed class StoreFolder(IDisk disk, string directory)
{
    private const string PartPrefix = "p";
    private const string IdsPrefix = "ids-";

    private string PartsDirectory => Path.Combine(directory, "parts");

    /// <summary>
    /// What shows that there was a store; nothing where one was never used. A write-ahead log alone shows nothing: the power may
    /// have gone while a store was made.
    /// </summary>
    public IEnumerable<string> Remains() =>
        Parts().Select(part => part.Path)
            .Concat(IdFiles().Select(ids => ids.Path))
            .Concat(AcknowledgedMark.Find(disk, directory) is { Position: > 0 } or { Changes: > 0 } ? [AcknowledgedMark.PathIn(directory)] : []);

    /// <summary>Refuses to begin anew where there was a store.</summary>
    /// <exception cref="StoreDamagedException">The catalogue is missing or empty, and what it spoke of is there.</exception>
    public void RequireNothingWithout(string catalogueProblem)
    {
        if (Remains().FirstOrDefault() is { } remaining)
        {
            throw new StoreDamagedException(
                $"{StoreDatabase.PathIn(directory)} {catalogueProblem}, and {remaining} shows that there was a store. Nothing was changed. Restore the folder from a backup; 'rondo doctor' lists what is damaged.");
        }
    }

    /// <summary>The first number of a part that the catalogue has not given out, and the largest of a file of ids that it has.</summary>
    public static (long NextPart, long Ids) NumbersGiven(SqliteConnection connection, SqliteTransaction? transaction = null) => (
        StoreDatabase.ReadMeta(connection, "next_part", transaction) ?? 1,
        StoreDatabase.ReadMeta(connection, "ids_given", transaction) ?? StoreDatabase.ReadMeta(connection, "ids_in_file", transaction) ?? 0);

    /// <summary>
    /// Gives out, after the fact, what a program of format 3 or before has written: it wrote before it gave out the number, so
    /// what it left half-written has one that the catalogue has never heard of.
    /// </summary>
    public void GiveOutNumbersInUse(SqliteConnection connection, SqliteTransaction transaction)
    {
        var given = NumbersGiven(connection, transaction);
        StoreDatabase.WriteMeta(connection, transaction, "next_part", Parts().Select(part => part.Number + 1).Append(given.NextPart).Max());
        StoreDatabase.WriteMeta(connection, transaction, "ids_given", IdFiles().Select(ids => ids.Number).Append(given.Ids).Max());
    }

    /// <summary>Parts and files of ids with numbers that the catalogue has not given out.</summary>
    public IEnumerable<string> Strangers((long NextPart, long Ids) given) =>
        Parts().Where(part => part.Number >= given.NextPart).Select(part => part.Path)
            .Concat(IdFiles().Where(ids => ids.Number > given.Ids).Select(ids => ids.Path));

    /// <summary>Why a folder with strangers is not opened.</summary>
    public string Explain(string stranger) =>
        $"{StoreDatabase.PathIn(directory)} is older than the folder: it has never heard of {stranger}. Was it copied without its '-wal' file, or put back alone? Nothing was changed. Restore the folder from a backup; to go on with what the catalogue knows, and without what it does not, move {Path.GetFileName(stranger)} elsewhere.";

    /// <summary>Deletes what was replaced or never finished; nothing when a listed part is missing: then the catalogue does not belong to this folder.</summary>
    /// <exception cref="StoreDamagedException">Something was written under another catalogue.</exception>
    public void Tidy(IReadOnlyCollection<Part> listed, long idsInFile, (long NextPart, long Ids) given)
    {
        if (Strangers(given).FirstOrDefault() is { } stranger)
        {
            throw new StoreDamagedException(Explain(stranger));
        }

        var folders = listed.Select(part => part.DirectoryPath).ToHashSet(StringComparer.Ordinal);
        var present = Parts().Select(part => part.Path).ToHashSet(StringComparer.Ordinal);
        if (!folders.IsSubsetOf(present))
        {
            return;
        }

        foreach (var folder in present.Except(folders, StringComparer.Ordinal))
        {
            disk.DeleteDirectory(folder);
        }

        DeleteIdFilesBut(idsInFile);
    }

    /// <summary>Deletes the files of ids that another has replaced.</summary>
    public void DeleteIdFilesBut(long idsInFile)
    {
        foreach (var (_, path) in IdFiles().Where(ids => ids.Number != idsInFile))
        {
            disk.DeleteFile(path);
        }
    }

    private List<(long Number, string Path)> Parts() => Numbered(disk.DirectoriesIn(PartsDirectory), PartPrefix);

    private List<(long Number, string Path)> IdFiles() =>
        Numbered(Directory.Exists(directory) ? Directory.GetFiles(directory, $"{IdsPrefix}*.bin") : [], IdsPrefix);

    /// <summary>What bears another name is not ours.</summary>
    private static List<(long Number, string Path)> Numbered(IEnumerable<string> paths, string prefix)
    {
        var numbered = new List<(long Number, string Path)>();
        foreach (var path in paths)
        {
            var name = Path.GetFileNameWithoutExtension(path);
            if (name.StartsWith(prefix, StringComparison.Ordinal) && long.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                numbered.Add((number, path));
            }
        }

        return numbered;
    }
}
