using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;
using Rondo.Analytics;
using Rondo.Analytics.AudienceSync;
using Rondo.Analytics.Contracts;
using Rondo.Engine;
using Rondo.Model.Events;
using Rondo.Model.Stores;

namespace Rondo.Soaking;

/// <summary>How long and how much.</summary>
/// <param name="Directory">A folder of the run's own.</param>
/// <param name="EventsPerSecond">Message events that come in.</param>
/// <param name="Length">For how long.</param>
public sealed record StreamSoakSettings(string Directory, int EventsPerSecond, TimeSpan Length);

/// <summary>What was measured. Times in milliseconds, from before a batch is handed in until its event stands in a request that the receiver read.</summary>
public sealed record StreamSoakResult
{
    public required long Events { get; init; }

    public required double EventsPerSecond { get; init; }

    public required double LagP50 { get; init; }

    public required double LagP99 { get; init; }

    public required double LagMost { get; init; }

    /// <summary>The most events that waited, of looks once a second.</summary>
    public required long MostWaiting { get; init; }

    public required int Requests { get; init; }

    /// <summary>Events that never arrived.</summary>
    public required long Missing { get; init; }

    /// <summary>Events that arrived again.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Share of one processor that the whole process used, generator and receiver included.</summary>
    public required double Processors { get; init; }

    public required long MemoryMegabytes { get; init; }

    /// <summary>Managed memory in use, at most, of looks once a second.</summary>
    public required long ManagedMegabytes { get; init; }
}

/// <summary>Lets message events come in steadily while a stream sends them on over HTTP, and looks at what arrives and when.</summary>
public sealed class StreamSoak(StreamSoakSettings settings, Action<string> say)
{
    private const int BatchesPerSecond = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static Instant Now => Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow());

    public async Task<StreamSoakResult> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.Directory);
        await using var receiver = await CountingReceiver.StartAsync();
        await using var services = Services();
        var (ingestion, streams) = (services.GetRequiredService<IIngestion>(), services.GetRequiredService<IEventStreams>());
        var project = (await services.GetRequiredService<IProjects>().CreateAsync(new NewProject(Guid.NewGuid().ToString("n")), cancellationToken)).Value!.Project.Id;
        var connection = await services.GetRequiredService<IConnections>().CreateAsync(project, "Receiver", new CurrentsConnection(receiver.Address), cancellationToken);
        var stream = await streams.CreateAsync(project, new NewStream(connection.Value!.Id, new StreamSettings("All", EventChoice.MessageEvents)), cancellationToken);
        foreach (var hosted in services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(cancellationToken);
        }

        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watcher = WatchAsync(streams, project, stream.Value!.Id, watching.Token);
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var sent = await SendAsync(ingestion, project, watch, cancellationToken);
        var seconds = watch.Elapsed.TotalSeconds;
        while (receiver.EventCount < sent && watch.Elapsed < settings.Length + Patience)
        {
            await Task.Delay(50, cancellationToken);
        }

        var processors = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds / watch.Elapsed.TotalSeconds;
        await watching.CancelAsync();
        var (mostWaiting, managed) = await watcher;
        var result = new StreamSoakResult
        {
            Events = sent,
            EventsPerSecond = Math.Round(sent / seconds),
            LagP50 = receiver.LagAt(0.5),
            LagP99 = receiver.LagAt(0.99),
            LagMost = receiver.LagAt(1),
            MostWaiting = mostWaiting,
            Requests = receiver.RequestCount,
            Missing = sent - receiver.EventCount,
            Duplicates = receiver.DuplicateCount,
            Processors = Math.Round(processors, 2),
            MemoryMegabytes = Environment.WorkingSet / 1_000_000,
            ManagedMegabytes = managed / 1_000_000,
        };
        foreach (var hosted in services.GetServices<IHostedService>().Reverse())
        {
            await hosted.StopAsync(CancellationToken.None);
        }

        return result;
    }

    private ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole());
        services.AddMetrics();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IEventStores>(provider => new EngineStores(Path.Combine(settings.Directory, "events"), new EngineOptions(), TimeProvider.System, provider.GetRequiredService<ILoggerFactory>()));
        services.AddRondoAnalytics(new AnalyticsOptions { Directory = settings.Directory, Integrations = new IntegrationOptions { AllowPrivateAddresses = true } });
        return services.BuildServiceProvider();
    }

    private async Task<long> SendAsync(IIngestion ingestion, ProjectId project, Stopwatch watch, CancellationToken cancellationToken)
    {
        var sent = 0;
        for (var batch = 0; watch.Elapsed < settings.Length; batch++)
        {
            var due = TimeSpan.FromSeconds((double)batch / BatchesPerSecond);
            if (due > watch.Elapsed)
            {
                await Task.Delay(due - watch.Elapsed, cancellationToken);
            }

            var now = Now;
            var count = settings.EventsPerSecond / BatchesPerSecond;
            var first = sent;
            await ingestion.AcceptAsync(project, [.. Enumerable.Range(first, count).Select(number => EventOf(number, now))], [], cancellationToken);
            sent += count;
            if (batch % (BatchesPerSecond * 60) == 0)
            {
                say($"{watch.Elapsed:hh\\:mm\\:ss}: {sent:n0} events");
            }
        }

        return sent;
    }

    /// <summary>The number tells an event from every other; the moment, when it was handed in.</summary>
    private static TrackedEvent EventOf(int number, Instant now) => new()
    {
        Name = (number % 4) switch { 0 => WellKnownEvents.PushOpen, 1 => WellKnownEvents.PushSend, 2 => WellKnownEvents.PushBounce, _ => WellKnownEvents.PushOpen },
        DistinctId = $"user-{number % 100_000}",
        UserId = $"user-{number % 100_000}",
        Time = Instant.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()),
        InsertId = number.ToString("x8", CultureInfo.InvariantCulture),
        Properties =
        [
            new Property("campaign_id", PropertyValue.Of("5f0c9a3c4b7a")),
            new Property("campaign_name", PropertyValue.Of("Early Bird Renewal")),
            new Property("message_variation_id", PropertyValue.Of("var-a")),
            new Property("message_variation_name", PropertyValue.Of("Variant A")),
            new Property("dispatch_id", PropertyValue.Of(number.ToString(CultureInfo.InvariantCulture))),
            new Property("send_id", PropertyValue.Of(now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture))),
            new Property("platform", PropertyValue.Of("android")),
        ],
    };

    /// <summary>Looks as the page of a stream does, once a second.</summary>
    private static async Task<(long MostWaiting, long Managed)> WatchAsync(IEventStreams streams, ProjectId project, StreamId stream, CancellationToken cancellationToken)
    {
        var (mostWaiting, managed) = (0L, 0L);
        try
        {
            while (true)
            {
                mostWaiting = Math.Max(mostWaiting, (await streams.FindAsync(project, stream, cancellationToken))!.Lag.Events);
                managed = Math.Max(managed, GC.GetTotalMemory(forceFullCollection: false));
                await Task.Delay(1000, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (mostWaiting, managed);
        }
    }
}
