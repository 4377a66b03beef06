using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Rondo.HttpApi.Tests.Hosting;

namespace Rondo.HttpApi.Tests;

public sealed class LimitTests
{
    [Fact]
    public async Task More_events_in_a_minute_than_allowed_are_turned_away_with_a_time_to_wait()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { HttpApi = options => options with { MaximumImportedEventsPerMinute = 3 } });
        var keys = await server.CreateProjectAsync("Limited");
        var other = await server.CreateProjectAsync("Other");

        (await ImportAsync(keys.Secret, 2, "a")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var refused = await ImportAsync(keys.Secret, 2, "b");
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        (await refused.Content.ReadAsStringAsync()).ShouldBe("""{"code":429,"error":"Project exceeded rate limits. Please retry the request with exponential backoff.","status":"Too Many Requests"}""");

        // A batch larger than a minute's worth takes the whole minute; it must not wait for ever.
        (await ImportAsync(other.Secret, 5, "c")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ImportAsync(other.Secret, 1, "d")).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);

        async Task<HttpResponseMessage> ImportAsync(string secret, int count, string id)
        {
            using var client = server.Client();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret + ":")));
            var events = Enumerable.Range(0, count).Select(number => $$$"""{"event":"A","properties":{"distinct_id":"u1","time":1577836800,"$insert_id":"{{{id}}}{{{number}}}"}}""");
            using var content = new StringContent($"[{string.Join(',', events)}]", Encoding.UTF8, "application/json");
            return await client.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content);
        }
    }

    [Fact]
    public async Task A_store_that_cannot_take_events_turns_them_away_with_a_time_to_wait_and_takes_them_once_it_is_mended()
    {
        await using var server = await TestServer.StartAsync();
        var keys = await server.CreateProjectAsync("Damaged");
        (await ImportAsync("a")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var store = Directory.GetFiles(server.Directory, "store.db", SearchOption.AllDirectories).Single(file => file.Contains($"{Path.DirectorySeparatorChar}{keys.Project.Id.Value}{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        var whole = Array.Empty<byte>();
        await server.RestartAsync(() =>
        {
            whole = File.ReadAllBytes(store);
            File.WriteAllBytes(store, [.. Enumerable.Repeat((byte)'x', whole.Length)]);
        });
        using var refused = await ImportAsync("b");
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        (await refused.Content.ReadAsStringAsync()).ShouldBe("""{"code":503,"error":"The server cannot store data at the moment. Please retry the request.","status":"Service Unavailable"}""");
        await server.RestartAsync(() => File.WriteAllBytes(store, whole));
        (await ImportAsync("b")).StatusCode.ShouldBe(HttpStatusCode.OK);

        async Task<HttpResponseMessage> ImportAsync(string id)
        {
            using var client = server.Client();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(keys.Secret + ":")));
            using var content = new StringContent($$$"""[{"event":"A","properties":{"distinct_id":"u1","time":1577836800,"$insert_id":"{{{id}}}"}}]""", Encoding.UTF8, "application/json");
            return await client.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content);
        }
    }

    [Fact]
    public async Task An_address_in_an_event_is_not_stored()
    {
        await using var server = await TestServer.StartAsync();
        var keys = await server.CreateProjectAsync("Addresses");
        using var client = server.Client(keys.RestKey);
        (await client.PostJsonAsync("/track", $$$"""[{"event":"A","properties":{"token":"{{{keys.Project.Token}}}","distinct_id":"u1","ip":"203.0.113.7","genre":"jazz"}}]""")).GetRawText().ShouldBe("1");
        var stored = (await client.GetJsonAsync("/api/v1/events/latest")).GetRawText();
        stored.ShouldContain("jazz");
        stored.ShouldNotContain("203.0.113.7");
    }
}
