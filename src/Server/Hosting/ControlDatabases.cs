using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Rondo.Engine.Disk;
using Rondo.Server.Commands;

namespace Rondo.Server.Hosting;

/// <summary>
/// The databases beside the events. A server that began one anew would give old events to the next project that is made, send
/// messages a second time, or let nobody sign in. So <c>databases.json</c> notes which of them a folder has, and one that is
/// noted and not there is refused.
/// </summary>
internal static class ControlDatabases
{
    public const string Analytics = "analytics.db";

    /// <summary>Its name in the folder. A list of file names; one is added when it was first seen, none is ever taken out.</summary>
    public const string NoteName = "databases.json";

    /// <summary>
    /// All there are, in the order in which they are copied, all before the events: a cursor in them must not point beyond the
    /// log that is copied after them, and a person's number must be known there.
    /// </summary>
    public static readonly string[] All = ["engagement.db", "sandbox.db", "accounts.db", "integrations.db", Analytics];

    /// <summary>Both are made at the first start, before any event: a folder with events had them, noted or not.</summary>
    private static readonly string[] BeforeAnyEvent = [Analytics, "integrations.db"];

    /// <summary>What is missing, or empty, although the folder had it: the file, and how that is known.</summary>
    public static IReadOnlyList<(string Path, string Reason)> MissingIn(string directory)
    {
        var missing = new Dictionary<string, string>(StringComparer.Ordinal);
        if (EventFoldersIn(directory).Any(folder => Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            Expect(BeforeAnyEvent, $"{Path.Combine(directory, "events")} holds events that it spoke of");
        }

        if (NotedIn(directory) is { } noted)
        {
            Expect(noted, $"this folder had it, says {NoteName}");
        }
        else
        {
            missing[Path.Combine(directory, NoteName)] = "it cannot be read";
        }

        return [.. missing.Select(entry => (entry.Key, entry.Value))];

        void Expect(IEnumerable<string> names, string reason)
        {
            foreach (var path in names.Select(name => Path.Combine(directory, name)).Where(path => !HasContent(path)))
            {
                missing.TryAdd(path, reason);
            }
        }
    }

    public static IEnumerable<string> EventFoldersIn(string directory) =>
        Directory.Exists(Path.Combine(directory, "events")) ? Directory.EnumerateDirectories(Path.Combine(directory, "events")).Order(StringComparer.Ordinal) : [];

    public static string EventFolderOf(string directory, int project) => Path.Combine(directory, "events", project.ToString(CultureInfo.InvariantCulture));

    /// <summary>The first thing that is missing, and what to do, in words; null when nothing is.</summary>
    public static string? ProblemOf(string directory) => MissingIn(directory) is [var (path, reason), ..]
        ? $"{path} is missing or empty: {reason}. Nothing was changed. Restore the folder from a backup; 'rondo doctor' lists what is damaged."
        : null;

    /// <exception cref="CommandFailure">One is missing.</exception>
    public static void Require(string directory)
    {
        if (ProblemOf(directory) is { } problem)
        {
            throw new CommandFailure(ExitCode.Refused, problem);
        }
    }

    /// <summary>Notes what the folder has by now. Whole on disk when it returns, or as it was.</summary>
    public static void Note(string directory)
    {
        var noted = NotedIn(directory) ?? [];
        var present = All.Where(name => noted.Contains(name, StringComparer.Ordinal) || HasContent(Path.Combine(directory, name))).ToList();
        if (present.Count == noted.Count)
        {
            return;
        }

        var target = Path.Combine(directory, NoteName);
        using (var file = new FileStream(target + ".new", FileMode.Create))
        {
            JsonSerializer.Serialize(file, present);
            file.Flush(flushToDisk: true);
        }

        File.Move(target + ".new", target, overwrite: true);
        DirectoryEntries.Flush(directory);
    }

    /// <summary>The projects that a folder's <c>analytics.db</c> knows, and how many events and profile updates each has taken so far.</summary>
    /// <exception cref="SqliteException">It cannot be read.</exception>
    public static IReadOnlyDictionary<int, long> ProjectsIn(string directory)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, Analytics), Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT Id, (SELECT COALESCE(SUM(Count), 0) FROM IngestionCounts WHERE ProjectId = Id AND Counter IN (1, 2)) FROM Projects";
        using var reader = command.ExecuteReader();
        var projects = new Dictionary<int, long>();
        while (reader.Read())
        {
            projects.Add(reader.GetInt32(0), reader.GetInt64(1));
        }

        return projects;
    }

    private static bool HasContent(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };

    /// <summary>Empty where nothing was noted yet; null for a note that cannot be read.</summary>
    private static List<string>? NotedIn(string directory)
    {
        var path = Path.Combine(directory, NoteName);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<List<string>>(File.ReadAllBytes(path)) : [];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
