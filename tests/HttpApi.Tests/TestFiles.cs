using System.Runtime.CompilerServices;

namespace Rondo.HttpApi.Tests;

/// <summary>Where the test's own files and the repository are.</summary>
internal static class TestFiles
{
    public static string ProjectFolder { get; } = FolderOfThisFile();

    public static string RepositoryFolder { get; } = Path.GetFullPath(Path.Combine(ProjectFolder, "..", ".."));

    /// <summary>A folder beside the repository, or beside one of its parents, that is handed to tests and never committed; null where it is absent.</summary>
    public static string? Shared(string path)
    {
        for (var folder = RepositoryFolder; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var shared = Path.GetFullPath(Path.Combine(folder, "..", "shared", path));
            if (Directory.Exists(shared))
            {
                return shared;
            }
        }

        return null;
    }

    private static string FolderOfThisFile([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
