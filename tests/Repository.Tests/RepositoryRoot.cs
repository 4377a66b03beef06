namespace Rondo.Repository.Tests;

/// <summary>The checkout that the tests speak of.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    /// <summary>Files of the checkout without build output, by their path from the root.</summary>
    public static IEnumerable<string> Files(string pattern, params string[] folders) =>
        (folders.Length == 0 ? ["."] : folders)
            .Select(folder => System.IO.Path.Combine(Path, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
            .Select(file => System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or ".git" or "node_modules" or "data" or "artifacts" or "TestResults"));

    public static string Read(string file) => File.ReadAllText(System.IO.Path.Combine(Path, file));

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(System.IO.Path.Combine(directory.FullName, "Rondo.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
    }
}
