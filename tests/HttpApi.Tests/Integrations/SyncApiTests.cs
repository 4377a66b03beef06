using System.Net;
using System.Text.Json;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Tests.Hosting;

namespace Rondo.HttpApi.Tests.Integrations;

public sealed class SyncApiTests(SharedServer shared)
{
    /// <summary>Passes, each a second of the server's and 20 ms of ours, after which something will not come any more.</summary>
    private const int MostPasses = 1500;

    [Fact]
    public async Task A_cohort_is_connected_sent_and_recorded_through_the_api()
    {
        // A server of its own, since its clock is moved.
        await using var server = await TestServer.StartAsync();
        var keys = await server.CreateProjectAsync("Sync API");
        using var client = server.Client(keys.RestKey);
        var connection = await client.PostJsonAsync("/api/v1/connections", """{"name":"Files","settings":{"kind":"folder","folder":"audiences"}}""");
        connection.GetProperty("settings").GetRawText().ShouldBe("""{"kind":"folder","folder":"audiences"}""");
        var id = connection.GetProperty("id").GetInt32();
        (await client.PostJsonAsync($"/api/v1/connections/{id}/test", "")).GetProperty("isReady").GetBoolean().ShouldBeTrue();

        await client.PostJsonAsync("/track?verbose=1", $$"""[{"event":"Play","properties":{"token":"{{keys.Project.Token}}","distinct_id":"=ann"} },{"event":"Play","properties":{"token":"{{keys.Project.Token}}","distinct_id":"bob"} }]""");
        var cohort = (await client.PostJsonAsync("/api/v1/cohorts", """{"name":"Listeners","definition":{"kind":"filter","where":{"kind":"did","event":{"event":"Play"},"comparison":"atLeast","count":1}}}""")).GetProperty("id").GetInt32();
        (await client.PostJsonAsync("/api/v1/syncs/match", $$"""{"cohort":{{cohort}},"mapping":{"kind":"externalId","property":"ext"} }""")).GetRawText().ShouldBe("""{"members":2,"matched":0}""");

        var sync = (await client.PostJsonAsync("/api/v1/syncs", $$"""{"connection":{{id}},"cohort":{{cohort}} }""")).GetProperty("id").GetInt32();
        var finished = await UntilAsync(server, client, $"/api/v1/syncs/{sync}", "finished");
        finished.GetProperty("counts").GetRawText().ShouldBe("""{"held":2,"waiting":0,"unmatched":0,"refused":0}""");
        finished.GetProperty("remoteId").GetString().ShouldBe($"{keys.Project.Token}-{cohort}");
        finished.TryGetProperty("trouble", out _).ShouldBeFalse();

        var file = Directory.GetFiles(Path.Combine(server.Directory, "exports", keys.Project.Id.ToString(), "audiences"), "*", SearchOption.AllDirectories).ShouldHaveSingleItem();
        (await File.ReadAllLinesAsync(file)).Skip(1).ShouldBe(["""{"external_id":"=ann"}""", """{"external_id":"bob"}"""]);

        var run = (await client.GetJsonAsync($"/api/v1/syncs/{sync}/runs")).EnumerateArray().ShouldHaveSingleItem();
        run.GetProperty("added").GetInt32().ShouldBe(2);
        var audit = (await client.GetStringAsync(new Uri($"/api/v1/syncs/{sync}/audit", UriKind.Relative))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        audit[0].ShouldBe("distinct_id,partner_id,operation,reason,detail,run,at");
        audit[1].ShouldStartWith($"'=ann,'=ann,add,entered,,{run.GetProperty("id").GetInt32()},");
        audit.Length.ShouldBe(3);

        (await client.PostJsonAsync($"/api/v1/syncs/{sync}/pause", "")).GetProperty("problems")[0].GetProperty("field").GetString().ShouldBe("sync");
        using var removed = await client.DeleteAsync(new Uri($"/api/v1/syncs/{sync}?takeMembersOut=true", UriKind.Relative));
        removed.StatusCode.ShouldBe(HttpStatusCode.OK);
        await GoneAsync(server, client, $"/api/v1/syncs/{sync}");
        using var disconnected = await client.DeleteAsync(new Uri($"/api/v1/connections/{id}", UriKind.Relative));
        disconnected.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Keys_are_never_in_an_answer()
    {
        var (_, client) = await ProjectAsync("Sync keys");
        const string Body = """{"name":"Braze","settings":{"kind":"braze","endpoint":"https://rest.iad-01.braze.com","dataImportKey":"key-one","partnerApiKey":"key-two"}}""";
        var made = await client.PostJsonAsync("/api/v1/connections", Body);
        made.GetRawText().ShouldNotContain("key-");
        (await client.GetStringAsync(new Uri("/api/v1/connections", UriKind.Relative))).ShouldNotContain("key-");
        using var change = new StringContent("""{"name":"Braze EU","settings":{"kind":"braze","endpoint":"https://rest.fra-01.braze.eu"}}""");
        using var changed = await client.PutAsync(new Uri($"/api/v1/connections/{made.GetProperty("id").GetInt32()}", UriKind.Relative), change);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/api/v1/connections", """{"settings":{"kind":"folder","folder":"x"}}""", "name")]
    [InlineData("/api/v1/connections", """{"name":"x","settings":{"kind":"pigeon"}}""", "settings")]
    [InlineData("/api/v1/connections", """{"name":"x","settings":{"kind":"folder","folder":"../x"}}""", "settings.folder")]
    [InlineData("/api/v1/connections", """{"name":"x","settings":{"kind":"webhook","url":"javascript:alert(1)"}}""", "settings.url")]
    [InlineData("/api/v1/syncs", """{"cohort":1}""", "connection")]
    [InlineData("/api/v1/syncs", """{"cohort":999,"connection":1}""", "cohort")]
    [InlineData("/api/v1/syncs", """{"cohort":"one","connection":1}""", "cohort")]
    [InlineData("/api/v1/syncs", """{"cohort":999,"connection":1,"intervalSeconds":0}""", "intervalSeconds")]
    [InlineData("/api/v1/syncs", """{"cohort":999,"connection":1,"mapping":{"kind":"alias"}}""", "mapping.aliasLabel")]
    [InlineData("/api/v1/syncs", """{"cohort":999,"connection":1,"mapping":{"kind":"telepathy"}}""", "mapping.kind")]
    public async Task What_cannot_be_is_refused_by_field(string path, string body, string field)
    {
        var (_, client) = await ProjectAsync(Guid.NewGuid().ToString("n"));
        var reply = await client.PostJsonAsync(path, body);
        reply.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("field").GetString()).ShouldContain(field, reply.GetRawText());
    }

    [Fact]
    public async Task Another_project_sees_neither_connections_nor_syncs()
    {
        var (_, client) = await ProjectAsync("Sync owner");
        var (_, other) = await ProjectAsync("Sync stranger");
        var connection = (await client.PostJsonAsync("/api/v1/connections", """{"name":"Files","settings":{"kind":"folder","folder":"x"}}""")).GetProperty("id").GetInt32();
        foreach (var path in new[] { $"/api/v1/connections/{connection}", "/api/v1/syncs/1/audit" })
        {
            using var reply = await other.GetAsync(new Uri(path, UriKind.Relative));
            reply.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await other.GetJsonAsync("/api/v1/connections")).GetArrayLength().ShouldBe(0);
    }

    private async Task<(ProjectWithKeys Keys, HttpClient Client)> ProjectAsync(string name)
    {
        var keys = await shared.Server.CreateProjectAsync(name);
        return (keys, shared.Server.Client(keys.RestKey));
    }

    private static async Task<JsonElement> UntilAsync(TestServer server, HttpClient client, string path, string state)
    {
        for (var pass = 0; pass < MostPasses; pass++)
        {
            var found = await client.GetJsonAsync(path);
            if (found.GetProperty("state").GetString() == state)
            {
                return found;
            }

            await PassAsync(server);
        }

        throw new TimeoutException($"{path} did not become {state}.");
    }

    private static async Task GoneAsync(TestServer server, HttpClient client, string path)
    {
        for (var pass = 0; pass < MostPasses; pass++)
        {
            using var reply = await client.GetAsync(new Uri(path, UriKind.Relative));
            if (reply.StatusCode == HttpStatusCode.NotFound)
            {
                return;
            }

            await PassAsync(server);
        }

        throw new TimeoutException($"{path} is still there.");
    }

    /// <summary>Lets the server's second pass and gives it a moment of ours.</summary>
    private static Task PassAsync(TestServer server)
    {
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        return Task.Delay(20);
    }
}
