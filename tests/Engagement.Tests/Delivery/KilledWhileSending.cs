using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Rondo.Engagement.Tests.Channels;
using Rondo.Running;

namespace Rondo.Engagement.Tests.Delivery;

/// <summary>
/// The real server is killed in the middle of sending, again and again. Through the sandbox, which can be asked what it has,
/// everybody gets exactly one message. Through FCM, which cannot be asked, nobody gets two, and whoever may have got none is
/// named.
/// </summary>
public sealed class KilledWhileSending : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-sending-").FullName;
    private string _token = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var made = await ServerProcess.RunAsync("projects", "create", "Killed", "--data", _data);
        made.ExitCode.ShouldBe(0, made.Errors);
        var project = JsonDocument.Parse(made.Output).RootElement;
        _token = project.GetProperty("token").GetString()!;
    }

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_data, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public Task A_few_kills_and_everybody_has_one_message() => Everybody_has_exactly_one_message(kills: 3, people: 2_000);

    [Fact]
    [Trait("Category", "Long")]
    public Task Twenty_kills_in_sends_to_ten_thousand_and_everybody_has_one_message_of_each() => Everybody_has_exactly_one_message(kills: 20, people: 10_000);

    private async Task Everybody_has_exactly_one_message(int kills, int people)
    {
        var random = new Random(20261123);
        var campaigns = new List<int>();
        var killedInTheMiddle = 0;
        await using (var first = await ServerProcess.StartAsync(_data, "serve"))
        {
            await AddPeopleAsync(first, people, person => $"token-{person}");
            await SetChannelsAsync(first, new JsonObject { ["push"] = "sandbox", ["email"] = "none" });
            campaigns.Add(await LaunchTwiceAsync(first, campaigns.Count));
            await Task.Delay(random.Next(60, 250), Token);
            await first.KillAsync();
            killedInTheMiddle += CountOpen() > 0 ? 1 : 0;
        }

        // A campaign that got through between two kills is followed by another, so that every kill meets a send.
        for (var kill = 1; killedInTheMiddle < kills; kill++)
        {
            kill.ShouldBeLessThan(kills * 4, "most kills should come in the middle of a send");
            await using var server = await ServerProcess.StartAsync(_data, "serve");
            if (CountOpen() == 0)
            {
                campaigns.Add(await LaunchTwiceAsync(server, campaigns.Count));
            }

            await Task.Delay(random.Next(0, 200), Token);
            await server.KillAsync();
            killedInTheMiddle += CountOpen() > 0 ? 1 : 0;
        }

        await using (var last = await ServerProcess.StartAsync(_data, "serve"))
        {
            foreach (var campaign in campaigns)
            {
                await FinishedAsync(last, campaign);
                await SendEventsAsync(last, campaign, people);
            }

            await last.KillAsync();
        }

        foreach (var campaign in campaigns)
        {
            var received = Query("sandbox.db", "SELECT person, COUNT(*) FROM sandbox_messages WHERE json_extract(data, '$.campaign_id') = $id GROUP BY person", ("$id", $"{campaign}"));
            received.Count.ShouldBe(people);
            received.ShouldAllBe(row => (long)row[1] == 1);
        }
    }

    [Fact]
    public Task A_few_kills_and_FCM_gets_nothing_twice() => Nobody_gets_two(kills: 3, people: 2_000);

    [Fact]
    [Trait("Category", "Long")]
    public Task Twenty_kills_in_sends_to_ten_thousand_and_FCM_gets_nothing_twice() => Nobody_gets_two(kills: 20, people: 10_000);

    private async Task Nobody_gets_two(int kills, int people)
    {
        var random = new Random(20261124);
        await using var fcm = await FcmServer.StartAsync(TimeProvider.System);
        var campaigns = new List<int>();
        await using (var first = await ServerProcess.StartAsync(_data, "serve"))
        {
            await AddPeopleAsync(first, people, person => $"token-{person}");
            await SetChannelsAsync(first, new JsonObject
            {
                ["push"] = "fcm",
                ["email"] = "none",
                ["fcm"] = new JsonObject { ["serviceAccountJson"] = fcm.KeyFile, ["endpoint"] = fcm.Address },
            });
            campaigns.Add(await LaunchTwiceAsync(first, campaigns.Count));
            await Task.Delay(random.Next(60, 250), Token);
            await first.KillAsync();
        }

        for (var kill = 1; kill < kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(_data, "serve");
            if (CountOpen() == 0)
            {
                campaigns.Add(await LaunchTwiceAsync(server, campaigns.Count));
            }

            await Task.Delay(random.Next(0, 200), Token);
            await server.KillAsync();
        }

        var unknownCount = 0;
        await using (var last = await ServerProcess.StartAsync(_data, "serve"))
        {
            foreach (var campaign in campaigns)
            {
                var results = await FinishedAsync(last, campaign);
                var unknown = (int?)results["notSent"]?["outcomeUnknown"] ?? 0;
                unknownCount += unknown;
                ((int)results["arms"]![0]!["people"]!).ShouldBe(people - unknown);
                results["notSent"]!.AsObject().Count.ShouldBeLessThanOrEqualTo(1);
            }

            await last.KillAsync();
        }

        fcm.Violations.ShouldBeEmpty();
        foreach (var campaign in campaigns)
        {
            var received = fcm.Messages.Where(message => message.GetProperty("data").GetProperty("campaign_id").GetString() == $"{campaign}")
                .Select(message => message.GetProperty("token").GetString()!)
                .ToList();
            received.Count.ShouldBe(received.Distinct().Count(), "nobody gets a message twice");
            var sent = Query("engagement.db", "SELECT messages.Address FROM messages JOIN sends ON sends.Id = messages.Send WHERE sends.Campaign = $id AND messages.State = 2", ("$id", campaign));
            sent.Select(row => (string)row[0]).Except(received).ShouldBeEmpty("what counts as sent has arrived");
        }

        TestContext.Current.SendDiagnosticMessage("{0} campaigns, {1} messages of unknown outcome", campaigns.Count, unknownCount);
        unknownCount.ShouldBeLessThan(kills * 100 + 1, "at most what was on its way at each kill");
    }

    /// <summary>People are added over the public interface, as an app would.</summary>
    private async Task AddPeopleAsync(ServerProcess server, int count, Func<string, string> tokenOf)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        foreach (var chunk in Enumerable.Range(0, count).Chunk(1000))
        {
            var updates = new JsonArray([.. chunk.Select(index => new JsonObject
            {
                ["$token"] = _token,
                ["$distinct_id"] = $"person-{index}",
                ["$set"] = new JsonObject { ["$android_devices"] = new JsonArray(tokenOf($"person-{index}")), ["$first_name"] = $"P{index}" },
            })]);
            using var answer = await http.PostAsJsonAsync("/engage?verbose=1", updates, Token);
            answer.IsSuccessStatusCode.ShouldBeTrue();
        }
    }

    private static async Task SetChannelsAsync(ServerProcess server, JsonObject settings)
    {
        using var answer = await server.Http.PutAsJsonAsync("/api/v1/channels?project=Killed", settings, Token);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Token));
    }

    /// <summary>Creates a campaign and launches it with a double click.</summary>
    private static async Task<int> LaunchTwiceAsync(ServerProcess server, int number)
    {
        var plan = new JsonObject
        {
            ["name"] = $"Campaign {number}",
            ["channel"] = "push",
            ["variants"] = new JsonArray(new JsonObject
            {
                ["name"] = "A",
                ["percent"] = 100,
                ["message"] = new JsonObject { ["kind"] = "push", ["title"] = "Hello {{${first_name}}}", ["body"] = "We miss you", ["link"] = "musicfinder://home" },
            }),
            ["controlPercent"] = 0,
            ["delivery"] = new JsonObject { ["kind"] = "now" },
            ["audience"] = new JsonObject { ["kind"] = "all", ["of"] = new JsonArray() },
        };
        using var created = await server.Http.PostAsJsonAsync("/api/v1/campaigns?project=Killed", plan, Token);
        created.IsSuccessStatusCode.ShouldBeTrue(await created.Content.ReadAsStringAsync(Token));
        var id = (int)(await created.Content.ReadFromJsonAsync<JsonObject>(Token))!["id"]!;
        var launches = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => server.Http.PostAsync($"/api/v1/campaigns/{id}/launch?project=Killed", null, Token)));
        launches.ShouldAllBe(launch => launch.IsSuccessStatusCode);
        return id;
    }

    private static async Task<JsonObject> FinishedAsync(ServerProcess server, int campaign)
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (patience.Elapsed < TimeSpan.FromSeconds(60))
        {
            var found = await server.Http.GetFromJsonAsync<JsonObject>($"/api/v1/campaigns/{campaign}?project=Killed", Token);
            if ((string?)found!["state"] == "finished")
            {
                // The event store learns the last messages a moment after the ledger.
                await Task.Delay(500, Token);
                return (await server.Http.GetFromJsonAsync<JsonObject>($"/api/v1/campaigns/{campaign}/results?project=Killed", Token))!;
            }

            await Task.Delay(50, Token);
        }

        throw new TimeoutException($"Campaign {campaign} did not finish.");
    }

    /// <summary>The event store has one Send event a person, whatever was repeated.</summary>
    private static async Task SendEventsAsync(ServerProcess server, int campaign, int people)
    {
        var results = await server.Http.GetFromJsonAsync<JsonObject>($"/api/v1/campaigns/{campaign}/results?project=Killed", Token);
        var arm = results!["arms"]![0]!;
        ((int)arm["people"]!).ShouldBe(people);
        ((int)arm["sends"]!).ShouldBe(people);
        results["notSent"]!.AsObject().Count.ShouldBe(0);
    }

    private int CountOpen() => Query("engagement.db", "SELECT 1 FROM sends WHERE State IN (1, 2) LIMIT 1").Count
        + Query("engagement.db", "SELECT 1 FROM campaigns WHERE LaunchedAt IS NOT NULL AND EnrolledAt IS NULL LIMIT 1").Count;

    private List<object[]> Query(string file, string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_data, file), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }
}
