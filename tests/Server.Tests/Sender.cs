using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Rondo.Server.Tests;

/// <summary>Clients that send batch after batch, and note what was acknowledged, refused, and under way when the server was gone.</summary>
internal sealed class Sender(string secret)
{
    /// <summary>How many events <see cref="SendVictimAsync"/> sends.</summary>
    public const int EventsOfVictim = 5;

    /// <summary>The batches whose good events the server said it keeps.</summary>
    public ConcurrentBag<SentBatch> AcknowledgedBatches { get; } = [];

    /// <summary>Of each client at most one: it was kept as a whole, or not at all.</summary>
    public ConcurrentBag<SentBatch> OnTheirWay { get; } = [];

    /// <summary>The ids of events that the server said it keeps.</summary>
    public IEnumerable<string> Acknowledged => AcknowledgedBatches.SelectMany(batch => batch.Good);

    /// <summary>Sends until told to stop, or until the server is gone.</summary>
    public async Task SendAsync(Uri address, string name, CancellationToken cancellationToken)
    {
        using var http = Client(address);
        for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            var batch = new SentBatch(name, number);
            try
            {
                using var reply = await http.PostAsJsonAsync("/import?strict=1", batch.ToJson(), CancellationToken.None);
                Require((int)reply.StatusCode == (batch.Refused.Count > 0 ? 400 : 200), await reply.Content.ReadAsStringAsync(CancellationToken.None));
                var answer = (await reply.Content.ReadFromJsonAsync<JsonObject>(CancellationToken.None))!;
                Require((int)answer["num_records_imported"]! == batch.Good.Count, answer.ToJsonString());
                Require(((answer["failed_records"] as JsonArray)?.Count ?? 0) == batch.Refused.Count, answer.ToJsonString());
                AcknowledgedBatches.Add(batch);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
            {
                OnTheirWay.Add(batch);
                return;
            }
        }
    }

    /// <summary>
    /// Sends a few events of one person, in one batch, the first by a device that the second tells to be the person's; whether
    /// they are kept. An event's "sent_as" begins with the person.
    /// </summary>
    public async Task<bool> SendVictimAsync(Uri address, string victim)
    {
        using var http = Client(address);
        var events = new JsonArray([.. Enumerable.Range(0, EventsOfVictim).Select(index =>
        {
            var properties = new JsonObject { ["time"] = 1_760_000_000 + index, ["distinct_id"] = victim, ["$insert_id"] = $"{victim}-{index}", ["sent_as"] = $"{victim}/{index}" };
            if (index < 2)
            {
                properties["$device_id"] = $"phone-{victim}";
                properties[index == 0 ? "distinct_id" : "$user_id"] = index == 0 ? $"$device:phone-{victim}" : victim;
            }

            return new JsonObject { ["event"] = index % 2 == 0 ? "Play Song" : "View Page", ["properties"] = properties };
        })]);
        using var reply = await http.PostAsJsonAsync("/import?strict=1", events, CancellationToken.None);
        return reply.IsSuccessStatusCode;
    }

    private static void Require(bool isAsExpected, string answer)
    {
        if (!isAsExpected)
        {
            throw new InvalidOperationException($"The server answered a batch with {answer}");
        }
    }

    private HttpClient Client(Uri address)
    {
        var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret + ":")));
        return http;
    }
}
