using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rondo.Running;

namespace Rondo.Server.Tests;

/// <summary>The server is killed at random instants while clients send: what was acknowledged is there, once.</summary>
public sealed class KilledWhileIngesting : IDisposable
{
    private const int Kills = 20;
    private const int Clients = 3;
    private const int EventsPerRequest = 40;
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-kill-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    [Trait("Category", "Long")]
    public async Task Every_acknowledged_event_is_there_once_and_no_event_twice()
    {
        var made = await ServerProcess.RunAsync("projects", "create", "Killed", "--secret", "killed-secret", "--data", _data);
        made.ExitCode.ShouldBe(0, made.Errors);
        var acknowledged = new ConcurrentBag<string>();
        var random = new Random(20261123);
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(_data, "serve", "--seal-after", "500");
            using var stopping = new CancellationTokenSource();
            var clients = Enumerable.Range(0, Clients).Select(client => SendAsync(server.Address, $"{kill}-{client}", acknowledged, stopping.Token)).ToArray();
            await Task.Delay(random.Next(150, 1500));
            await server.KillAsync();
            await stopping.CancelAsync();
            await Task.WhenAll(clients);
        }

        acknowledged.Count.ShouldBeGreaterThan(Kills * EventsPerRequest);
        var export = await ServerProcess.RunAsync("export", "--project", "Killed", "--data", _data);
        export.ExitCode.ShouldBe(0, export.Errors);
        var stored = export.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("properties").GetProperty("sent_as").GetString()!)
            .ToList();
        stored.Count.ShouldBe(stored.Distinct().Count(), "an event is stored twice");
        acknowledged.Except(stored).ShouldBeEmpty("acknowledged events are missing");
    }

    /// <summary>Sends batch after batch, and each batch again when no answer came, as clients do.</summary>
    private static async Task SendAsync(Uri address, string name, ConcurrentBag<string> acknowledged, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("killed-secret:")));
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
                    Array.ForEach(ids, acknowledged.Add);
                }
            }
            catch (HttpRequestException)
            {
                // The server is gone: this batch may or may not be kept, and is not claimed.
                return;
            }
            catch (JsonException)
            {
                return;
            }
        }
    }
}
