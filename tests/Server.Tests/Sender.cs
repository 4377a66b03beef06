using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rondo.Server.Tests;

/// <summary>A client that sends batch after batch and notes what was acknowledged.</summary>
internal sealed class Sender(string secret)
{
    private const int EventsPerRequest = 40;

    /// <summary>The ids of events that the server said it keeps.</summary>
    public ConcurrentBag<string> Acknowledged { get; } = [];

    /// <summary>Sends until told to stop, or until the server is gone: the batch on its way then may or may not be kept, and is not claimed.</summary>
    public async Task SendAsync(Uri address, string name, CancellationToken cancellationToken)
    {
        using var http = Client(address);
        for (var batch = 0; !cancellationToken.IsCancellationRequested; batch++)
        {
            var ids = Enumerable.Range(0, EventsPerRequest).Select(index => $"{name}-{batch}-{index}").ToArray();
            var events = new JsonArray([.. ids.Select((id, index) => new JsonObject
            {
                ["event"] = index % 3 == 0 ? "Play Song" : "View Page",
                ["properties"] = new JsonObject { ["time"] = 1_760_000_000 + batch, ["distinct_id"] = $"user-{index}", ["$insert_id"] = id, ["sent_as"] = id, ["number"] = index },
            })]);
            try
            {
                using var reply = await http.PostAsJsonAsync("/import?strict=1", events, CancellationToken.None);
                if (reply.IsSuccessStatusCode && await reply.Content.ReadFromJsonAsync<JsonObject>(CancellationToken.None) is { } body && (int)body["num_records_imported"]! == ids.Length)
                {
                    Array.ForEach(ids, Acknowledged.Add);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or JsonException or IOException or SocketException)
            {
                return;
            }
        }
    }

    /// <summary>How many events <see cref="SendVictimAsync"/> sends.</summary>
    public const int EventsOfVictim = 5;

    /// <summary>Sends a few events of one person, in one batch; whether they are kept. An event's "sent_as" begins with the person.</summary>
    public async Task<bool> SendVictimAsync(Uri address, string victim)
    {
        using var http = Client(address);
        var events = new JsonArray([.. Enumerable.Range(0, EventsOfVictim).Select(index => new JsonObject
        {
            ["event"] = index % 2 == 0 ? "Play Song" : "View Page",
            ["properties"] = new JsonObject { ["time"] = 1_760_000_000 + index, ["distinct_id"] = victim, ["$insert_id"] = $"{victim}-{index}", ["sent_as"] = $"{victim}/{index}" },
        })]);
        using var reply = await http.PostAsJsonAsync("/import?strict=1", events, CancellationToken.None);
        return reply.IsSuccessStatusCode;
    }

    /// <summary>The ids of the events that a folder's project holds, each as often as it is there.</summary>
    public static async Task<List<string>> StoredAsync(string project, string dataDirectory)
    {
        var export = await Running.ServerProcess.RunAsync("export", "--project", project, "--data", dataDirectory);
        export.ExitCode.ShouldBe(0, export.Errors);
        return [.. export.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("properties").GetProperty("sent_as").GetString()!)];
    }

    private HttpClient Client(Uri address)
    {
        var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret + ":")));
        return http;
    }
}
