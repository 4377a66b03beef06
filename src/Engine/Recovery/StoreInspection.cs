using System.Globalization;
using Microsoft.Data.Sqlite;
using Rondo.Engine.Catalog;
using Rondo.Engine.Disk;
using Rondo.Engine.Identity;
using Rondo.Engine.Log;
using Rondo.Engine.Parts;
using Rondo.Engine.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Engine.Recovery;

/// <summary>Something wrong with a store.</summary>
/// <param name="File">The file it is about.</param>
/// <param name="Problem">What is wrong, as a sentence.</param>
/// <param name="Advice">What to do about it, as a sentence.</param>
public sealed record Finding(string File, string Problem, string Advice);

/// <summary>What a store holds and what is wrong with it.</summary>
/// <param name="Directory">The store's folder.</param>
/// <param name="PartCount">Parts.</param>
/// <param name="SealedEventCount">Events in parts, those sent again in another part included.</param>
/// <param name="BatchCount">Batches in the log.</param>
/// <param name="Position">The last batch.</param>
/// <param name="IdCount">Ids seen.</param>
/// <param name="ProfileCount">Profiles written.</param>
/// <param name="Findings">Empty when all is well.</param>
public sealed record StoreReport(string Directory, int PartCount, long SealedEventCount, long BatchCount, LogPosition Position, int IdCount, int ProfileCount, IReadOnlyList<Finding> Findings);

/// <summary>
/// Reads everything of a store and compares it with what was written. Changes nothing, and may be used whether or not a
/// server has the store open.
/// </summary>
public sealed class StoreInspection
{
    private const string Restore = "Restore the folder from a backup. Until then, questions that do not need this file are answered.";
    /// <summary>A server may go on writing while we look; then we look again.</summary>
    private const int MostLooks = 5;

    private const string RestoreAll = "Restore the folder from a backup.";
    private readonly string _directory;
    private readonly List<Finding> _findings = [];
    private long _sealedEventCount;
    private long _batchCount;
    private LogPosition _position;
    private int _idCount;

    /// <summary>Numbers of ids up to this one may occur; all, when the ids cannot be read.</summary>
    private int _lastId = int.MaxValue;
    private int _profileCount;
    private int _partCount;
    private bool _isOvertaken;

    private StoreInspection(string directory) => _directory = directory;

    private StoreFolder Folder => new(LocalDisk.Instance, _directory);

    private string Database => StoreDatabase.PathIn(_directory);

    /// <param name="directory">The store's folder.</param>
    public static StoreReport Inspect(string directory)
    {
        var inspection = new StoreInspection(directory);
        inspection.Run();
        for (var again = 0; again < MostLooks && inspection._isOvertaken; again++)
        {
            inspection = new StoreInspection(directory);
            inspection.Run();
        }

        return new StoreReport(
            directory, inspection._partCount, inspection._sealedEventCount, inspection._batchCount, inspection._position, inspection._idCount, inspection._profileCount, inspection._findings);
    }

    private void Run()
    {
        if (!File.Exists(Database))
        {
            Add(Database, "It is missing.", RestoreAll);
            return;
        }

        // Before the transaction below begins: a server may go on, and the mark must not run ahead of what is seen here.
        var mark = AcknowledgedMark.Find(LocalDisk.Instance, _directory);
        try
        {
            using var connection = StoreDatabase.Connect(LocalDisk.Instance, _directory, readOnly: true);

            // One transaction: what a server writes meanwhile is not seen half.
            StoreDatabase.Execute(connection, "BEGIN");
            if (!StoreDatabase.HasTable(connection, "meta"))
            {
                if (Folder.Remains().Any())
                {
                    Add(Database, "It is empty, and the folder holds a store.", RestoreAll);
                }

                return;
            }

            if (StoreDatabase.ReadMeta(connection, "format_version") is not (>= StoreDatabase.OldestFormat and <= StoreDatabase.FormatVersion) and var version)
            {
                Add(Database, StoreDatabase.WrongFormat(_directory, version ?? 0).Message, "Use the program that wrote it.");
                return;
            }

            CheckDatabase(connection);
            Try(Database, "the catalogue", () => TableDigests.CheckAll(connection));
            CheckIds(connection);
            CheckLog(connection);
            CheckParts(connection);
            CheckMark(connection, mark);
            var strangers = StrangersTo(connection).ToList();
            using var now = StoreDatabase.Connect(LocalDisk.Instance, _directory, readOnly: true);
            strangers.Intersect(StrangersTo(now), StringComparer.Ordinal).ToList().ForEach(stranger => Add(stranger, "The catalogue has never heard of it.", Folder.Explain(stranger)));
            _isOvertaken = StoreDatabase.ReadMeta(connection, "ids_in_file") != StoreDatabase.ReadMeta(now, "ids_in_file");
        }
        catch (SqliteException exception) when (exception.SqliteExtendedErrorCode == SQLitePCL.raw.SQLITE_READONLY_ROLLBACK && !Folder.Remains().Any())
        {
            // The power went while the file was made; whoever opens it for writing begins anew.
            return;
        }
        catch (SqliteException exception)
        {
            Add(Database, $"It cannot be read: {exception.Message}.", RestoreAll);
        }
        catch (StoreDamagedException exception)
        {
            Add(Database, exception.Message, RestoreAll);
        }
    }

