using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Rondo.Running;

/// <summary>The real server as a child process on a folder of its own.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly Process _process;
    private readonly List<string> _output;

    private ServerProcess(Process process, List<string> output, Uri address, string adminToken)
    {
        _process = process;
        _output = output;
        Address = address;
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(100) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminToken);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Carries the operator's token.</summary>
    public HttpClient Http { get; }

    /// <summary>What it printed so far on standard output.</summary>
    public IReadOnlyList<string> Output
    {
        get
        {
            lock (_output)
            {
                return [.. _output];
            }
        }
    }

    /// <summary>The binary that belongs to the configuration the tests were built with; RONDO_SERVER names another, as <c>./rondo bench</c> does.</summary>
    public static string Binary
    {
        get
        {
            if (Environment.GetEnvironmentVariable("RONDO_SERVER") is { Length: > 0 } chosen)
            {
                return File.Exists(chosen) ? chosen : throw new InvalidOperationException($"RONDO_SERVER names {chosen}, which is not there.");
            }

            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            var configuration = directory.Parent!.Name;
            while (!File.Exists(Path.Combine(directory!.FullName, "Rondo.slnx")))
            {
                directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
            }

            return Path.Combine(directory.FullName, "src", "Server", "bin", configuration, "net10.0", "Rondo.Server.dll");
        }
    }

    /// <summary>Starts it and waits until it answers; <paramref name="command"/> is "serve" or "demo" with its options.</summary>
    public static async Task<ServerProcess> StartAsync(string dataDirectory, params string[] command)
    {
        Directory.CreateDirectory(dataDirectory);
        var note = Path.Combine(dataDirectory, "server.json");
        File.Delete(note);
        var start = new ProcessStartInfo("dotnet", [Binary, .. command, "--data", dataDirectory, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        var output = new List<string>();
        var errors = new List<string>();
        Collect(process, output, errors);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience && !process.HasExited)
        {
            if (File.Exists(note) && IsWelcome(output))
            {
                var told = JsonDocument.Parse(await File.ReadAllTextAsync(note)).RootElement;
                return new ServerProcess(process, output, new Uri(told.GetProperty("url").GetString()!), told.GetProperty("adminToken").GetString()!);
            }

            await Task.Delay(20);
        }

        process.Kill(entireProcessTree: true);
        throw new InvalidOperationException($"The server did not start: {string.Join('\n', errors)}");
    }

    /// <summary>Runs another command of the binary to its end: its exit code and what it printed.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Binary, .. command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Ends it as a power cut would: no handler runs.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Tells it to end, as an operator does, and waits until it has.</summary>
    public async Task StopAsync()
    {
        using var telling = Process.Start("sh", ["-c", $"kill -TERM {_process.Id}"]);
        await telling.WaitForExitAsync();
        await _process.WaitForExitAsync();
        if (_process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The server ended with {_process.ExitCode} when it was told to.");
        }
    }

    /// <summary>Kills it, if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static bool IsWelcome(List<string> output)
    {
        lock (output)
        {
            return output.Any(line => line.StartsWith("Rondo is running at", StringComparison.Ordinal));
        }
    }

    private static void Collect(Process process, List<string> output, List<string> errors)
    {
        process.OutputDataReceived += (_, line) => Add(output, line.Data);
        process.ErrorDataReceived += (_, line) => Add(errors, line.Data);
    }

    private static void Add(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lock (lines)
            {
                lines.Add(line);
            }
        }
    }
}
