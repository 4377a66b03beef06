using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rondo.Running;

namespace Rondo.Server.Tests;

/// <summary>One person who was a device, signed up, has a profile and is in a cohort: what a backup must keep beside events.</summary>
internal static class BackupStory
{
    private static readonly Uri Cohorts = new("/api/v1/cohorts?project=Shop", UriKind.Relative);

    /// <summary>Makes it happen; how the server tells it.</summary>
    public static async Task<string> TellAsync(ServerProcess server, string secret, string token)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret + ":")));
        await SendAsync(http, "/import?strict=1", """
            [{"event":"Visit","properties":{"time":1760000000,"distinct_id":"$device:tablet","$device_id":"tablet","$insert_id":"story-1","sent_as":"story-1"}},
             {"event":"Sign Up","properties":{"time":1760000100,"distinct_id":"bea","$device_id":"tablet","$user_id":"bea","$insert_id":"story-2","sent_as":"story-2"}}]
            """);
        await SendAsync(http, "/engage?strict=1", $$$"""[{"$token":"{{{token}}}","$distinct_id":"bea","$ip":"0","$set":{"plan":"후렴","songs":12,"tags":["a",1]}}]""");
        await SendAsync(server.Http, Cohorts.OriginalString, """{"name":"Signed up","definition":{"kind":"filter","where":{"kind":"did","event":{"event":"Sign Up"},"comparison":"atLeast","count":1}}}""");
        var told = await DescribeAsync(server);
        told.ShouldBe("""bea {"plan":"후렴","songs":12,"tags":["a",1]} did Sign Up, Visit; Signed up: bea""");
        return told;
    }

    /// <summary>How a server tells it.</summary>
    public static async Task<string> DescribeAsync(ServerProcess server)
    {
        var person = await server.Http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/people/profile?project=Shop&id=%24device%3Atablet", UriKind.Relative));
        var profile = person.GetProperty("profile").EnumerateObject().Where(property => property.Name[0] != '$').OrderBy(property => property.Name, StringComparer.Ordinal).Select(property => $"\"{property.Name}\":{property.Value.GetRawText()}");
        var timeline = await server.Http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/people/timeline?project=Shop&id=bea", UriKind.Relative));
        var cohorts = new List<string>();
        foreach (var cohort in (await server.Http.GetFromJsonAsync<JsonElement>(Cohorts)).EnumerateArray())
        {
            var members = await server.Http.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/cohorts/{cohort.GetProperty("id").GetInt32()}/members?project=Shop", UriKind.Relative));
            cohorts.Add($"{cohort.GetProperty("name").GetString()}: {string.Join(", ", Texts(members.GetProperty("people"), "distinctId"))}");
        }

        return $"{person.GetProperty("distinctId").GetString()} {{{string.Join(',', profile)}}} did {string.Join(", ", Texts(timeline, "event"))}; {string.Join("; ", cohorts)}";
    }

    private static IEnumerable<string?> Texts(JsonElement list, string name) => list.EnumerateArray().Select(one => one.GetProperty(name).GetString());

    private static async Task SendAsync(HttpClient http, string path, string body)
    {
        using var reply = await http.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
        reply.IsSuccessStatusCode.ShouldBeTrue(await reply.Content.ReadAsStringAsync());
    }
}
