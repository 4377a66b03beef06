using System.Net;
using System.Text.Json;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Tests.Hosting;

namespace Rondo.HttpApi.Tests.Integrations;

public sealed class StreamApiTests(SharedServer shared)
{
    /// <summary>Passes, each a second of the server's and 20 ms of ours, after which something will not come any more.</summary>
    private const int MostPasses = 1500;

    [Fact]
    public async Task Events_are_streamed_paused_and_sent_again_through_the_api()
    {
        // A server of its own, since its clock is moved.
        await using var server = await TestServer.StartAsync();
        var keys = await server.CreateProjectAsync("Stream API");
        using var client = server.Client(keys.RestKey);
        await TrackAsync(client, keys, "before");
        var connection = (await client.PostJsonAsync("/api/v1/connections", """{"name":"Files","settings":{"kind":"folder","folder":"events"}}""")).GetProperty("id").GetInt32();
        var made = await client.PostJsonAsync("/api/v1/streams", $$"""{"name":"All","connection":{{connection}},"choice":{"types":["users.messages.*"],"productEvents":["*"]},"format":"ndjson","fileIntervalSeconds":1}""");
        var id = made.GetProperty("id").GetInt32();
        made.GetProperty("choice").GetRawText().ShouldBe("""{"types":["users.messages.*"],"productEvents":["*"]}""");
        made.GetProperty("fileIntervalSeconds").GetDouble().ShouldBe(1);
        await TrackAsync(client, keys, "after");
        var sent = await UntilAsync(server, client, $"/api/v1/streams/{id}", stream => stream.GetProperty("counts").GetProperty("sent").GetInt64() == 1);
        sent.GetProperty("lag").GetRawText().ShouldBe("""{"events":0,"isAtLeast":false,"seconds":0}""");
        sent.GetProperty("counts").GetRawText().ShouldBe("""{"sent":1,"anonymous":0,"incomplete":0,"refused":0,"lostBatches":0}""");
        (await File.ReadAllTextAsync(Files(server, keys).ShouldHaveSingleItem())).ShouldContain("\"name\":\"after\"");

        (await client.PostJsonAsync($"/api/v1/streams/{id}/pause", "")).GetProperty("state").GetString().ShouldBe("paused");
        (await client.PostJsonAsync($"/api/v1/streams/{id}/resume", "")).GetProperty("state").GetString().ShouldBe("active");
        (await client.PostJsonAsync($"/api/v1/streams/{id}/backfill", """{"from":"2020-01-01T00:00:00Z"}""")).GetProperty("backfill").GetProperty("from").GetString().ShouldBe("2020-01-01T00:00:00Z");
        await UntilAsync(server, client, $"/api/v1/streams/{id}", stream => stream.GetProperty("counts").GetProperty("sent").GetInt64() == 3);
        using var change = new StringContent("""{"name":"Opens","choice":{"types":["users.messages.pushnotification.Open"]},"format":"avro"}""");
        using var changed = await client.PutAsync(new Uri($"/api/v1/streams/{id}", UriKind.Relative), change);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var found = await client.GetJsonAsync($"/api/v1/streams/{id}");
        (found.GetProperty("name").GetString(), found.GetProperty("format").GetString()).ShouldBe(("Opens", "avro"));
        (await client.GetStringAsync(new Uri($"/api/v1/streams/{id}/record", UriKind.Relative))).ShouldBe("at,reason,id,event,distinct_id,detail\r\n");

        using var inUse = await client.DeleteAsync(new Uri($"/api/v1/connections/{connection}", UriKind.Relative));
        inUse.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var removed = await client.DeleteAsync(new Uri($"/api/v1/streams/{id}", UriKind.Relative));
        removed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetJsonAsync("/api/v1/streams")).GetArrayLength().ShouldBe(0);
        using var disconnected = await client.DeleteAsync(new Uri($"/api/v1/connections/{connection}", UriKind.Relative));
        disconnected.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_types_that_can_be_chosen_are_told()
    {
        var (_, client) = await ProjectAsync("Stream types");
        var types = (await client.GetJsonAsync("/api/v1/streams/types")).EnumerateArray().ToList();
        types.Count.ShouldBe(CurrentsCatalogue.All.Count);
        var open = types.Single(type => type.GetProperty("type").GetString() == "users.messages.pushnotification.Open");
        (open.GetProperty("event").GetString(), open.GetProperty("required")[0].GetString()).ShouldBe(("Push Notification Open", "app_id"));
    }

