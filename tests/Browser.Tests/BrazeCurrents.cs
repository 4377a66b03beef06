using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Rondo.Browser.Tests;

/// <summary>A stand-in for a Braze that streams its events: batches as its custom HTTP connector sends them (Braze reference, 3.2).</summary>
internal sealed class BrazeCurrents(Uri address, string token) : IDisposable
{
    private const int BatchSize = 100;
    private readonly HttpClient _http = new();
    private readonly List<JsonNode> _waiting = [];
    private int _count;

    /// <summary>An event about a message of a campaign.</summary>
    public void Add(string type, DateTimeOffset time, string person, string campaign, string? variation = null)
    {
        var properties = new JsonObject { ["campaign_id"] = $"id-of-{campaign}", ["campaign_name"] = campaign, ["platform"] = "ios" };
        if (variation is not null)
        {
            properties["message_variation_id"] = $"id-of-{variation}";
            properties["message_variation_name"] = variation;
        }

        _waiting.Add(new JsonObject
        {
            ["event_type"] = type,
            ["id"] = $"6f9c2b1e-0000-4000-8000-{_count++:d12}",
            ["time"] = time.ToUnixTimeSeconds(),
            ["user"] = new JsonObject { ["user_id"] = $"braze-{person}", ["external_user_id"] = person, ["timezone"] = "America/Chicago" },
            ["properties"] = properties,
        });
    }

    /// <summary>Sends everything, each batch as often as its delivery is unsure: at least once is all that Braze promises.</summary>
    public async Task SendAsync()
    {
        foreach (var batch in _waiting.Chunk(BatchSize))
        {
            var body = new JsonObject { ["events"] = new JsonArray([.. batch.Select(one => one.DeepClone())]) }.ToJsonString();
            for (var attempt = 0; attempt < 2; attempt++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                request.Headers.Add("Braze-Currents-Version", "1");
                using var reply = await _http.SendAsync(request);
                reply.IsSuccessStatusCode.ShouldBeTrue(await reply.Content.ReadAsStringAsync());
            }
        }

        _waiting.Clear();
    }

    public void Dispose() => _http.Dispose();
}
