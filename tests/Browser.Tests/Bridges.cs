using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rondo.Analytics.Tests.AudienceSync;

namespace Rondo.Browser.Tests;

/// <summary>Rondo beside a real Braze: connected by pasting a key, used from a point of a report, by somebody with a mouse.</summary>
[Collection(nameof(Demo))]
public sealed partial class Bridges(Demo demo)
{
    private const int RowCount = 17;
    private const int WeekColumn = 10;

    [Fact]
    public async Task Story_1_ends_in_braze_kept_in_sync_and_once()
    {
        await using var braze = await BrazeServer.StartAsync();
        var page = await demo.OpenAsync("/p/1/integrations/new/braze");

        // A key that was copied badly says so at once, and what to do.
        await page.Locator("#name").FillAsync("Braze of the shop");
        await page.Locator("#import-key").FillAsync("not the key");
        await page.Locator("#instance").SelectOptionAsync("");
        await page.Locator("#endpoint").FillAsync(braze.Address);
        await page.Locator("#partner-key").FillAsync(BrazeServer.PartnerKey);
        await page.GetByText("Save and test").ClickAsync();
        await Assertions.Expect(page.Locator(".note.bad")).ToContainTextAsync("The other side does not accept the keys.");
        (await page.Locator("main").InnerTextAsync()).ShouldNotContain("not the key");
        await Demo.PictureAsync(page, "braze-wrong-key");
        await page.Locator("#import-key").FillAsync(BrazeServer.DataImportKey);
        await page.GetByText("Save and test").ClickAsync();
        await Assertions.Expect(page.Locator(".note.good")).ToContainTextAsync("Connected.");
        await Demo.PictureAsync(page, "braze-connected");

        // From the point of retention to Braze, kept in sync.
        await page.GotoAsync("/");
        await page.GetByText("Open retention").ClickAsync();
        var row = page.Locator("tbody tr", new PageLocatorOptions { Has = page.GetByText("referral", new PageGetByTextOptions { Exact = true }) });
        await row.Locator("td").Nth(WeekColumn + 1).Locator("button").ClickAsync();
        var menu = page.Locator(".point-menu");
        await menu.GetByText(NotBack()).ClickAsync();
        var expected = new Plan(demo.Company).NotBack("referral", WeekColumn, RowCount);
        await Assertions.Expect(menu.Locator(".point-people strong")).ToContainTextAsync(expected.ToString("n0", CultureInfo.InvariantCulture));
        await Demo.PictureAsync(page, "braze-point");
        await menu.GetByText("Export to Braze…").ClickAsync();
        await page.Locator("#cohort-name").FillAsync("Lost, for Braze");
        await page.Locator(".mud-dialog .button.primary").ClickAsync();
        await Assertions.Expect(page.Locator("[data-matched]")).ToHaveAttributeAsync("data-matched", expected.ToString(CultureInfo.InvariantCulture));
        await Demo.PictureAsync(page, "braze-export");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Keep in sync", Exact = true }).ClickAsync();
        await page.GetByText("Watch it").ClickAsync();
        await Assertions.Expect(page.Locator("[data-held]")).ToHaveAttributeAsync("data-held", HeldCount());
        await Assertions.Expect(page.Locator("[data-state]")).ToHaveTextAsync("In step");
        await Demo.PictureAsync(page, "braze-sync");

        var live = braze.Names.Single(name => name.Value == "Lost, for Braze").Key;
        var held = int.Parse((await page.Locator("[data-held]").GetAttributeAsync("data-held"))!, CultureInfo.InvariantCulture);
        braze.MembersOf(live).Count.ShouldBe(held);
        held.ShouldBeInRange(1, expected);

        // The same cohort cannot go there twice; the dialog says so.
        await page.GetByText("Sync now").ClickAsync();
        await page.GotoAsync("/p/1/integrations");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Lost, for Braze");
        await Demo.PictureAsync(page, "integrations");
        await page.GotoAsync("/p/1/cohorts");
        await page.GetByText("Lost, for Braze").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Export", Exact = true }).ClickAsync();
        await page.GetByText("Export once").First.ClickAsync();
        await page.Locator(".mud-dialog .button.primary").ClickAsync();
        await Assertions.Expect(page.Locator(".mud-dialog .problem")).ToContainTextAsync("Already goes there");
        await page.Keyboard.PressAsync("Escape");

        // Another cohort, once.
        using var definition = new StringContent("""{"name":"Everybody who plays","definition":{"kind":"filter","where":{"kind":"did","event":{"event":"Play Song"},"comparison":"atLeast","count":1}}}""");
        using var made = await demo.Server.Http.PostAsync(new Uri("/api/v1/cohorts?project=1", UriKind.Relative), definition);
        made.EnsureSuccessStatusCode();
        await page.GotoAsync("/p/1/cohorts");
        await page.GetByText("Everybody who plays").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Export", Exact = true }).ClickAsync();
        await page.GetByText("Export once").First.ClickAsync();
        await page.Locator(".mud-dialog .button.primary").ClickAsync();
        await page.GetByText("Watch it").ClickAsync();
        await Assertions.Expect(page.Locator("[data-state]")).ToHaveTextAsync("Done");
        braze.Names.Count.ShouldBe(2);
        braze.Violations.ShouldBeEmpty();

        // Its end is seen, with what to do about it.
        braze.AcceptedKey = "another";
        await page.GetByText("Sync now").ClickAsync();
        await Assertions.Expect(page.Locator(".note.bad")).ToContainTextAsync("Make new ones there", new LocatorAssertionsToContainTextOptions { Timeout = 15_000 });
        await Demo.PictureAsync(page, "braze-paused");
    }

    [Theory]
    [InlineData(1280, ColorScheme.Dark, "en-US")]
    [InlineData(390, ColorScheme.Light, "ko-KR")]
    public async Task The_forms_of_connections_can_be_read(int width, ColorScheme scheme, string locale)
    {
        foreach (var kind in new[] { "braze", "webhook", "folder", "bucket" })
        {
            var page = await demo.OpenAsync($"/p/1/integrations/new/{kind}", width, scheme, locale);
            await Assertions.Expect(page.Locator("#name")).Not.ToBeEmptyAsync();
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
            await Demo.PictureAsync(page, $"new-{kind}-{width}-{locale}");
            await page.Context.CloseAsync();
        }
    }

    [GeneratedRegex("not back|Did not come back", RegexOptions.IgnoreCase)]
    private static partial Regex NotBack();

    [GeneratedRegex("^[1-9]")]
    private static partial Regex HeldCount();
}
