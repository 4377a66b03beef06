using System.CommandLine;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Rondo.Engine.Recovery;
using Rondo.Server.Hosting;

namespace Rondo.Server.Commands;

/// <summary><c>rondo doctor</c>: reads everything and says what is wrong and what to do.</summary>
internal static class DoctorCommand
{
    private const string Description =
        """
        Reads every file of the data folder, compares it with what was written, and explains what is wrong.

        Changes nothing, and works whether or not a server uses the folder. Ends with 0 when all is well, with 1 otherwise.
        """;

    public static Command Create()
    {
        var data = CommonOptions.Data();
        var command = new Command("doctor", Description) { data };
        command.SetAction((parsed, _) => Task.FromResult((int)Examine(Path.GetFullPath(parsed.GetRequiredValue(data)), Console.Out)));
        return command;
    }

    private static ExitCode Examine(string directory, TextWriter output)
    {
        if (!Directory.Exists(directory))
        {
            throw new CommandFailure(ExitCode.Failed, $"'{directory}' does not exist.");
        }

        var findings = ControlDatabases.MissingIn(directory)
            .Select(missing => new Finding(missing.Path, $"It is missing or empty: {missing.Reason}.", "Restore the folder from a backup. Until then no server starts on it."))
            .ToList();
        findings.AddRange(FoldersAndProjects(directory));
        foreach (var database in Enumerable.Reverse(ControlDatabases.All).Select(name => Path.Combine(directory, name)).Where(File.Exists))
        {
            var found = FindingsOf(database).ToList();
            findings.AddRange(found);
            output.WriteLine($"{Mark(found)} {Path.GetFileName(database)}");
        }

        foreach (var store in ControlDatabases.EventFoldersIn(directory))
        {
            var report = StoreInspection.Inspect(store);
            findings.AddRange(report.Findings);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Mark(report.Findings)} {Path.GetRelativePath(directory, store)}: {report.PartCount} parts with {report.SealedEventCount} events, {report.BatchCount} batches in the log up to {report.Position.Value}, {report.IdCount} ids, {report.ProfileCount} profiles"));
        }

        foreach (var finding in findings)
        {
            output.WriteLine();
            output.WriteLine(finding.File);
            output.WriteLine($"  {finding.Problem}");
            output.WriteLine($"  {finding.Advice}");
        }

        output.WriteLine();
        output.WriteLine(findings.Count == 0 ? "Nothing is wrong." : string.Create(CultureInfo.InvariantCulture, $"{findings.Count} problems."));
        return findings.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static string Mark(IReadOnlyCollection<Finding> findings) => findings.Count == 0 ? "ok  " : "BAD ";

    /// <summary>Events without a project, and projects without their events. Empty where the projects cannot be read: that is told by itself.</summary>
    private static List<Finding> FoldersAndProjects(string directory)
    {
        if (!File.Exists(Path.Combine(directory, ControlDatabases.Analytics)))
        {
            return [];
        }

        try
        {
            var projects = ControlDatabases.ProjectsIn(directory);
            var folders = ControlDatabases.EventFoldersIn(directory).Where(folder => Directory.EnumerateFileSystemEntries(folder).Any()).ToHashSet(StringComparer.Ordinal);
            var known = projects.ToDictionary(project => ControlDatabases.EventFolderOf(directory, project.Key), project => project.Value, StringComparer.Ordinal);
            return
            [
                .. folders.Where(folder => !known.ContainsKey(folder)).Order(StringComparer.Ordinal)
                    .Select(folder => new Finding(folder, $"No project in {ControlDatabases.Analytics} has these events.", "Restore the folder from a backup, or move the events elsewhere.")),
                .. known.Where(project => project.Value > 0 && !folders.Contains(project.Key)).OrderBy(project => project.Key, StringComparer.Ordinal)
                    .Select(project => new Finding(
                        project.Key,
                        string.Create(CultureInfo.InvariantCulture, $"It is missing or empty, and its project has taken {project.Value} events and profile updates."),
                        "Restore the folder from a backup. Until then the project is refused, and the others are served.")),
            ];
        }
        catch (SqliteException)
        {
            return [];
        }
    }

    private static SqliteConnection Connect(string database)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        return connection;
    }

    private static IEnumerable<Finding> FindingsOf(string database)
    {
        const string Advice = "Restore the folder from a backup.";
        var problems = new List<string>();
        try
        {
            using var connection = Connect(database);
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check(10)";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                problems.Add($"SQLite finds: {reader.GetString(0)}.");
            }

            problems.Remove("SQLite finds: ok.");
        }
        catch (SqliteException exception)
        {
            problems.Add($"It cannot be read: {exception.Message}.");
        }

        return problems.Select(problem => new Finding(database, problem, Advice));
    }
}
