namespace Rondo.Browser.Tests;

/// <summary>The official client packages, as the lock file of tests/Sdk names them.</summary>
internal static class NodePackages
{
    private static readonly SemaphoreSlim Installing = new(1);

    /// <summary>The folder with them; installs what is missing or older than the lock file.</summary>
    public static async Task<string> InstallAsync()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Rondo.slnx")))
        {
            directory = directory.Parent;
        }

        var folder = Path.Combine(directory.FullName, "tests", "Sdk");
        await Installing.WaitAsync();
        try
        {
            var installed = new FileInfo(Path.Combine(folder, "node_modules", ".package-lock.json"));
            if (!installed.Exists || installed.LastWriteTimeUtc < File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json")))
            {
                await Command.RunAsync(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            }
        }
        finally
        {
            Installing.Release();
        }

        return folder;
    }
}
