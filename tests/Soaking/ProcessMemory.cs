using System.Globalization;

namespace Rondo.Soaking;

/// <summary>What a process holds in memory (Linux), in megabytes of 1,000,000 bytes.</summary>
/// <param name="ResidentMegabytes">All of it, pages of mapped files included.</param>
/// <param name="OwnMegabytes">What no file could give back.</param>
/// <param name="MostResidentMegabytes">The most there ever was of the first.</param>
public readonly record struct ProcessMemory(double ResidentMegabytes, double OwnMegabytes, double MostResidentMegabytes)
{
    public static ProcessMemory Of(int processId)
    {
        var lines = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status"));
        return new ProcessMemory(Megabytes(lines, "VmRSS:"), Megabytes(lines, "RssAnon:"), Megabytes(lines, "VmHWM:"));
    }

    private static double Megabytes(string[] lines, string name)
    {
        var line = Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal)) ?? throw new InvalidOperationException($"The system does not tell {name} of the process.");
        return Math.Round(long.Parse(line.AsSpan(name.Length).Trim().TrimEnd("kB ").ToString(), CultureInfo.InvariantCulture) * 1024 / 1e6, 1);
    }
}
