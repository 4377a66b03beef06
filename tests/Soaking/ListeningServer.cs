using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rondo.Running;

namespace Rondo.Soaking;

/// <summary>A real server that takes the events of the made-up service by <c>/import</c> (gzip, 2,000 a batch) and is asked about them.</summary>
public sealed class ListeningServer : IAsyncDisposable
{
    /// <summary>As many as one request may carry.</summary>
    public const int BatchSize = 2_000;
    private const string Token = "bench-token";
    private const string Secret = "bench-secret";
    private const string RestKey = "bench-key";
    private static readonly Uri Import = new("/import?strict=1", UriKind.Relative);
    private readonly ServerProcess _process;
    private readonly HttpClient _sender;
    private readonly HttpClient _asker;

    private ListeningServer(ServerProcess process)
    {
        _process = process;
        _sender = Client(process.Address, "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret + ":")));
        _asker = Client(process.Address, "Bearer", RestKey);
    }

    /// <summary>The number of the process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts it on a folder, with the project, if the folder has none yet.</summary>
    public static async Task<ListeningServer> StartAsync(string directory)
    {
        var isNew = !Directory.Exists(directory);
        var process = await ServerProcess.StartAsync(directory, "serve");
        if (isNew)
        {
            var (exitCode, output, errors) = await ServerProcess.RunAsync("projects", "create", "Bench", "--token", Token, "--secret", Secret, "--rest-key", RestKey, "--data", directory);
            if (exitCode != 0)
            {
                throw new InvalidOperationException($"The project could not be made: {output}{errors}");
            }
        }

        return new ListeningServer(process);
    }

    /// <summary>The bodies of the requests that carry these events, and how many each carries.</summary>
    public static IEnumerable<(byte[] Body, int Count)> Batches(IEnumerable<Act> acts)
    {
        foreach (var chunk in acts.Chunk(BatchSize))
        {
            var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(Encoding.UTF8.GetBytes(Write(chunk)));
            }

            yield return (packed.ToArray(), chunk.Length);
        }
    }

    /// <summary>Sends a batch; when it is acknowledged all of it is kept.</summary>
    public async Task SendAsync((byte[] Body, int Count) batch, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(batch.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var reply = await _sender.PostAsync(Import, content, cancellationToken);
        await RequireAsync(reply, cancellationToken);
        using var answer = JsonDocument.Parse(await reply.Content.ReadAsStreamAsync(cancellationToken));
        if (answer.RootElement.GetProperty("num_records_imported").GetInt32() != batch.Count)
        {
            throw new InvalidOperationException($"Not all of {batch.Count} events were taken: {answer.RootElement}");
        }
    }

    /// <summary>Sends one event under a name of its own.</summary>
    public async Task SendProbeAsync(string name, int number)
    {
        var properties = new Dictionary<string, object> { ["time"] = Listening.Start + number, ["distinct_id"] = "prober", ["$insert_id"] = string.Create(CultureInfo.InvariantCulture, $"probe-{number}") };
        using var reply = await _sender.PostAsJsonAsync(Import, new[] { new Dictionary<string, object> { ["event"] = name, ["properties"] = properties } });
        await RequireAsync(reply, CancellationToken.None);
    }

    /// <summary>Gives people of the service a profile: where they listen, and an address.</summary>
    public async Task SendProfilesAsync(IEnumerable<int> people, CancellationToken cancellationToken)
    {
        foreach (var chunk in people.Chunk(BatchSize))
        {
            var updates = Array.ConvertAll(chunk, person => new Dictionary<string, object>
            {
                ["$token"] = Token,
                ["$distinct_id"] = Listening.IdOf(person),
                ["$set"] = new Dictionary<string, object> { ["platform"] = Listening.Platforms[Listening.PlatformOf(person)], ["$email"] = Listening.IdOf(person) + "@example.org" },
            });
            using var reply = await _sender.PostAsJsonAsync(new Uri("/engage", UriKind.Relative), updates, cancellationToken);
            await RequireAsync(reply, cancellationToken);
        }
    }

    /// <summary>Asks a report and gives its result.</summary>
    public async Task<JsonElement> AskAsync(string report, string question)
    {
        using var content = new StringContent(question, Encoding.UTF8, "application/json");
        using var reply = await _asker.PostAsync(new Uri($"/api/v1/reports/{report}", UriKind.Relative), content);
        await RequireAsync(reply, CancellationToken.None);
        using var answer = JsonDocument.Parse(await reply.Content.ReadAsStreamAsync());
        return answer.RootElement.GetProperty("result").Clone();
    }

    /// <summary>How many events of a name are stored, or with null of any.</summary>
    public async Task<long> CountAsync(string? name)
    {
        var chosen = name is null ? "{}" : JsonSerializer.Serialize(new { @event = name });
        var result = await AskAsync("insights", $$$"""{"metrics":[{"event":{{{chosen}}},"measure":"total"}],"range":{{{ListeningReports.Range}}},"unit":"month"}""");
        return result.GetProperty("series")[0].GetProperty("total").GetInt64();
    }

    /// <summary>What <c>/readyz</c> and <c>/metrics</c> say.</summary>
    public async Task<string> ReadAsync(string path)
    {
        using var reply = await _asker.GetAsync(new Uri(path, UriKind.Relative));
        await RequireAsync(reply, CancellationToken.None);
        return await reply.Content.ReadAsStringAsync();
    }

    /// <summary>Tells it to end, and waits.</summary>
    public Task StopAsync() => _process.StopAsync();

    /// <summary>Ends it as a power cut would.</summary>
    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        _asker.Dispose();
        await _process.DisposeAsync();
    }

    private static HttpClient Client(Uri address, string scheme, string credentials) => new()
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromMinutes(2),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue(scheme, credentials) },
    };

    private static async Task RequireAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        if (!reply.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"The server answered {(int)reply.StatusCode}: {await reply.Content.ReadAsStringAsync(cancellationToken)}");
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
                {"event":"{{{Listening.Names[act.Name]}}}","properties":{"time":{{{act.Second}}},"distinct_id":"{{{Listening.IdOf(act.Person)}}}","$insert_id":"{{{act.Person:x8}}}-{{{act.Second:x8}}}-{{{act.Name:x2}}}","platform":"{{{Listening.Platforms[act.Platform]}}}","country":"{{{Listening.Countries[act.Country]}}}","plan":"{{{Listening.Plans[act.Plan]}}}","genre":"{{{Listening.Genres[act.Genre]}}}","amount":{{{act.Amount}}}}}
                """);
        }

        return json.Append(']').ToString();
    }
}
