using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Rondo.HttpApi.Tests.Hosting;

namespace Rondo.HttpApi.Tests;

/// <summary>What clients and operators see of stores that cannot be written, do not open, or are somebody else's.</summary>
public sealed class StoreTroubleTests
{
    private const string TurnedAway = "The server cannot store data at the moment. Please retry the request.";

    [Fact]
    public async Task A_store_that_cannot_be_written_turns_everything_away_with_a_time_to_wait_and_goes_on_by_itself()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { Engine = settings.Engine with { SealAfterRows = 1, LongestWaitForRoom = TimeSpan.Zero } });
        var keys = await server.CreateProjectAsync("Full");
        var id = keys.Project.Id.Value.ToString(CultureInfo.InvariantCulture);

        // A file where the folder of parts would be: the log can be written, and parts cannot.
        var parts = Path.Combine(Directory.CreateDirectory(Path.Combine(server.Directory, "events", id)).FullName, "parts");
        await File.WriteAllTextAsync(parts, string.Empty);
        using var client = server.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(keys.Secret + ":")));
        using (var taken = await SendAsync(client, "/import?strict=1", Events(0, 9, null)))
        {
            taken.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await IsTurnedAwayAsync(await SendAsync(client, "/import?strict=1", Events(9, 2, null)));
        await IsTurnedAwayAsync(await SendAsync(client, "/track", Events(9, 2, keys.Project.Token)));
        await IsTurnedAwayAsync(await SendAsync(server.Admin, $"/api/v1/projects/{id}/retention", """{"days":30000}""", HttpMethod.Put));

        File.Delete(parts);
        var waited = Stopwatch.StartNew();
        while (true)
        {
            using var again = await SendAsync(client, "/import?strict=1", Events(9, 1, null));
            if (again.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            again.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        }

        using var own = server.Client(keys.RestKey);
        using var export = await own.GetAsync(new Uri("/api/v1/events/export", UriKind.Relative));
        (await export.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(10, "of what was turned away, nothing is kept");
    }

    [Fact]
    public async Task A_new_project_never_sees_events_that_lie_where_its_own_would()
    {
        await using var server = await TestServer.StartAsync();
        var keys = await server.CreateProjectAsync("Old");
        using var old = server.Client(keys.RestKey);
        (await old.PostJsonAsync("/track", Events(0, 3, keys.Project.Token))).GetRawText().ShouldBe("1");
        var events = Path.Combine(server.Directory, "events");
        string Folder(int id) => Path.Combine(events, id.ToString(CultureInfo.InvariantCulture));
        var next = keys.Project.Id.Value + 1;

        // As after analytics.db was put back from before two projects were made.
        await server.RestartAsync(() =>
        {
            foreach (var id in new[] { next, next + 1 })
            {
                Directory.CreateDirectory(Folder(id));
                foreach (var file in Directory.GetFiles(Folder(keys.Project.Id.Value)))
                {
                    File.Copy(file, Path.Combine(Folder(id), Path.GetFileName(file)));
                }
            }
        });
        var made = await server.Admin.PostJsonAsync("/api/v1/projects", """{"name":"New"}""");
        made.GetProperty("id").GetInt32().ShouldBe(next + 2);
        using var client = server.Client(made.GetProperty("restKey").GetString());
        (await client.GetStringAsync(new Uri("/api/v1/events/export", UriKind.Relative))).Trim().ShouldBeEmpty();
        File.Exists(Path.Combine(Folder(next), "store.db")).ShouldBeTrue("nothing of it is touched");
    }

    [Fact]
    public async Task A_server_is_not_ready_when_no_project_opens_and_ready_while_one_does()
    {
        await using var server = await TestServer.StartAsync();
        var one = await server.CreateProjectAsync("One");
        using (var client = server.Client(one.RestKey))
        {
            await client.PostJsonAsync("/track", Events(0, 3, one.Project.Token));
        }

        var database = Path.Combine(server.Directory, "events", one.Project.Id.Value.ToString(CultureInfo.InvariantCulture), "store.db");
        await server.RestartAsync(() => File.WriteAllBytes(database, [.. Enumerable.Repeat((byte)'x', 8192)]));
        using (var refused = await server.Admin.GetAsync(new Uri("/readyz", UriKind.Relative)))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await refused.Content.ReadAsStringAsync()).ShouldBe($"not ready\nproject {one.Project.Id.Value} does not open");
        }

        await server.CreateProjectAsync("Two");
        using var ready = await server.Admin.GetAsync(new Uri("/readyz", UriKind.Relative));
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ready.Content.ReadAsStringAsync()).ShouldBe($"ready\nproject {one.Project.Id.Value} does not open");
    }

    private static async Task IsTurnedAwayAsync(HttpResponseMessage reply)
    {
        using (reply)
        {
            var words = await reply.Content.ReadAsStringAsync();
            reply.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, words);
            reply.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
            words.ShouldContain(TurnedAway);
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, string json, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        return await client.SendAsync(request);
    }

    /// <param name="first">The first one's number.</param>
    /// <param name="count">How many.</param>
    /// <param name="token">The project's; null where the request says whose they are.</param>
    private static string Events(int first, int count, string? token)
    {
        var property = token is null ? string.Empty : $"\"token\":\"{token}\",";
        return $"[{string.Join(',', Enumerable.Range(first, count).Select(n => $$$"""{"event":"A","properties":{{{{property}}}"distinct_id":"u{{{n}}}","time":1773100800,"$insert_id":"n{{{n}}}"}}"""))}]";
    }
}
