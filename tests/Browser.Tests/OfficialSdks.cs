using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;

namespace Rondo.Browser.Tests;

/// <summary>The packages that apps already use, unchanged, pointed at the running server; what they sent is in the reports.</summary>
[Collection(nameof(Demo))]
public sealed class OfficialSdks(Demo demo)
{
    private const string Today = """ "range":{"kind":"last","count":30,"unit":"day"} """;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Mixpanel_browser_tracks_identifies_and_sets_profiles_from_a_page_of_another_origin()
    {
        var folder = await NodePackages.InstallAsync();
        var (project, token) = await CreateProjectAsync("Browser package");
        await using var shop = Shop.Open(Path.Combine(folder, "page.html"), Path.Combine(folder, "node_modules/mixpanel-browser/dist/mixpanel.umd.js"));
        var page = await demo.VisitAsync(shop.Address);
        await page.EvaluateAsync(
            """
            ([token, address]) => {
              mixpanel.init(token, { api_host: address, persistence: 'localStorage', batch_flush_interval_ms: 200 });
              mixpanel.track('View Homepage', { title: 'Grün & süß + 100 %' });
              mixpanel.identify('web-user');
              mixpanel.people.set({ $email: 'web@example.com', plan: 'free' });
              mixpanel.people.increment('songs', 3);
              mixpanel.track('Play Song', { genre: 'jazz' });
            }
            """,
            new object[] { token, demo.Server.Address.ToString().TrimEnd('/') });
        await EventuallyAsync(async () => (await TotalAsync(project, "Play Song")).ShouldBe((1, 1)));

        // The last event of a visit leaves by a beacon while the page goes away.
        await page.EvaluateAsync("mixpanel.set_config({ batch_flush_interval_ms: 600000 }); mixpanel.track('Checkout', { amount: 9.99 })");
        await page.GotoAsync("about:blank");
        await EventuallyAsync(async () => (await TotalAsync(project, "Checkout")).ShouldBe((1, 1)));

        // The visitor of the first event is the user of the others: one person goes through the whole funnel.
        (await TotalAsync(project, "View Homepage")).ShouldBe((1, 1));
        var funnel = await AskAsync(project, "funnel", $$"""{"steps":[{"event":"View Homepage"},{"event":"Play Song"},{"event":"Checkout"}],{{Today}}}""");
        StepsOf(funnel).ShouldBe([1, 1, 1]);
        await EventuallyAsync(async () =>
        {
            var profile = await ProfileAsync(project, "web-user");
            profile.GetProperty("$email").GetString().ShouldBe("web@example.com");
            profile.GetProperty("plan").GetString().ShouldBe("free");
            profile.GetProperty("songs").GetInt32().ShouldBe(3);
        });
        var titled = await AskAsync(project, "insights", $$$"""{"metrics":[{"event":{"event":"View Homepage","filter":{"kind":"property","source":"event","property":"title","operator":"equals","values":["Grün & süß + 100 %"]}},"measure":"total"}],{{{Today}}}}""");
        SeriesTotal(titled).ShouldBe(1);
    }

    [Fact]
    public async Task Mixpanel_for_node_tracks_identifies_and_sets_profiles()
    {
        var folder = await NodePackages.InstallAsync();
        var (project, token) = await CreateProjectAsync("Node package");
        await Command.RunAsync(folder, "node", "node.mjs", demo.Server.Address.Host, demo.Server.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), token);

        (await TotalAsync(project, "Play Song")).ShouldBe((2, 1));
        (await TotalAsync(project, "Like Song")).ShouldBe((1, 1));
        StepsOf(await AskAsync(project, "funnel", $$"""{"steps":[{"event":"View Homepage"},{"event":"Sign Up"},{"event":"Play Song"}],{{Today}}}""")).ShouldBe([1, 1, 1]);
        var profile = await ProfileAsync(project, "node-user");
        profile.GetProperty("$email").GetString().ShouldBe("node@example.com");
        profile.GetProperty("plan").GetString().ShouldBe("free");
        profile.GetProperty("songs").GetInt32().ShouldBe(3);
        profile.GetProperty("genres").EnumerateArray().Select(genre => genre.GetString()).ShouldBe(["jazz", "k-pop"]);
        profile.TryGetProperty("first_genre", out _).ShouldBeFalse();
    }

    private async Task<(int Project, string Token)> CreateProjectAsync(string name)
    {
        var made = await SendAsync("/api/v1/projects", $$"""{"name":"{{name}}"}""");
        return (made.GetProperty("id").GetInt32(), made.GetProperty("token").GetString()!);
    }

    /// <summary>Events of a name and the distinct persons behind them, as Insights counts them.</summary>
    private async Task<(long Events, long People)> TotalAsync(int project, string name)
    {
        var answer = await AskAsync(project, "insights", $$$"""{"metrics":[{"event":{"event":"{{{name}}}"},"measure":"total"},{"event":{"event":"{{{name}}}"},"measure":"uniques"}],{{{Today}}}}""");
        return (SeriesTotal(answer), SeriesTotal(answer, 1));
    }

    private static long SeriesTotal(JsonElement answer, int metric = 0) => answer.GetProperty("result").GetProperty("series")[metric].GetProperty("total").GetInt64();

    private static IEnumerable<int> StepsOf(JsonElement answer) =>
        answer.GetProperty("result").GetProperty("segments")[0].GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("count").GetInt32());

    private Task<JsonElement> AskAsync(int project, string kind, string query) => SendAsync($"/api/v1/reports/{kind}?project={project}", query);

    private async Task<JsonElement> ProfileAsync(int project, string id)
    {
        using var person = JsonDocument.Parse(await demo.Server.Http.GetStringAsync(new Uri($"/api/v1/people/profile?project={project}&id={id}", UriKind.Relative)));
        return person.RootElement.GetProperty("profile").Clone();
    }

    private async Task<JsonElement> SendAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var reply = await demo.Server.Http.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await reply.Content.ReadAsStringAsync();
        reply.IsSuccessStatusCode.ShouldBeTrue(text);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>A package sends when it pleases: asks again until the answer is right, or says what was wrong last.</summary>
    private static async Task EventuallyAsync(Func<Task> check)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await check();
                return;
            }
            catch (Exception refused) when (refused is ShouldAssertException or HttpRequestException or KeyNotFoundException && waited.Elapsed < Patience)
            {
                await Task.Delay(50);
            }
        }
    }
}
