using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Engine;
using Rondo.Running;

namespace Rondo.Soaking;

/// <summary>What is started, and how often.</summary>
/// <param name="Directory">Filled by the first run, and kept for the next.</param>
/// <param name="Events">How many the folder holds.</param>
public sealed record ServerStartsSettings(string Directory, long Events)
{
    /// <summary>Default 5.</summary>
    public int Starts { get; init; } = 5;

    /// <summary>How long nothing is asked of the last server before its memory is looked at. Default 30 s.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Starts the real server on a folder with events and profiles, again and again, and looks how soon it is ready and what it holds when idle.</summary>
public sealed class ServerStarts(ServerStartsSettings settings, Action<string> say)
{
    private const int Connections = 4;
    private const string CommittedMemory = "dotnet_gc_last_collection_memory_committed_size_bytes";

    public async Task<ServerStartsResult> RunAsync(CancellationToken cancellationToken)
    {
        var readyAfterKill = await FillAsync(cancellationToken);
        var (ready, answered) = (new List<double>(), new List<double>());
        ProcessMemory memory = default;
        double? managed = null;
        for (var start = 1; start <= settings.Starts; start++)
        {
            var (server, readyAfter, answeredAfter) = await StartAsync();
            await using (server)
            {
                ready.Add(readyAfter);
                answered.Add(answeredAfter);
                if (start == settings.Starts)
                {
                    (memory, managed) = await IdleAsync(server, cancellationToken);
                }

                await server.StopAsync();
            }
        }

        return new ServerStartsResult
        {
            Server = ServerProcess.Binary,
            Processors = Environment.ProcessorCount,
            Events = settings.Events,
            People = PeopleWithProfile,
            Ready = Delays.Of(ready),
            FirstAnswer = Delays.Of(answered),
            ReadyAfterKillMs = readyAfterKill,
            StoreOpens = await OpenStoreAsync(),
            IdleResidentMegabytes = memory.ResidentMegabytes,
            IdleOwnMegabytes = memory.OwnMegabytes,
            IdleManagedMegabytes = managed,
            DiskMegabytes = Math.Round(new DirectoryInfo(settings.Directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) / 1e6, 1),
        };
    }

    private int PeopleWithProfile => new Listening(settings.Events, 1).PersonCount;

    /// <summary>Fills the folder over HTTP and kills the server; gives how long the next one takes to be ready, null when the folder was filled before.</summary>
    private async Task<double?> FillAsync(CancellationToken cancellationToken)
    {
        var filled = Path.Combine(settings.Directory, "filled");
        if (File.Exists(filled))
        {
            return null;
        }

        if (Directory.Exists(settings.Directory))
        {
            Directory.Delete(settings.Directory, recursive: true);
        }

        var watch = Stopwatch.StartNew();
        await using (var server = await ListeningServer.StartAsync(settings.Directory))
        {
            await server.SendProfilesAsync(Enumerable.Range(0, PeopleWithProfile), cancellationToken);
            var batches = ListeningServer.Batches(new Listening(settings.Events, 1).Acts());
            await Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = cancellationToken }, async (batch, stopping) => await server.SendAsync(batch, stopping));
            await server.KillAsync();
        }

        say(string.Create(CultureInfo.InvariantCulture, $"{settings.Events:n0} events sent in {watch.Elapsed.TotalSeconds:f1} s"));
        var (again, ready, _) = await StartAsync();
        await using (again)
        {
            var count = await again.CountAsync(name: null);
            if (count != settings.Events)
            {
                throw new InvalidOperationException($"{settings.Events} events were acknowledged, {count} are there.");
            }

            await again.StopAsync();
        }

        await File.WriteAllTextAsync(filled, string.Empty, cancellationToken);
        return ready;
    }

    private async Task<(ListeningServer Server, double ReadyMs, double AnsweredMs)> StartAsync()
    {
        var watch = Stopwatch.StartNew();
        var server = await ListeningServer.StartAsync(settings.Directory);
        var answer = await server.ReadAsync("/readyz");
        var ready = watch.Elapsed.TotalMilliseconds;
        if (answer != "ready")
        {
            throw new InvalidOperationException($"The server says: {answer}");
        }

        var (_, report, question) = ListeningReports.All[0];
        await server.AskAsync(report, question);
        return (server, Math.Round(ready, 1), Math.Round(watch.Elapsed.TotalMilliseconds, 1));
    }

    private async Task<(ProcessMemory Memory, double? ManagedMegabytes)> IdleAsync(ListeningServer server, CancellationToken cancellationToken)
    {
        await Task.Delay(settings.Quiet, cancellationToken);
        var memory = ProcessMemory.Of(server.ProcessId);
        var committed = (await server.ReadAsync("/metrics")).Split('\n').FirstOrDefault(line => line.StartsWith(CommittedMemory, StringComparison.Ordinal));
        return (memory, committed is null ? null : Math.Round(double.Parse(committed.Split(' ')[1], CultureInfo.InvariantCulture) / 1e6, 1));
    }

    private async Task<Delays> OpenStoreAsync()
    {
        var times = new List<double>();
        for (var opening = 0; opening < settings.Starts; opening++)
        {
            var watch = Stopwatch.StartNew();
            await using var store = EventStore.Open(Path.Combine(settings.Directory, "events", "1"), new EngineOptions(), TimeProvider.System, NullLogger.Instance);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        return Delays.Of(times);
    }
}