    [Fact]
    public async Task Keys_are_never_in_an_answer()
    {
        var (_, client) = await ProjectAsync("Stream keys");
        foreach (var body in new[]
        {
            """{"name":"Mixpanel","settings":{"kind":"mixpanel","endpoint":"https://api.mixpanel.com","token":"public","secret":"key-one"}}""",
            """{"name":"Collector","settings":{"kind":"currents","url":"https://example.org/currents","token":"key-two"}}""",
        })
        {
            (await client.PostJsonAsync("/api/v1/connections", body)).GetRawText().ShouldNotContain("key-");
        }

        (await client.GetStringAsync(new Uri("/api/v1/connections", UriKind.Relative))).ShouldNotContain("key-");
    }

    [Theory]
    [InlineData("/api/v1/connections", """{"name":"x","settings":{"kind":"currents","url":"ftp://example.org"}}""", "settings.url", "must be an absolute http or https address without a user in it")]
    [InlineData("/api/v1/connections", """{"name":"x","settings":{"kind":"currents","url":"https://example.org","eventsPerRequest":0}}""", "settings.eventsPerRequest", "must be 1 to 10000")]
    [InlineData("/api/v1/connections", """{"name":"x","settings":{"kind":"mixpanel","endpoint":"https://api.mixpanel.com"}}""", "settings.token", "is required")]
    [InlineData("/api/v1/connections", """{"name":"x","settings":{"kind":"mixpanel","endpoint":"nowhere","token":"t"}}""", "settings.endpoint", "must be an absolute http or https address without a user in it")]
    [InlineData("/api/v1/connections", """{"name":"x","settings":{"kind":"mixpanel","endpoint":"https://api.mixpanel.com","token":"t","serviceAccount":"robot"}}""", "settings.secret", "is required: that of the service account")]
    [InlineData("/api/v1/connections", """{"name":"x","settings":{"kind":"mixpanel","endpoint":"https://api.mixpanel.com","token":"t","secret":"s","serviceAccount":"robot"}}""", "settings.remoteProject", "is required: a service account may serve several projects")]
    [InlineData("/api/v1/connections", """{"name":"x","settings":{"kind":"mixpanel","endpoint":"https://api.mixpanel.com","token":"t","remoteProject":"x1"}}""", "settings.remoteProject", "must be a number")]
    [InlineData("/api/v1/streams", """{"connection":1,"choice":{"types":["*"]}}""", "name", "must be 1 to 200 characters")]
    [InlineData("/api/v1/streams", """{"name":"","connection":FILES,"choice":{"types":["*"]}}""", "name", "must be 1 to 200 characters")]
    [InlineData("/api/v1/streams", """{"name":"x","connection":999,"choice":{"types":["*"]}}""", "connection", "there is no connection 999")]
    [InlineData("/api/v1/streams", """{"name":"x","connection":WEBHOOK,"choice":{"types":["*"]}}""", "connection", "takes cohorts and no events")]
    [InlineData("/api/v1/streams", """{"name":"x","connection":FILES,"choice":{}}""", "choice", "must name at least one type, family or product event")]
    [InlineData("/api/v1/streams", """{"name":"x","connection":FILES}""", "choice", "must name at least one type, family or product event")]
    [InlineData("/api/v1/streams", """{"name":"x","connection":FILES,"choice":{"types":["users.messages.carrierpigeon.*"]}}""", "choice.types[0]", "'users.messages.carrierpigeon.*' is no type and no family of Currents")]
    [InlineData("/api/v1/streams", """{"name":"x","connection":FILES,"choice":{"productEvents":["Play"," "]}}""", "choice.productEvents[1]", "must be the name of an event, or *")]
    [InlineData("/api/v1/streams", """{"name":"x","connection":FILES,"choice":{"types":["*"]},"format":"xml"}""", "format", "")]
    [InlineData("/api/v1/streams", """{"name":"x","connection":FILES,"choice":{"types":["*"]},"fileIntervalSeconds":0.5}""", "fileIntervalSeconds", "must be 1 second to 1 hour")]
    [InlineData("/api/v1/streams", """{"name":"x","connection":CURRENTS,"choice":{"types":["*"]},"fileIntervalSeconds":5}""", "fileIntervalSeconds", "is for connections that take files")]
    [InlineData("/api/v1/streams", """{"name":"x","connection":CURRENTS,"choice":{"types":["*"]},"format":"avro"}""", "format", "is for connections that take files")]
    [InlineData("/api/v1/streams", """{"name":"x","connection":FILES,"choice":{"types":["*"]},"backfillFrom":"2999-01-01T00:00:00Z"}""", "backfillFrom", "must not be in the future")]
    [InlineData("/api/v1/streams", """{"name":"x","connection":FILES,"choice":{"types":["*"]},"backfillFrom":"yesterday"}""", "backfillFrom", "")]
    [InlineData("/api/v1/syncs", """{"cohort":1,"connection":CURRENTS}""", "connection", "takes events and no cohorts")]
    public async Task What_cannot_be_is_refused_by_field(string path, string body, string field, string rule)
    {
        var (_, client) = await ProjectAsync(Guid.NewGuid().ToString("n"));
        foreach (var (name, settings) in new[] { ("FILES", """{"kind":"folder","folder":"x"}"""), ("WEBHOOK", """{"kind":"webhook","url":"https://example.org"}"""), ("CURRENTS", """{"kind":"currents","url":"https://example.org"}""") })
        {
            var made = await client.PostJsonAsync("/api/v1/connections", $$"""{"name":"{{name}}","settings":{{settings}} }""");
            body = body.Replace(name, made.GetProperty("id").GetRawText(), StringComparison.Ordinal);
        }

        var reply = await client.PostJsonAsync(path, body);
        var problem = reply.GetProperty("problems").EnumerateArray().SingleOrDefault(problem => problem.GetProperty("field").GetString() == field);
        problem.ValueKind.ShouldBe(JsonValueKind.Object, reply.GetRawText());
        problem.GetProperty("rule").GetString()!.ShouldStartWith(rule);
    }

