using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rondo.Analytics.Tests.AudienceSync;
using Rondo.Running;

namespace Rondo.Server.Tests;

/// <summary>
/// The server is killed at random instants while a cohort changes and is kept the same in a Braze that loses answers, breaks
/// connections, is busy and refuses keys: by the clock, or just when Braze has taken a page and has not answered. In the end both
/// sides hold the same people. 12 kills and 10,000 changes; RONDO_SYNC_KILLS asks for more, RONDO_SYNC_SEED for another order.
/// </summary>
public sealed class KilledWhileSyncing : IAsyncLifetime
{
    private const string Project = "Killed";
    private const int ChangesPerLife = 834;
    private const int PeopleCount = 3000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _data = Directory.CreateTempSubdirectory("rondo-sync-kill-").FullName;
    private readonly Random _random = new(Setting("RONDO_SYNC_SEED", 20261124));

    /// <summary>Apart from the other, since the stand-in asks it whenever it is called; its calls come one after the other.</summary>
    private readonly Random _chance = new(Setting("RONDO_SYNC_SEED", 20261124));
    private readonly HashSet<int> _pro = [];
    private BrazeServer _braze = null!;

    private static int Kills => Setting("RONDO_SYNC_KILLS", 12);

    public async ValueTask InitializeAsync() => _braze = await BrazeServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _braze.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Both_sides_end_with_the_same_members()
    {
        var made = await ServerProcess.RunAsync("projects", "create", Project, "--token", "killed-token", "--data", _data);
        made.ExitCode.ShouldBe(0, made.Errors);
        var sync = await ConnectAsync();
        var (changed, sentIn) = (0, 0);
        for (var kill = 0; kill < Kills; kill++)
        {
            var requests = _braze.Requests.Count;
            changed += await LifeAsync(sync, killsWhileTaking: kill % 2 == 0);
            sentIn += _braze.Requests.Count > requests ? 1 : 0;
        }

        changed.ShouldBe(Kills * ChangesPerLife);
        sentIn.ShouldBeGreaterThan(Kills / 2, "most servers were killed before they sent anything");
        _braze.NextFault = null;
        await using var server = await StartAsync();
        await WantAsync(server, sync);
        var expected = _pro.Select(person => $"user:{NameOf(person)}").Order(StringComparer.Ordinal).ToList();
        await EventuallyAsync(async () =>
        {
            var found = await server.Http.GetFromJsonAsync<JsonElement>(PathOf($"/api/v1/syncs/{sync}"));
            found.GetProperty("counts").GetRawText().ShouldBe($$"""{"held":{{expected.Count}},"waiting":0,"unmatched":0,"refused":0}""", found.GetRawText());
            _braze.MembersOf(found.GetProperty("remoteId").GetString()!).Order(StringComparer.Ordinal).ShouldBe(expected);
        });
        _braze.Violations.ShouldBeEmpty();
        await RecordAgreesAsync(server, sync, expected.Count);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Kills} kills, {changed} changes, {_braze.Requests.Count} requests, {expected.Count} members");
    }

    /// <summary>One server from its start to its kill; gives how many people changed.</summary>
    private async Task<int> LifeAsync(int sync, bool killsWhileTaking)
    {
        var taken = new TaskCompletionSource();
        var calm = killsWhileTaking ? _random.Next(1, 4) : int.MaxValue;
        _braze.NextFault = () =>
        {
            if (Interlocked.Decrement(ref calm) == 0)
            {
                taken.TrySetResult();
                return Fault.SilenceAfterTaking;
            }

            return FaultOf(_chance.Next(100));
        };
        await using var server = await StartAsync();
        await WantAsync(server, sync);
        var changing = Enumerable.Range(0, PeopleCount).ToArray();
        _random.Shuffle(changing);
        foreach (var part in changing.Take(ChangesPerLife).Chunk(139))
        {
            await PutAsync(server, part);
        }

        await (killsWhileTaking ? Task.WhenAny(taken.Task, Task.Delay(2500)) : Task.Delay(_random.Next(0, 1500)));
        await server.KillAsync();
        return ChangesPerLife;
    }

    private static Fault FaultOf(int chance) => chance switch
    {
        < 4 => Fault.SilenceAfterTaking,
        < 14 => Fault.ResetAfterTaking,
        < 20 => Fault.ResetBefore,
        < 25 => Fault.Broken500,
        < 28 => Fault.Busy429,
        < 32 => Fault.Locked423,
        < 34 => Fault.Unauthorized401,
        _ => Fault.None,
    };

    /// <summary>Turns people's plans round; only what was acknowledged has happened.</summary>
    private async Task PutAsync(ServerProcess server, IReadOnlyList<int> people)
    {
        var updates = new JsonArray([.. people.Select(person => new JsonObject
        {
            ["$token"] = "killed-token",
            ["$distinct_id"] = NameOf(person),
            ["$set"] = new JsonObject { ["plan"] = _pro.Contains(person) ? "Free" : "Pro" },
        })]);
        using var content = new StringContent(updates.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var reply = await server.Http.PostAsync(new Uri("/engage?verbose=1", UriKind.Relative), content);
        (await reply.Content.ReadAsStringAsync()).ShouldContain("\"status\":1");
        _pro.SymmetricExceptWith(people);
    }

    private async Task<int> ConnectAsync()
    {
        await using var server = await StartAsync();
        var connection = await PostAsync(server, "/api/v1/connections", new JsonObject
        {
            ["name"] = "Braze",
            ["settings"] = new JsonObject { ["kind"] = "braze", ["endpoint"] = _braze.Address, ["dataImportKey"] = BrazeServer.DataImportKey, ["partnerApiKey"] = BrazeServer.PartnerKey },
        });
        var cohort = await PostAsync(server, "/api/v1/cohorts", JsonNode.Parse(
            """{"name":"Pro","definition":{"kind":"filter","where":{"kind":"property","source":"user","property":"plan","operator":"equals","values":["Pro"]}}}""")!);
        var sync = await PostAsync(server, "/api/v1/syncs", new JsonObject { ["cohort"] = cohort.GetProperty("id").GetInt32(), ["connection"] = connection.GetProperty("id").GetInt32(), ["intervalSeconds"] = 1 });
        return sync.GetProperty("id").GetInt32();
    }

    /// <summary>Somebody mends the keys, where they were refused, and does not wait for the next attempt.</summary>
    private static async Task WantAsync(ServerProcess server, int sync)
    {
        var found = await server.Http.GetFromJsonAsync<JsonElement>(PathOf($"/api/v1/syncs/{sync}"));
        if (found.GetProperty("state").GetString() == "paused")
        {
            found.GetProperty("trouble").GetProperty("advice").GetString().ShouldBe("renewKeys");
            await PostAsync(server, $"/api/v1/syncs/{sync}/resume", new JsonObject());
        }

        await PostAsync(server, $"/api/v1/syncs/{sync}/run", new JsonObject());
    }

    /// <summary>Adding up the record gives the members, each added and removed in turn.</summary>
    private static async Task RecordAgreesAsync(ServerProcess server, int sync, int memberCount)
    {
        var members = new HashSet<string>();
        var record = await server.Http.GetStringAsync(PathOf($"/api/v1/syncs/{sync}/audit"));
        foreach (var cells in record.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).Where(cells => cells[2] != "no-op"))
        {
            (cells[2] == "add" ? members.Add(cells[1]) : members.Remove(cells[1])).ShouldBeTrue($"{string.Join(',', cells)} is recorded twice");
        }

        members.Count.ShouldBe(memberCount);
    }

    private static async Task EventuallyAsync(Func<Task> check)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await check();
                return;
            }
            catch (ShouldAssertException) when (waited.Elapsed < Patience)
            {
                await Task.Delay(100);
            }
        }
    }

    private static async Task<JsonElement> PostAsync(ServerProcess server, string path, JsonNode body)
    {
        using var reply = await server.Http.PostAsJsonAsync(PathOf(path), body);
        var text = await reply.Content.ReadAsStringAsync();
        reply.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonDocument.Parse(text).RootElement;
    }

    private Task<ServerProcess> StartAsync() => ServerProcess.StartAsync(_data, "serve", "--allow-private-addresses");

    private static Uri PathOf(string path) => new($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}project={Project}", UriKind.Relative);

    private static string NameOf(int person) => $"person-{person}";

    private static int Setting(string name, int absent) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : absent;
}
