using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rondo.Running;
using Rondo.StandIns;

namespace Rondo.Server.Tests;

/// <summary>
/// Message events come in and go on to two receivers, which fail in every way, while the server is killed at random instants:
/// every acknowledged event arrives at both, those that come again under one id. 30,000 events and 12 kills;
/// RONDO_STREAM_EVENTS and RONDO_STREAM_KILLS ask for more, RONDO_STREAM_FAULTS for another number of requests between the same faults.
/// </summary>
public sealed class KilledWhileStreaming : IDisposable
{
    private const int EventsPerRequest = 500;
    private const string Secret = "streamed-secret";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private static int FaultEvery => Setting("RONDO_STREAM_FAULTS", 20);

    private readonly string _data = Directory.CreateTempSubdirectory("rondo-stream-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    [Trait("Category", "Long")]
    public async Task Every_acknowledged_event_arrives_and_duplicates_come_under_one_id()
    {
        var (events, kills) = (Setting("RONDO_STREAM_EVENTS", 30_000), Setting("RONDO_STREAM_KILLS", 12));
        var made = await ServerProcess.RunAsync("projects", "create", "Streamed", "--secret", Secret, "--data", _data);
        made.ExitCode.ShouldBe(0, made.Errors);
        var random = new Random(20261124);
        await using var currents = await CurrentsServer.StartAsync();
        await using var mixpanel = await MixpanelServer.StartAsync(TimeProvider.System);
        EventServer[] receivers = [currents, mixpanel];
        foreach (var receiver in receivers)
        {
            var requests = 0;
            (receiver.KeepsBodies, receiver.RetryAfterSeconds) = (false, 1);
            receiver.NextFault = () => (++requests % FaultEvery) switch { 5 => StreamFault.ResetAfterTaking, 8 => StreamFault.ResetBefore, 11 => StreamFault.Busy503, 14 => StreamFault.Busy429, _ => StreamFault.None };
        }

        for (var kill = 0; kill <= kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(_data, "serve", "--allow-private-addresses", "--seal-after", "2000");
            if (kill == 0)
            {
                await CreateStreamsAsync(server, currents, mixpanel);
            }

            var (first, last) = ((int)((long)events * kill / (kills + 1)), (int)((long)events * (kill + 1) / (kills + 1)));
            await SendAsync(server.Address, first, last);
            if (kill < kills)
            {
                await Task.Delay(random.Next(0, 700));
                await server.KillAsync();
                continue;
            }

            foreach (var receiver in receivers)
            {
                receiver.NextFault = null;
            }

            await UntilAsync(() => receivers.All(receiver => receiver.EventCount >= events), () => string.Join(", ", receivers.Select(receiver => receiver.EventCount)));
        }

        var expected = Enumerable.Range(0, events).Select(number => $"d-{number}").ToHashSet();
        foreach (var receiver in receivers)
        {
            receiver.Keys().SetEquals(expected).ShouldBeTrue();
            receiver.Violations.ShouldBeEmpty();
            receiver.DuplicateCount.ShouldBeGreaterThan(0);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{events} events, {kills} kills; came again: {string.Join(", ", receivers.Select(receiver => $"{receiver.DuplicateCount} of {receiver.RequestCount} requests"))}");
    }

    private static async Task CreateStreamsAsync(ServerProcess server, CurrentsServer currents, MixpanelServer mixpanel)
    {
        var settings = new JsonObject[]
        {
            new() { ["kind"] = "currents", ["url"] = currents.Address + "/currents", ["token"] = currents.Token },
            new() { ["kind"] = "mixpanel", ["endpoint"] = mixpanel.Address, ["token"] = mixpanel.Token, ["secret"] = "secret-of-the-project" },
        };
        foreach (var setting in settings)
        {
            var name = (string)setting["kind"]!;
            var connection = await PostAsync(server, "/api/v1/connections", new JsonObject { ["name"] = name, ["settings"] = setting });
            await PostAsync(server, "/api/v1/streams", new JsonObject
            {
                ["name"] = name,
                ["connection"] = connection.GetProperty("id").GetInt32(),
                ["choice"] = new JsonObject { ["types"] = new JsonArray("users.messages.*") },
            });
        }
    }

    private static async Task<JsonElement> PostAsync(ServerProcess server, string path, JsonObject body)
    {
        using var reply = await server.Http.PostAsJsonAsync(path + "?project=Streamed", body);
        var answer = await reply.Content.ReadAsStringAsync();
        reply.IsSuccessStatusCode.ShouldBeTrue(answer);
        return JsonDocument.Parse(answer).RootElement;
    }

    private static async Task SendAsync(Uri address, int first, int last)
    {
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Secret + ":")));
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var start = first; start < last; start += EventsPerRequest)
        {
            var events = new JsonArray([.. Enumerable.Range(start, Math.Min(EventsPerRequest, last - start)).Select(number => new JsonObject
            {
                ["event"] = "Push Notification Open",
                ["properties"] = new JsonObject { ["time"] = now, ["distinct_id"] = $"user-{number % 1000}", ["$user_id"] = $"user-{number % 1000}", ["$insert_id"] = $"open-{number}", ["dispatch_id"] = $"d-{number}", ["platform"] = "ios" },
            })]);
            using var reply = await http.PostAsJsonAsync("/import?strict=1", events);
            reply.IsSuccessStatusCode.ShouldBeTrue(await reply.Content.ReadAsStringAsync());
        }
    }

    private static async Task UntilAsync(Func<bool> holds, Func<string> tell)
    {
        for (var waited = TimeSpan.Zero; !holds(); waited += TimeSpan.FromMilliseconds(100))
        {
            (waited < Patience).ShouldBeTrue(tell());
            await Task.Delay(100);
        }
    }

    private static int Setting(string name, int absent) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : absent;
}