    [Fact]
    public async Task Another_project_sees_no_stream()
    {
        var (_, client) = await ProjectAsync("Stream owner");
        var (_, other) = await ProjectAsync("Stream stranger");
        var connection = (await client.PostJsonAsync("/api/v1/connections", """{"name":"Files","settings":{"kind":"folder","folder":"x"}}""")).GetProperty("id").GetInt32();
        var stream = (await client.PostJsonAsync("/api/v1/streams", $$"""{"name":"All","connection":{{connection}},"choice":{"types":["*"]} }""")).GetProperty("id").GetInt32();
        foreach (var path in new[] { $"/api/v1/streams/{stream}", $"/api/v1/streams/{stream}/record" })
        {
            using var reply = await other.GetAsync(new Uri(path, UriKind.Relative));
            reply.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await other.GetJsonAsync("/api/v1/streams")).GetArrayLength().ShouldBe(0);
        (await other.PostJsonAsync("/api/v1/streams", $$"""{"name":"Mine","connection":{{connection}},"choice":{"types":["*"]} }""")).GetProperty("problems")[0].GetProperty("field").GetString().ShouldBe("connection");
    }

    private async Task<(ProjectWithKeys Keys, HttpClient Client)> ProjectAsync(string name)
    {
        var keys = await shared.Server.CreateProjectAsync(name);
        return (keys, shared.Server.Client(keys.RestKey));
    }

    private static async Task TrackAsync(HttpClient client, ProjectWithKeys keys, string name) =>
        await client.PostJsonAsync("/track?verbose=1", $$"""[{"event":"{{name}}","properties":{"token":"{{keys.Project.Token}}","distinct_id":"ann","$insert_id":"{{name}}"} }]""");

    private static string[] Files(TestServer server, ProjectWithKeys keys) =>
        Directory.GetFiles(Path.Combine(server.Directory, "exports", keys.Project.Id.ToString(), "events"), "*.ndjson", SearchOption.AllDirectories);

    private static async Task<JsonElement> UntilAsync(TestServer server, HttpClient client, string path, Func<JsonElement, bool> holds)
    {
        for (var pass = 0; pass < MostPasses; pass++)
        {
            var found = await client.GetJsonAsync(path);
            if (holds(found))
            {
                return found;
            }

            server.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20);
        }

        throw new TimeoutException($"{path} did not become what was expected: {await client.GetStringAsync(new Uri(path, UriKind.Relative))}");
    }
}
