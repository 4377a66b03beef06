using System.Net;
using System.Text;
using Rondo.HttpApi.Tests.Hosting;

namespace Rondo.HttpApi.Tests.People;

/// <summary>Taking people out, and events that are too old, over HTTP.</summary>
public sealed class ErasureAndRetentionTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private int _project;
    private HttpClient _import = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        var made = await _server.CreateProjectAsync("Erasing");
        _project = made.Project.Id.Value;
        _import = _server.Client();
        _import.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(made.Secret + ":")));
    }

    public async ValueTask DisposeAsync()
    {
        _import.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_erased_person_is_gone_by_every_id_and_comes_back_as_somebody_new()
    {
        await ImportAsync(("Play", "ada", "2026-03-09T10:00:00Z"), ("Play", "ada", "2026-03-09T11:00:00Z"), ("Play", "bob", "2026-03-09T11:00:00Z"));
        var erased = await DeleteAsync("id=ada&id=nobody-knows");
        erased.GetProperty("idCount").GetInt32().ShouldBe(1);
        erased.GetProperty("eventCount").GetInt64().ShouldBe(2);
        (await _server.Admin.GetAsync($"/api/v1/people/profile?project=Erasing&id=ada", Token)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _server.Admin.GetJsonAsync("/api/v1/people?project=Erasing")).GetProperty("total").GetInt32().ShouldBe(1);

        // Who is erased again is nobody; who comes again has no past.
        (await DeleteAsync("id=ada")).GetProperty("idCount").GetInt32().ShouldBe(0);
        await ImportAsync(("Play", "ada", "2026-03-10T10:00:00Z"));
        (await _server.Admin.GetJsonAsync("/api/v1/people/timeline?project=Erasing&id=ada")).GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("", "id")]
    [InlineData("id=", "id")]
    public async Task An_erasure_without_anybody_is_refused(string query, string field)
    {
        using var reply = await _server.Admin.DeleteAsync(new Uri($"/api/v1/people?project=Erasing&{query}", UriKind.Relative), Token);
        reply.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await reply.Content.ReadAsStringAsync(Token)).ShouldContain($"\"{field}\"");
    }

    [Fact]
    public async Task Events_older_than_the_retention_are_gone_when_it_answers()
    {
        await ImportAsync(("Play", "ada", "2026-01-05T10:00:00Z"), ("Play", "ada", "2026-03-09T10:00:00Z"));
        (await _server.Admin.GetJsonAsync($"/api/v1/projects/{_project}/retention")).TryGetProperty("days", out _).ShouldBeFalse("for ever");
        (await PutAsync("""{"days":30}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _server.Admin.GetJsonAsync($"/api/v1/projects/{_project}/retention")).GetProperty("days").GetInt32().ShouldBe(30);
        (await _server.Admin.GetJsonAsync("/api/v1/people/timeline?project=Erasing&id=ada")).GetArrayLength().ShouldBe(1);
        await _server.RestartAsync();
        (await _server.Admin.GetJsonAsync($"/api/v1/projects/{_project}/retention")).GetProperty("days").GetInt32().ShouldBe(30);
    }

    [Theory]
    [InlineData("""{"days":0}""", "days")]
    [InlineData("""{"days":-1}""", "days")]
    [InlineData("""{"days":"ten"}""", "days")]
    public async Task A_retention_that_makes_no_sense_is_refused(string body, string field)
    {
        using var reply = await PutAsync(body);
        reply.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await reply.Content.ReadAsStringAsync(Token)).ShouldContain(field);
    }

    private async Task<System.Text.Json.JsonElement> DeleteAsync(string query)
    {
        using var reply = await _server.Admin.DeleteAsync(new Uri($"/api/v1/people?project=Erasing&{query}", UriKind.Relative), Token);
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        return System.Text.Json.JsonDocument.Parse(await reply.Content.ReadAsStringAsync(Token)).RootElement;
    }

    private async Task<HttpResponseMessage> PutAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _server.Admin.PutAsync(new Uri($"/api/v1/projects/{_project}/retention", UriKind.Relative), content, Token);
    }

    private async Task ImportAsync(params (string Name, string Person, string At)[] events)
    {
        var records = events.Select(tracked => $$$"""{"event":"{{{tracked.Name}}}","properties":{"time":{{{DateTimeOffset.Parse(tracked.At, null).ToUnixTimeSeconds()}}},"distinct_id":"{{{tracked.Person}}}","$insert_id":"{{{Guid.NewGuid():N}}}"}}""");
        using var content = new StringContent($"[{string.Join(',', records)}]", Encoding.UTF8, "application/json");
        using var reply = await _import.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content, Token);
        (await reply.Content.ReadAsStringAsync(Token)).ShouldContain($"\"num_records_imported\":{events.Length}");
    }
}
