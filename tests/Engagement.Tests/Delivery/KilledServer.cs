using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Rondo.Running;

namespace Rondo.Engagement.Tests.Delivery;

/// <summary>A real server with people and a campaign, to be killed and started again on the same folder.</summary>
public abstract class KilledServer : IAsyncLifetime
{
    private string _token = string.Empty;

    protected string Data { get; } = Directory.CreateTempSubdirectory("rondo-sending-").FullName;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var made = await ServerProcess.RunAsync("projects", "create", "Killed", "--data", Data);
        made.ExitCode.ShouldBe(0, made.Errors);
        var project = JsonDocument.Parse(made.Output).RootElement;
        _token = project.GetProperty("token").GetString()!;
    }

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(Data, recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>People are added over the public interface, as an app would.</summary>
    protected async Task AddPeopleAsync(ServerProcess server, int count, Func<string, string> tokenOf)
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

    protected static async Task SetChannelsAsync(ServerProcess server, JsonObject settings)
    {
        using var answer = await server.Http.PutAsJsonAsync("/api/v1/channels?project=Killed", settings, Token);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Token));
    }

    /// <summary>Creates a campaign and launches it with a double click.</summary>
    protected static async Task<int> LaunchTwiceAsync(ServerProcess server, int number)
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

    /// <summary>What a campaign came to, once it is finished and the event store, which learns of sends after the ledger, knows of as many people.</summary>
    protected static async Task<JsonObject> FinishedAsync(ServerProcess server, int campaign, int people)
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var found = await server.Http.GetFromJsonAsync<JsonObject>($"/api/v1/campaigns/{campaign}?project=Killed", Token);
            var results = (await server.Http.GetFromJsonAsync<JsonObject>($"/api/v1/campaigns/{campaign}/results?project=Killed", Token))!;
            var known = (int)results["arms"]![0]!["people"]! + results["notSent"]!.AsObject().Sum(reason => (int)reason.Value!);
            if ((string?)found!["state"] == "finished" && known >= people)
            {
                return results;
            }

            patience.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60), $"{found}, {results}");
            await Task.Delay(50, Token);
        }
    }

    /// <summary>The event store has one Send event a person, whatever was repeated.</summary>
    protected static void ShouldBeSentOnce(JsonObject results, int people)
    {
        var arm = results["arms"]![0]!;
        ((int)arm["people"]!).ShouldBe(people);
        ((int)arm["sends"]!).ShouldBe(people);
        results["notSent"]!.AsObject().Count.ShouldBe(0);
    }

    protected int CountOpen() => Query("engagement.db", "SELECT 1 FROM sends WHERE State IN (1, 2) LIMIT 1").Count
        + Query("engagement.db", "SELECT 1 FROM campaigns WHERE LaunchedAt IS NOT NULL AND EnrolledAt IS NULL LIMIT 1").Count;

    protected List<object[]> Query(string file, string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(Data, file), Pooling = false }.ToString());
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
