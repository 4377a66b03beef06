using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Rondo.Browser.Tests;

/// <summary>What holds on every page: accessible, nothing to scroll sideways on a phone, no errors in the console.</summary>
[Collection(nameof(Demo))]
public sealed class EveryPage(Demo demo)
{
    private static readonly string[] Paths = ["home", "insights", "funnels", "retention", "retention/frequency", "flows", "users", "cohorts", "events", "lexicon", "lexicon?tab=EventProperties", "cohorts/new", "segments", "campaigns", "campaigns/1", "campaigns/new", "settings", "integrations", "integrations/new/braze", "integrations/new/webhook", "integrations/new/bucket", "integrations/cohorts-in", "integrations/sdks", "campaigns/braze", "integrations/streams", "integrations/streams/new", "integrations/mixpanel"];

    public static TheoryData<string> All => [.. Paths];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Is_accessible_and_fits_a_phone(string path)
    {
        var page = await demo.OpenAsync($"/p/1/{path}", width: 390);
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        await page.Locator("main h1, main h2, h1").First.WaitForAsync();
        await Demo.SettledAsync(page);
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390, "the page scrolls sideways");
        var axe = await page.RunAxe();
        axe.Violations.Where(violation => violation.Impact is "serious" or "critical").Select(violation => $"{violation.Id}: {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}").ShouldBeEmpty();
        errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Korean_follows_the_browser()
    {
        var page = await demo.OpenAsync("/p/1/home", locale: "ko-KR", scheme: ColorScheme.Dark);
        await Assertions.Expect(page.Locator("nav").First).ToContainTextAsync("리텐션");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("청취자를 어디서 잃나요?");
    }
}
