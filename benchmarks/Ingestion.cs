using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rondo.Benchmarks.Workload;
using Rondo.Running;

namespace Rondo.Benchmarks;

/// <summary>
/// Sends made-up events to a real server by <c>/import</c> (gzip, 2,000 a batch), while reports are asked, and measures what
/// comes through, how long a report takes meanwhile, and how long it takes until an acknowledged event is counted.
/// </summary>
internal static class Ingestion
{
    private const int BatchSize = 2_000;
    private const int Connections = 4;
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<int> RunAsync(long eventCount, string dataDirectory, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(dataDirectory, "ingestion");
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        await using var server = await ServerProcess.StartAsync(directory, "serve");
        var (exitCode, output, errors) = await ServerProcess.RunAsync("projects", "create", "Bench", "--token", "bench-token", "--secret", "bench-secret", "--rest-key", "bench-key", "--data", directory);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"The project could not be made: {output}{errors}");
        }

        using var sender = Client(server.Address, "Basic", Convert.ToBase64String("bench-secret:"u8));
        using var asker = Client(server.Address, "Bearer", "bench-key");

        // Made before the clock starts: on two cores the sender must not cost what is measured.
        var batches = new ConcurrentQueue<byte[]>(Produce(new Listening(eventCount, 1).Acts()));
        var watch = Stopwatch.StartNew();
        using var asking = new CancellationTokenSource();
        var questions = AskAsync(asker, asking.Token);
        var freshness = ProbeAsync(sender, asker, asking.Token);
        long acknowledged = 0;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            while (batches.TryDequeue(out var batch))
            {
                using var content = new ByteArrayContent(batch);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                content.Headers.ContentEncoding.Add("gzip");
                using var reply = await sender.PostAsync("/import?strict=1", content, cancellationToken);
                reply.EnsureSuccessStatusCode();
                Interlocked.Add(ref acknowledged, BatchSize);
            }
        }, cancellationToken)));
        var seconds = watch.Elapsed.TotalSeconds;
        await asking.CancelAsync();
        var asked = await questions;
        var waited = await freshness;
        var memory = MemoryOf(server);
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                Events = acknowledged,
                Seconds = Math.Round(seconds, 1),
                EventsPerSecond = (long)(acknowledged / seconds),
                ReportsAsked = asked.Count,
                ReportP50Ms = Percentile(asked, 0.5),
                ReportP99Ms = Percentile(asked, 0.99),
                QueryableP50Ms = Percentile(waited, 0.5),
                QueryableP99Ms = Percentile(waited, 0.99),
                ServerMemoryMb = memory,
            },
            Json));
        return 0;
    }

    private static HttpClient Client(Uri address, string scheme, string credentials) => new()
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromMinutes(2),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue(scheme, credentials) },
    };

    private static IEnumerable<byte[]> Produce(IEnumerable<Act> acts)
    {
        foreach (var chunk in acts.Chunk(BatchSize))
        {
            var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(Encoding.UTF8.GetBytes(Write(chunk)));
            }

            yield return packed.ToArray();
        }
    }

    private static string Write(Act[] acts)
    {
        var json = new StringBuilder("[");
        foreach (var act in acts)
        {
            json.Append(json.Length == 1 ? string.Empty : ",").Append(
                CultureInfo.InvariantCulture,
                $$$"""
                {"event":"{{{Listening.Names[act.Name]}}}","properties":{"time":{{{act.Second}}},"distinct_id":"user-{{{act.Person}}}","$insert_id":"{{{act.Person:x8}}}-{{{act.Second:x8}}}-{{{act.Name:x2}}}","platform":"{{{Listening.Platforms[act.Platform]}}}","country":"{{{Listening.Countries[act.Country]}}}","plan":"{{{Listening.Plans[act.Plan]}}}","genre":"{{{Listening.Genres[act.Genre]}}}","amount":{{{act.Amount}}}}}
                """);
        }

        return json.Append(']').ToString();
    }

    private static async Task<List<double>> AskAsync(HttpClient asker, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        while (!cancellationToken.IsCancellationRequested)
        {
            var watch = Stopwatch.StartNew();
            using var content = new StringContent("""{"steps":[{"event":"View Homepage"},{"event":"Play Song"},{"event":"Add To Playlist"}],"range":{"kind":"between","from":"2026-01-05","to":"2026-06-01"},"window":{"count":7,"unit":"day"}}""", Encoding.UTF8, "application/json");
            using var reply = await asker.PostAsync("/api/v1/reports/funnel", content, CancellationToken.None);
            reply.EnsureSuccessStatusCode();
            times.Add(watch.Elapsed.TotalMilliseconds);
            await Pause(2000, cancellationToken);
        }

        return times;
    }

    /// <summary>Sends one event at a time under a name of its own and asks until it is counted.</summary>
    private static async Task<List<double>> ProbeAsync(HttpClient sender, HttpClient asker, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var probe = 0; !cancellationToken.IsCancellationRequested; probe++)
        {
            var name = $"Probe {probe % 8}";
            using var content = new StringContent($$$"""[{"event":"{{{name}}}","properties":{"time":{{{Listening.Start + probe}}},"distinct_id":"prober","$insert_id":"probe-{{{probe}}}"}}]""", Encoding.UTF8, "application/json");
            using var reply = await sender.PostAsync("/import?strict=1", content, CancellationToken.None);
            reply.EnsureSuccessStatusCode();
            var watch = Stopwatch.StartNew();
            while (await CountAsync(asker, name) <= probe / 8)
            {
            }

            times.Add(watch.Elapsed.TotalMilliseconds);
            await Pause(500, cancellationToken);
        }

        return times;
    }

    private static async Task<long> CountAsync(HttpClient asker, string name)
    {
        using var content = new StringContent($$"""{"metrics":[{"event":{"event":"{{name}}"},"measure":"total"}],"range":{"kind":"between","from":"2026-01-05","to":"2026-06-01"},"unit":"month"}""", Encoding.UTF8, "application/json");
        using var reply = await asker.PostAsync("/api/v1/reports/insights", content, CancellationToken.None);
        reply.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(await reply.Content.ReadAsStreamAsync());
        var result = answer.RootElement.TryGetProperty("result", out var nested) ? nested : answer.RootElement;
        return result.GetProperty("series")[0].GetProperty("total").GetInt64();
    }

    private static async Task Pause(int milliseconds, CancellationToken cancellationToken) =>
        await Task.Delay(milliseconds, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static double Percentile(List<double> values, double share) =>
        values.Count == 0 ? 0 : Math.Round(values.Order().ElementAt((int)Math.Min(values.Count - 1, values.Count * share)), 1);

    private static long MemoryOf(ServerProcess server)
    {
        using var process = Process.GetProcessById(server.Id);
        return process.WorkingSet64 / 1_000_000;
    }
}
