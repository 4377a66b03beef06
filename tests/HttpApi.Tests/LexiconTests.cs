using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rondo.HttpApi.Tests.Hosting;

namespace Rondo.HttpApi.Tests;

/// <summary>The lexicon over HTTP: what is described, hidden, named, uploaded and deleted; Mixpanel's own interface for lookup tables.</summary>
public sealed class LexiconTests(SharedServer shared)
{
    [Fact]
    public async Task What_is_written_about_an_event_comes_back_and_nonsense_is_refused_by_field()
    {
        using var client = await ClientAsync();
        await SendAsync(client, HttpMethod.Put, "/api/v1/lexicon/entries", """{"kind":"event","name":"Ping","displayName":"Heartbeat","status":"hidden"}""");
        (await client.GetJsonAsync("/api/v1/lexicon/entries"))[0].GetProperty("displayName").GetString().ShouldBe("Heartbeat");
        var (status, reply) = await SendAsync(client, HttpMethod.Put, "/api/v1/lexicon/entries", """{"kind":"event","name":"","status":"dropped"}""");
        status.ShouldBe(HttpStatusCode.BadRequest);
        reply.GetProperty("problems")[0].GetProperty("field").GetString().ShouldBe("name");
    }

    [Fact]
    public async Task A_custom_event_that_a_cohort_or_a_segment_names_is_not_deleted()
    {
        using var client = await ClientAsync();
        await SendAsync(client, HttpMethod.Put, "/api/v1/lexicon/custom-events", """{"name":"Keen","anyOf":[{"event":"A"}]}""");
        const string Did = """{"kind":"did","event":{"custom":"Keen"},"comparison":"atLeast","count":1}""";
        (await client.PostJsonAsync("/api/v1/segments", $$"""{"name":"S","where":{{Did}}}""")).TryGetProperty("id", out _).ShouldBeTrue();
        var (status, reply) = await SendAsync(client, HttpMethod.Delete, "/api/v1/lexicon/custom-events/Keen", null);
        status.ShouldBe(HttpStatusCode.BadRequest);
        reply.GetProperty("problems")[0].GetProperty("rule").GetString().ShouldBe("is named by segment 'S'");
    }

    [Fact]
    public async Task The_operator_says_what_a_session_is()
    {
        var project = await shared.Server.CreateProjectAsync($"sessions {Guid.NewGuid():N}");
        var path = $"/api/v1/projects/{project.Project.Id}";
        var (_, changed) = await SendAsync(shared.Server.Admin, HttpMethod.Patch, path, """{"sessions":{"kind":"timeout","timeoutSeconds":2700}}""");
        changed.GetProperty("sessions").GetProperty("timeoutSeconds").GetInt32().ShouldBe(2700);
        var (status, refused) = await SendAsync(shared.Server.Admin, HttpMethod.Patch, path, """{"sessions":{"kind":"timeout","timeoutSeconds":5}}""");
        status.ShouldBe(HttpStatusCode.BadRequest);
        refused.GetProperty("problems")[0].GetProperty("field").GetString().ShouldBe("sessions.timeoutSeconds");
    }

    [Fact]
    public async Task Lookup_tables_are_listed_and_replaced_as_Mixpanels_clients_do()
    {
        var project = await shared.Server.CreateProjectAsync($"tables {Guid.NewGuid():N}");
        using var client = shared.Server.Client();
        (await SendAsync(client, HttpMethod.Get, "/lookup-tables", null)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"importer:{project.Secret}")));
        await SendAsync(client, HttpMethod.Put, $"/lookup-tables/Products?project_id={project.Project.Id}", "id,name\n1,Book\n", "text/csv");
        var list = await client.GetJsonAsync("/lookup-tables");
        var id = list.GetProperty("results").EnumerateArray().Single(table => table.GetProperty("name").GetString() == "Products").GetProperty("id").GetGuid();

        (await SendAsync(client, HttpMethod.Put, $"/lookup-tables/{id}", "id,name\n1,Book\n2,Toy\n", "text/csv")).Status.ShouldBe(HttpStatusCode.OK);
        var (status, refused) = await SendAsync(client, HttpMethod.Put, $"/lookup-tables/{id}", "id,name\n1,Book\n,Toy\n", "text/csv");
        status.ShouldBe(HttpStatusCode.BadRequest);
        refused.GetProperty("failed_records")[0].ToString().ShouldBe("""{"index":1,"message":"primary key is required and cannot be blank"}""");
        (await SendAsync(client, HttpMethod.Put, $"/lookup-tables/{Guid.NewGuid()}", "id\n1\n", "text/csv")).Status.ShouldBe(HttpStatusCode.NotFound);
        using var rest = shared.Server.Client(project.RestKey);
        (await rest.GetJsonAsync("/api/v1/lexicon/lookup-tables"))[0].GetProperty("rowCount").GetInt32().ShouldBe(2);
    }

    private async Task<HttpClient> ClientAsync() => shared.Server.Client((await shared.Server.CreateProjectAsync($"lexicon {Guid.NewGuid():N}")).RestKey);

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpClient client, HttpMethod method, string path, string? body, string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, mediaType) };
        using var reply = await client.SendAsync(request);
        return (reply.StatusCode, await reply.ReadJsonAsync());
    }
}
