using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;

namespace Rondo.Browser.Tests;

/// <summary>What the page of snippets says is what works: each is taken from the page, and those that can run here are run.</summary>
[Collection(nameof(Demo))]
public sealed class Snippets(Demo demo)
{
    private static readonly string[] Ways =
    [
        "browser", "swift", "kotlin", "reactNative", "flutter", "unity", "node", "python", "ruby", "go", "java", "php", "curl", "pythonHttp", "csharp", "currents", "cohortImport",
    ];

    [Fact]
    public async Task Every_snippet_has_the_token_or_the_place_of_a_key_and_the_address()
    {
        var (project, token) = await CreateProjectAsync("All snippets");
        var page = await demo.OpenAsync($"/p/{project}/integrations/sdks");
        await page.Locator("[data-way]").First.WaitForAsync();
        (await page.Locator("[data-way]").EvaluateAllAsync<string[]>("all => all.map(one => one.dataset.way)")).ShouldBe(Ways);
        foreach (var way in Ways)
        {
            var code = await CodeAsync(page, project, way);
            code.ShouldContain(way is "currents" or "cohortImport" ? "RECEIVING_KEY" : token, Case.Sensitive, way);
            code.ShouldContain(way is "node" or "php" ? demo.Server.Address.Authority : demo.Server.Address.ToString().TrimEnd('/'), Case.Sensitive, way);
            code.ShouldNotContain("place.", Case.Sensitive, way);
        }
    }

    [Theory]
    [InlineData("curl")]
    [InlineData("pythonHttp")]
    [InlineData("node")]
    [InlineData("csharp")]
    public async Task A_snippet_as_it_stands_on_the_page_sends_an_event_and_a_profile(string way)
    {
        var (project, _) = await CreateProjectAsync($"Snippet {way}");
        var code = await CodeAsync(await demo.OpenAsync("/"), project, way);
        using var folder = new ScratchFolder();
        switch (way)
        {
            case "node":
                await Command.RunAsync(await NodePackages.InstallAsync(), "node", "-e", code);
                break;
            case "curl":
                await Command.RunAsync(folder.Path, "bash", "-c", code);
                break;
            case "pythonHttp":
                await Command.RunAsync(folder.Path, "python3", "-c", code);
                break;
            default:
                await File.WriteAllTextAsync(Path.Combine(folder.Path, "snippet.cs"), code);
                await Command.RunAsync(folder.Path, "dotnet", "run", "snippet.cs");
                break;
        }

        await ArrivedAsync(project);
    }

    [Fact]
    public async Task The_snippet_for_the_web_sends_an_event_and_a_profile_from_a_page()
    {
        var (project, _) = await CreateProjectAsync("Snippet browser");
        var code = await CodeAsync(await demo.OpenAsync("/"), project, "browser");
        var packages = await NodePackages.InstallAsync();
        await using var shop = Shop.Open(Path.Combine(packages, "page.html"), Path.Combine(packages, "node_modules/mixpanel-browser/dist/mixpanel.umd.js"));
        var page = await demo.VisitAsync(shop.Address);

        // The page of the shop has the package already; a bundler would bring it by this line.
        code.ShouldStartWith("import mixpanel from \"mixpanel-browser\";");
        await page.EvaluateAsync(code[(code.IndexOf(';', StringComparison.Ordinal) + 1)..]);
        await ArrivedAsync(project);
    }

    [Fact]
    public async Task The_snippets_of_brazes_protocols_are_taken_with_a_key()
    {
        var (project, _) = await CreateProjectAsync("Snippet Braze");
        using var made = await demo.Server.Http.PostAsJsonAsync(new Uri($"/api/v1/receiving-keys?project={project}", UriKind.Relative), new { name = "Snippets", partner = "mixpanel" });
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
        using var folder = new ScratchFolder();
        foreach (var way in new[] { "currents", "cohortImport" })
        {
            var code = await CodeAsync(await demo.OpenAsync("/"), project, way);
            var replies = await Command.RunAsync(folder.Path, "bash", "-c", code.Replace("RECEIVING_KEY", key, StringComparison.Ordinal));
            replies.ShouldContain("""{"message":"success"}""");
            replies.ShouldNotContain("Invalid");
        }

        (await demo.Server.Http.GetStringAsync(new Uri($"/api/v1/events/latest?limit=10&project={project}", UriKind.Relative))).ShouldContain("Push Notification Open");
        var received = await demo.Server.Http.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/received-cohorts?project={project}", UriKind.Relative));
        received[0].GetProperty("remoteId").GetString().ShouldBe("42");
    }

    [Fact]
    public async Task The_button_copies_what_is_seen()
    {
        var page = await demo.OpenAsync("/p/1/integrations/sdks?way=python");
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.Locator("[data-snippet] .copy").ClickAsync();
        await Assertions.Expect(page.Locator("[data-snippet] .copy-after")).ToBeVisibleAsync();
        (await page.EvaluateAsync<string>("navigator.clipboard.readText()")).ShouldBe(await page.Locator("[data-snippet] code").InnerTextAsync());
        await Demo.PictureAsync(page, "sdks");
    }

    private static async Task<string> CodeAsync(IPage page, int project, string way)
    {
        await page.GotoAsync($"/p/{project}/integrations/sdks?way={way}");
        return await page.Locator($"[data-snippet={way}] code").InnerTextAsync();
    }

    private async Task<(int Project, string Token)> CreateProjectAsync(string name)
    {
        using var reply = await demo.Server.Http.PostAsJsonAsync(new Uri("/api/v1/projects", UriKind.Relative), new { name });
        var made = await reply.Content.ReadFromJsonAsync<JsonElement>();
        return (made.GetProperty("id").GetInt32(), made.GetProperty("token").GetString()!);
    }

    /// <summary>A package sends when it pleases: asks again until both are there.</summary>
    private async Task ArrivedAsync(int project)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var events = await demo.Server.Http.GetStringAsync(new Uri($"/api/v1/events/latest?limit=10&project={project}", UriKind.Relative));
            using var person = await demo.Server.Http.GetAsync(new Uri($"/api/v1/people/profile?project={project}&id=user-1", UriKind.Relative));
            var profile = await person.Content.ReadAsStringAsync();
            if (events.Contains("Play Song", StringComparison.Ordinal) && events.Contains("jazz", StringComparison.Ordinal) && profile.Contains("ada@example.com", StringComparison.Ordinal))
            {
                return;
            }

            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30), events + profile);
            await Task.Delay(50);
        }
    }

    private sealed class ScratchFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("rondo-snippet-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
