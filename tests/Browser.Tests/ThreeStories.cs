using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rondo.MusicFinder;

namespace Rondo.Browser.Tests;

/// <summary>The acceptance stories, from the home page, ending at numbers recomputed from the generator's plan.</summary>
[Collection(nameof(Demo))]
public sealed partial class ThreeStories(Demo demo)
{
    private const int RowCount = 17;
    private const int WeekColumn = 10;

    [Fact]
    public async Task Story_1_from_a_point_of_retention_to_a_message_that_brings_people_back()
    {
        var page = await demo.OpenAsync("/");
        await page.GetByText("Open retention").ClickAsync();
        var row = page.Locator("tbody tr", new PageLocatorOptions { Has = page.GetByText("referral", new PageGetByTextOptions { Exact = true }) });
        await row.Locator("td").Nth(WeekColumn + 1).Locator("button").ClickAsync();

        var menu = page.Locator(".point-menu");
        await menu.GetByText(NotBack()).ClickAsync();
        var expected = new Plan(demo.Company).NotBack("referral", WeekColumn, RowCount);
        await Assertions.Expect(menu.Locator(".point-people strong")).ToContainTextAsync(Figure(expected));

        await menu.GetByText("Create cohort").ClickAsync();
        await page.Locator("#cohort-name").FillAsync("Lost from referral");
        await page.Locator(".mud-dialog .button.primary").ClickAsync();
        await Assertions.Expect(page.Locator(".mud-dialog")).ToContainTextAsync($"with {Figure(expected)} people");
        await page.Locator(".mud-dialog").GetByText("Message this cohort").ClickAsync();

        await page.Locator("#campaign-name").FillAsync("Come back in week 10");
        await page.Locator("#push-title").FillAsync("We kept your place");
        await page.Locator("#push-body").FillAsync("{{${first_name} | default: 'Hi'}}, there is new music for you.");
        for (var step = 0; step < 4; step++)
        {
            await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Next", Exact = true }).ClickAsync();
        }

        var messaged = await page.Locator("[data-messaged]").GetAttributeAsync("data-messaged");
        int.Parse(messaged!, CultureInfo.InvariantCulture).ShouldBeInRange(1, expected);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = LaunchButton() }).ClickAsync();
        await page.Locator(".mud-dialog .button.primary").ClickAsync();

        // The people of the sample company notice within seconds: they open, and play.
        var arm = page.Locator("tr[data-arm]").First;
        await Assertions.Expect(arm).ToBeVisibleAsync();
        await Assertions.Expect(arm.Locator("td").Nth(1)).ToContainTextAsync(Figure(int.Parse(messaged!, CultureInfo.InvariantCulture)));
        await Assertions.Expect(arm.Locator("td").Nth(3)).Not.ToHaveTextAsync(NoFigure(), new LocatorAssertionsToHaveTextOptions { Timeout = 40_000 });
    }

    [Fact]
    public async Task Story_2_influenced_direct_and_incremental_side_by_side()
    {
        var plan = new Plan(demo.Company);
        var story = demo.Company.AbandonedCart;
        var page = await demo.OpenAsync("/");
        await page.GetByText("Open results").ClickAsync();
        await Assertions.Expect(page.GetByText("Influenced", new PageGetByTextOptions { Exact = true })).ToBeVisibleAsync();
        var text = await page.Locator("main").InnerTextAsync();
        text.ShouldContain($"Influenced\n{Figure(plan.Influenced(story))}\n", Case.Sensitive);
        text.ShouldContain($"Direct\n{Figure(plan.Direct(story))}\n", Case.Sensitive);
        plan.Direct(story).ShouldBeLessThan(plan.Influenced(story));
        var control = page.Locator("tr", new PageLocatorOptions { HasText = "Control group" });
        await Assertions.Expect(control.Locator("td").Last).ToContainTextAsync(Figure(plan.Control(story)));
    }

    [Fact]
    public async Task Story_3_most_people_landed_elsewhere_and_the_campaign_says_so()
    {
        var (openedCount, homeCount) = new Plan(demo.Company).Landed(demo.Company.EarlyBirdRenewal, Names.ViewHomepage);
        var page = await demo.OpenAsync("/");
        await page.GetByText("Open the flow").ClickAsync();
        var table = page.Locator("tbody");
        await Assertions.Expect(table.Locator("tr", new LocatorLocatorOptions { HasText = "Start · Push Notification Open" })).ToContainTextAsync(Figure(openedCount));
        await Assertions.Expect(table.Locator("tr", new LocatorLocatorOptions { HasText = "Step 1 · View Homepage" })).ToContainTextAsync(Figure(homeCount));

        await page.GotoAsync("/p/1/campaigns");
        await page.GetByText("Early Bird Renewal").First.ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("of clicks landed on View Homepage, not View Pricing Plan.");
    }

    private static string Figure(int number) => number.ToString("n0", CultureInfo.InvariantCulture);

    [GeneratedRegex("not back|Did not come back", RegexOptions.IgnoreCase)]
    private static partial Regex NotBack();

    [GeneratedRegex("^Launch to")]
    private static partial Regex LaunchButton();

    [GeneratedRegex(@"^\s*0\b")]
    private static partial Regex NoFigure();
}
