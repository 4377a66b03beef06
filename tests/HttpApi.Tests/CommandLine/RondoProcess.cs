using System.Diagnostics;
using System.Text.Json;
using Rondo.Server.Hosting;

namespace Rondo.HttpApi.Tests.CommandLine;

/// <summary>Runs the real binary.</summary>
internal static class RondoProcess
{
    public static ProcessStartInfo Command(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(typeof(RondoServer).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    public static async Task<ProcessResult> RunAsync(params IEnumerable<string> arguments)
    {
        using var process = Process.Start(Command(arguments))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{string.Join(' ', arguments)}' did not end: {await errors}");
        }

        return new ProcessResult(process.ExitCode, await output, await errors);
    }
}

internal sealed record ProcessResult(int ExitCode, string Output, string Errors)
{
    public JsonElement Json
    {
        get
        {
            ExitCode.ShouldBe(0, Errors);
            return JsonDocument.Parse(Output).RootElement;
        }
    }
}

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("rondo-test-").FullName;

    public string Data => System.IO.Path.Combine(Path, "data");

    public string Write(string name, byte[] content)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
