using System.Diagnostics;

namespace Rondo.Browser.Tests;

/// <summary>Another program, run to its end.</summary>
internal static class Command
{
    /// <summary>What it printed; it must end well.</summary>
    public static async Task<string> RunAsync(string folder, string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{command} {arguments[0]}: {await output}{await errors}");
        return await output;
    }
}
