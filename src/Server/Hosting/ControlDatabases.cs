using Rondo.Server.Commands;

namespace Rondo.Server.Hosting;

/// <summary>
/// The databases that say whose events the folder holds. A server that began them anew beside old events would give those to
/// the next project that is made.
/// </summary>
internal static class ControlDatabases
{
    /// <summary>Both are made at the first start, before any event.</summary>
    private static readonly string[] BeforeAnyEvent = ["analytics.db", "integrations.db"];

    /// <summary>Those that are missing, or empty, although there are events.</summary>
    public static IEnumerable<string> MissingIn(string directory) =>
        EventFoldersIn(directory).Any(folder => Directory.EnumerateFileSystemEntries(folder).Any())
            ? BeforeAnyEvent.Select(name => Path.Combine(directory, name)).Where(path => new FileInfo(path) is not { Exists: true, Length: > 0 })
            : [];

    public static IEnumerable<string> EventFoldersIn(string directory) =>
        Directory.Exists(Path.Combine(directory, "events")) ? Directory.EnumerateDirectories(Path.Combine(directory, "events")).Order(StringComparer.Ordinal) : [];

    /// <exception cref="CommandFailure">One is missing.</exception>
    public static void Require(string directory)
    {
        if (MissingIn(directory).FirstOrDefault() is { } missing)
        {
            throw new CommandFailure(
                ExitCode.Refused,
                $"{missing} is missing, and {Path.Combine(directory, "events")} holds events that it spoke of. Nothing was changed. Restore the folder from a backup; 'rondo doctor' lists what is damaged.");
        }
    }
}
