using System.Diagnostics;

namespace Rondo.Benchmarks.Peers;

/// <summary>ClickHouse's library, fetched by npm when it is first needed. It is no part of the product.</summary>
internal static class ClickHouseLibrary
{
    private const string Package = "@chdb/lib-linux-x64-gnu@26.5.3";

    /// <summary>The path of <c>libchdb.so</c>.</summary>
    public static string Find(string directory)
    {
        var library = Path.Combine(directory, "node_modules", "@chdb", "lib-linux-x64-gnu", "libchdb.so");
        if (File.Exists(library))
        {
            return library;
        }

        Console.Error.WriteLine($"bench: fetching {Package} (once)");
        using var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--no-audit", "--no-fund", "--no-save", "--prefix", directory, Package]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("npm could not be started; it is needed to fetch ClickHouse's library.");
        npm.StandardOutput.ReadToEnd();
        npm.WaitForExit();
        return npm.ExitCode == 0 && File.Exists(library) ? library : throw new InvalidOperationException($"npm could not fetch {Package} (exit code {npm.ExitCode}).");
    }
}
