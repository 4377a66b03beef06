using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Engine;
using Rondo.Running;

namespace Rondo.Soaking;

/// <summary>How much is sent.</summary>
/// <param name="Directory">Of the run's own; what is in it goes.</param>
/// <param name="Events">Made up before the clock starts: on two cores the sender must not cost what is measured.</param>
public sealed record ImportSoakSettings(string Directory, long Events)
{
    /// <summary>Requests under way at a time. Default 4.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Between two reports. Default 1 s.</summary>
    public TimeSpan ReportEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between two events whose way to a report is timed. Default 250 ms.</summary>
    public TimeSpan ProbeEvery { get; init; } = TimeSpan.FromMilliseconds(250);
}

/// <summary>
/// Sends made-up events to a real server as fast as it takes them, while reports are asked, and measures what comes through, how
/// long acknowledgements and reports take, when an event is counted, and what the server holds in memory and on disk.
/// </summary>
public sealed class ImportSoak(ImportSoakSettings settings, Action<string> say)
{
    private const int ProbeNames = 8;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private readonly ConcurrentBag<(TimeSpan At, double Milliseconds, int Count)> _acknowledged = [];
    private readonly List<(TimeSpan At, ProcessMemory Memory)> _memory = [];
    private readonly List<(double SinceSent, double SinceAcknowledged)> _counted = [];
    private readonly Dictionary<string, List<double>> _reports = ListeningReports.All.ToDictionary(report => report.Name, _ => new List<double>());
    private readonly Stopwatch _watch = new();

    public async Task<ImportSoakResult> RunAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(settings.Directory))
        {
            Directory.Delete(settings.Directory, recursive: true);
        }

        var batches = new ConcurrentQueue<(byte[] Body, int Count)>(ListeningServer.Batches(new Listening(settings.Events, 1).Acts()));
        var events = batches.Sum(batch => (long)batch.Count);
        say(string.Create(CultureInfo.InvariantCulture, $"{events:n0} events made up, {batches.Sum(batch => (long)batch.Body.Length) / 1e6:n0} MB to send"));
        TimeSpan took;
        long missing;
        await using (var server = await ListeningServer.StartAsync(settings.Directory))
        {
            took = await LoadAsync(server, batches, cancellationToken);
            missing = events + _counted.Count - await server.CountAsync(name: null);
            await server.StopAsync();
        }

        var withLog = BytesOnDisk();
        await SettleAsync(cancellationToken);
        return new ImportSoakResult
        {
            Server = ServerProcess.Binary,
            Processors = Environment.ProcessorCount,
            Events = events,
            Seconds = Math.Round(took.TotalSeconds, 1),
            EventsPerSecond = (long)(events / took.TotalSeconds),
            Acknowledged = Delays.Of(_acknowledged.Select(batch => batch.Milliseconds)),
            CountedSinceSent = Delays.Of(_counted.Select(probe => probe.SinceSent)),
            CountedSinceAcknowledged = Delays.Of(_counted.Select(probe => probe.SinceAcknowledged)),
            Reports = _reports.ToDictionary(report => report.Key, report => Delays.Of(report.Value)),
            PeakResidentMegabytes = _memory.Max(look => look.Memory.MostResidentMegabytes),
            PeakOwnMegabytes = _memory.Max(look => look.Memory.OwnMegabytes),
            Quarters = [.. Enumerable.Range(0, 4).Select(quarter => QuarterOf(took * quarter / 4, took * (quarter + 1) / 4))],
            BytesPerEventWithLog = Math.Round((double)withLog / events, 1),
            BytesPerEventSettled = Math.Round((double)BytesOnDisk() / events, 1),
            Missing = missing,
        };
    }

    /// <summary>Everything there is to send; gives how long that took, from the first request to the last acknowledgement.</summary>
    private async Task<TimeSpan> LoadAsync(ListeningServer server, ConcurrentQueue<(byte[] Body, int Count)> batches, CancellationToken cancellationToken)
    {
        using var loading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _watch.Start();
        Task[] beside = [AskAsync(server, loading.Token), ProbeAsync(server, loading.Token), WatchAsync(server, loading.Token)];
        await Task.WhenAll(Enumerable.Range(0, settings.Connections).Select(_ => Task.Run(() => SendAsync(server, batches, cancellationToken), cancellationToken)));
        var took = _watch.Elapsed;
        await loading.CancelAsync();
        await Task.WhenAll(beside);
        return took;
    }

    private async Task SendAsync(ListeningServer server, ConcurrentQueue<(byte[] Body, int Count)> batches, CancellationToken cancellationToken)
    {
        while (batches.TryDequeue(out var batch))
        {
            var sent = _watch.Elapsed;
            await server.SendAsync(batch, cancellationToken);
            var now = _watch.Elapsed;
            _acknowledged.Add((now, (now - sent).TotalMilliseconds, batch.Count));
        }
    }

    private async Task AskAsync(ListeningServer server, CancellationToken cancellationToken)
    {
        for (var asked = 0; !cancellationToken.IsCancellationRequested; asked++)
        {
            var (name, report, question) = ListeningReports.All[asked % ListeningReports.All.Count];
            var watch = Stopwatch.StartNew();
            await server.AskAsync(report, question);
            _reports[name].Add(watch.Elapsed.TotalMilliseconds);
            await PauseAsync(settings.ReportEvery, cancellationToken);
        }
    }

    /// <summary>Sends one event at a time under a name that few others have, and asks until it is counted.</summary>
    private async Task ProbeAsync(ListeningServer server, CancellationToken cancellationToken)
    {
        for (var probe = 0; !cancellationToken.IsCancellationRequested; probe++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"Probe {probe % ProbeNames}");
            var watch = Stopwatch.StartNew();
            await server.SendProbeAsync(name, probe);
            var acknowledged = watch.Elapsed;
            while (await server.CountAsync(name) <= probe / ProbeNames)
            {
            }

            _counted.Add((watch.Elapsed.TotalMilliseconds, (watch.Elapsed - acknowledged).TotalMilliseconds));
            await PauseAsync(settings.ProbeEvery, cancellationToken);
        }
    }

    private async Task WatchAsync(ListeningServer server, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            _memory.Add((_watch.Elapsed, ProcessMemory.Of(server.ProcessId)));
            await PauseAsync(LookEvery, cancellationToken);
        }
    }

    private ImportQuarter QuarterOf(TimeSpan start, TimeSpan end)
    {
        var acknowledged = _acknowledged.Where(batch => batch.At > start && batch.At <= end).ToList();
        var memory = _memory.Where(look => look.At >= start && look.At < end).Select(look => look.Memory).DefaultIfEmpty().ToList();
        return new ImportQuarter(
            (long)(acknowledged.Sum(batch => (long)batch.Count) / (end - start).TotalSeconds),
            Delays.Of(acknowledged.Select(batch => batch.Milliseconds)),
            memory.Max(look => look.OwnMegabytes),
            memory.Max(look => look.ResidentMegabytes));
    }

    /// <summary>What the server does in the course of time: seals what is new, joins parts, and drops sealed batches from the log.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        await using var store = EventStore.Open(Path.Combine(settings.Directory, "events", "1"), new EngineOptions { LogRetention = TimeSpan.Zero }, TimeProvider.System, NullLogger.Instance);
        await store.SealAsync(cancellationToken);
        await store.OptimizeAsync(cancellationToken);
    }

    private long BytesOnDisk() => new DirectoryInfo(settings.Directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private static async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken) =>
        await Task.Delay(pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
