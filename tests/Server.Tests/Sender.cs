using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Rondo.Server.Tests;

/// <summary>
/// Clients that send batch after batch, and note what was acknowledged, refused, and under way when the server was gone. As SDKs
/// do, they send again what was not answered, under the same insert ids; some do not, and show that a batch is kept as a whole.
/// </summary>
internal sealed class Sender(string secret)
{
    /// <summary>How many events <see cref="SendVictimAsync"/> sends.</summary>
    public const int EventsOfVictim = 5;
    private readonly Lock _noting = new();
    private readonly List<SentBatch> _acknowledged = [];
    private readonly ConcurrentQueue<SentBatch> _unanswered = [];
    private int _sentAgain;

    /// <summary>The batches whose good events the server said it keeps, each once.</summary>
    public IReadOnlyList<SentBatch> AcknowledgedBatches
    {
        get
        {
            lock (_noting)
            {
                return [.. _acknowledged];
            }
        }
    }

    /// <summary>The ids of events that the server said it keeps.</summary>
    public IEnumerable<string> Acknowledged => AcknowledgedBatches.SelectMany(batch => batch.Good);

    /// <summary>Of each client that does not send again at most one: it was kept as a whole, or not at all.</summary>
    public ConcurrentBag<SentBatch> GivenUp { get; } = [];

    /// <summary>Batches that were sent before and acknowledged now: not answered before a kill, or answered and the answer lost.</summary>
    public int SentAgain => _sentAgain;

    /// <summary>Sends until told to stop, or until the server is gone, and gives up what was on its way.</summary>
    public async Task SendAsync(Uri address, string name, CancellationToken cancellationToken)
    {
        using var http = Client(address);
        if (await SendNewAsync(http, name, cancellationToken) is { } unanswered)
        {
            GivenUp.Add(unanswered);
        }
    }

    /// <summary>
    /// Sends until told to stop, or until the server is gone, and gives nothing up: begins with what was not answered before, and
    /// with an old batch as if its answer had been lost.
    /// </summary>
    public async Task SendPersistentlyAsync(Uri address, string name, Random random, CancellationToken cancellationToken)
    {
        using var http = Client(address);
        if (await FinishAsync(http) && await RepeatAsync(http, random) && await SendNewAsync(http, name, cancellationToken) is { } unanswered)
        {
            _unanswered.Enqueue(unanswered);
        }
    }

    /// <summary>Sends again what was never answered, to a server that stays.</summary>
    public async Task FinishAsync(Uri address)
    {
        using var http = Client(address);
        (await FinishAsync(http)).ShouldBeTrue("a server that nobody killed did not answer");
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

    /// <summary>Gives the batch that was not answered, if one was not.</summary>
    private async Task<SentBatch?> SendNewAsync(HttpClient http, string name, CancellationToken cancellationToken)
    {
        for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            var batch = new SentBatch(name, number);
            if (!await IsAnsweredAsync(http, batch))
            {
                return batch;
            }

            Note(batch);
        }

        return null;
    }

    /// <summary>Whether all that was not answered is now.</summary>
    private async Task<bool> FinishAsync(HttpClient http)
    {
        while (_unanswered.TryDequeue(out var batch))
        {
            if (!await IsAnsweredAsync(http, batch))
            {
                _unanswered.Enqueue(batch);
                return false;
            }

            Interlocked.Increment(ref _sentAgain);
            Note(batch);
        }

        return true;
    }

    /// <summary>Sends any acknowledged batch again, most of them long in parts; whether it was answered.</summary>
    private async Task<bool> RepeatAsync(HttpClient http, Random random)
    {
        var acknowledged = AcknowledgedBatches;
        if (acknowledged.Count == 0)
        {
            return true;
        }

        var isAnswered = await IsAnsweredAsync(http, acknowledged[random.Next(acknowledged.Count)]);
        Interlocked.Add(ref _sentAgain, isAnswered ? 1 : 0);
        return isAnswered;
    }

    private void Note(SentBatch batch)
    {
        lock (_noting)
        {
            _acknowledged.Add(batch);
        }
    }

    /// <summary>Whether the server answered, as it must, before it was gone.</summary>
    private static async Task<bool> IsAnsweredAsync(HttpClient http, SentBatch batch)
    {
        try
        {
            using var reply = await http.PostAsJsonAsync("/import?strict=1", batch.ToJson(), CancellationToken.None);
            Require((int)reply.StatusCode == (batch.Refused.Count > 0 ? 400 : 200), await reply.Content.ReadAsStringAsync(CancellationToken.None));
            var answer = (await reply.Content.ReadFromJsonAsync<JsonObject>(CancellationToken.None))!;
            Require((int)answer["num_records_imported"]! == batch.Good.Count, answer.ToJsonString());
            Require(((answer["failed_records"] as JsonArray)?.Count ?? 0) == batch.Refused.Count, answer.ToJsonString());
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            return false;
        }
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