    private void CheckDatabase(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check(10)";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (reader.GetString(0) is not "ok" and var problem)
            {
                Add(Database, $"SQLite finds: {problem}.", RestoreAll);
            }
        }
    }

    /// <summary>What was written under another catalogue; a server gives out a number before it writes under it. Before format 4 it did so after.</summary>
    private IEnumerable<string> StrangersTo(SqliteConnection connection) =>
        StoreDatabase.ReadMeta(connection, "format_version") < StoreDatabase.FormatVersion
            ? []
            : Folder.Strangers(StoreFolder.NumbersGiven(connection));

    private void CheckMark(SqliteConnection connection, AcknowledgedMark? mark)
    {
        if (StoreDatabase.ReadMeta(connection, "format_version") < StoreDatabase.FormatVersion)
        {
            return;
        }

        AcknowledgedMark.Require(mark, _directory, new AcknowledgedMark(DurableLog.LastPosition(connection).Value, StoreDatabase.ReadMeta(connection, "changes") ?? 0));
    }

    private void CheckIds(SqliteConnection connection)
    {
        using var profiles = new ProfileTable();
        using var ids = new IdDirectory();
        var file = StoreDatabase.ReadMeta(connection, "ids_in_file") is { } count ? IdFile.PathOf(_directory, count) : null;
        var areRead = file is null || Try(file, "the ids", () => IdFile.Open(LocalDisk.Instance, file).Dispose());
        areRead = areRead && Try(Database, "ids and merges", () => Catalogue.RestoreIds(connection, LocalDisk.Instance, _directory, ids));
        _idCount = ids.Snapshot().Count - 1;
        _lastId = areRead ? _idCount : int.MaxValue;
        Try(Database, "profiles", () => ProfileRows.Restore(connection, profiles));
        var exist = profiles.Existing(int.Max(_idCount + 1, profiles.Capacity));
        _profileCount = exist.Count(isThere => isThere);
        if (Array.LastIndexOf(exist, true) is var last && last > _lastId)
        {
            Add(Database, $"A profile belongs to id number {last}, and only {_idCount} were given out.", RestoreAll);
        }
    }

    private void CheckLog(SqliteConnection connection)
    {
        var sealedPosition = new LogPosition(StoreDatabase.ReadMeta(connection, "sealed_position") ?? 0);
        _position = DurableLog.LastPosition(connection);
        LogPosition? previous = null;
        Try(Database, "the log", () =>
        {
            foreach (var (position, _) in DurableLog.ReadAll(connection, default))
            {
                previous = position;
                _batchCount++;
            }
        });
        if (_batchCount > 0 && previous is { } last && last.Value - _batchCount > sealedPosition.Value)
        {
            Add(Database, $"The parts hold the log up to batch {sealedPosition.Value}, and the log begins with batch {last.Value - _batchCount + 1}.", RestoreAll);
        }
    }

    private void CheckParts(SqliteConnection connection)
    {
        List<string> names = [];
        List<Part> parts = [];
        Try(Database, "what parts there are", () => (names, parts) = (Catalogue.EventNames(connection), Catalogue.Parts(connection, LocalDisk.Instance, _directory)));
        _partCount = parts.Count;
        foreach (var part in parts)
        {
            try
            {
                var inspection = new PartInspection(part, names, _lastId);
                var problems = inspection.Problems().ToList();
                if (problems.Count > 0 && IsListed(part.Id))
                {
                    problems.ForEach(problem => Add(problem.File, problem.Problem, Restore));
                }

                _sealedEventCount += part.RowCount;
            }
            finally
            {
                part.Release();
            }
        }
    }

    /// <summary>A server may have replaced a part since we looked; then its files are rightly gone.</summary>
    private bool IsListed(long part)
    {
        using var now = StoreDatabase.Connect(LocalDisk.Instance, _directory, readOnly: true);
        return Catalogue.PartIds(now, null).Contains(part);
    }

    private bool Try(string file, string what, Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Add(file, string.Create(CultureInfo.InvariantCulture, $"Of it, {what} cannot be read: {exception.Message}"), RestoreAll);
            return false;
        }
    }

    private void Add(string file, string problem, string advice) => _findings.Add(new Finding(file, problem, advice));
}
