using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Rondo.Browser.Tests;

/// <summary>
/// The second story where the messages are those of a real Braze: it streams its events in, the app sends its own as ever, and
/// somebody with a browser finds out what the campaign really converted.
/// </summary>
[Collection(nameof(Demo))]
public sealed class BrazeStory(Demo demo)
{
    private const string Campaign = "Abandoned Cart Campaign";
    private const int SentCount = 160;
    private const int OpenedCount = 60;
    private const int DirectCount = 15;
    private const int LateCount = 40;
    private const int ControlCount = 40;
    private const int ControlConvertedCount = 10;

    /// <summary>Three days ago at noon, so that no session meets midnight.</summary>
    private static readonly DateTimeOffset Noon = new(DateTimeOffset.UtcNow.Date.AddDays(-3).AddHours(12), TimeSpan.Zero);

    [Fact]
    public async Task Story_2_on_events_that_came_from_a_braze()
    {
        var project = await demo.Server.Http.PostAsJsonAsync(new Uri("/api/v1/projects", UriKind.Relative), new { name = "Shop with a Braze" });
        var made = await project.Content.ReadFromJsonAsync<JsonElement>();
        var (number, token) = (made.GetProperty("id").GetInt32(), made.GetProperty("token").GetString()!);

        // The key is made here and pasted at Braze.
        var page = await demo.OpenAsync($"/p/{number}/integrations/cohorts-in");
        await page.Locator("#key-name").FillAsync("Our Braze");
        await page.Locator("#key-partner").FillAsync("braze");
        await page.GetByText("Make a key").ClickAsync();
        var key = await page.Locator("#new-key code").First.InnerTextAsync();
        var address = await page.Locator("#new-key code", new PageLocatorOptions { HasText = "/currents" }).InnerTextAsync();
        await Demo.PictureAsync(page, "currents-key");
        using (var braze = new BrazeCurrents(new Uri(address), key))
        {
            StreamTo(braze);
            await braze.SendAsync();
        }

        await TrackAsync(token);

        // From the receiving page to the campaigns that the events tell of.
        await page.GotoAsync($"/p/{number}/integrations/cohorts-in");
        await page.Locator("main").GetByText("Campaigns of Braze").ClickAsync();
        var row = page.Locator("tbody tr", new PageLocatorOptions { HasText = Campaign });
        await Assertions.Expect(row).ToContainTextAsync(SentCount.ToString(CultureInfo.InvariantCulture));
        await Demo.PictureAsync(page, "braze-campaigns");
        await row.Locator("a").ClickAsync();

        // Nothing is called a conversion before somebody says what one is.
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Choose the event that counts as a conversion");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "What counts as a conversion" }).ClickAsync();
        await page.Locator(".picker:visible").GetByText("Checkout", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        var influenced = page.Locator(".effect", new PageLocatorOptions { HasText = "Influenced" }).Locator("[data-people-figure]");
        await Assertions.Expect(influenced).ToHaveTextAsync((DirectCount + LateCount).ToString(CultureInfo.InvariantCulture));
        var direct = page.Locator(".effect", new PageLocatorOptions { HasText = "Direct" }).Locator("[data-people-figure]");
        await Assertions.Expect(direct).ToHaveTextAsync(DirectCount.ToString(CultureInfo.InvariantCulture));
        foreach (var (variation, sent, opened) in new[] { ("Gentle", SentCount / 2, OpenedCount / 2), ("Urgent", SentCount / 2, OpenedCount / 2) })
        {
            var arm = page.Locator($"tr[data-arm='{variation}']");
            await Assertions.Expect(arm.Locator("[data-sent] button")).ToHaveTextAsync($"{sent}");
            await Assertions.Expect(arm.Locator("[data-delivered] button")).ToHaveTextAsync($"{sent - 1}");
            await Assertions.Expect(arm.Locator("[data-opened] button")).ToHaveTextAsync($"{opened}");
            await Assertions.Expect(arm.Locator("[data-bounced] button")).ToHaveTextAsync("1");
        }

        await Assertions.Expect(page.Locator("tr[data-control]")).ToContainTextAsync($"{ControlCount}");
        await Demo.PictureAsync(page, "braze-campaign");

        // People behind a number: the same number, and their names.
        await direct.ClickAsync();
        var menu = page.Locator(".point-menu");
        await Assertions.Expect(menu.Locator("[data-people]")).ToHaveAttributeAsync("data-people", $"{DirectCount}");
        await Demo.PictureAsync(page, "braze-campaign-people");
        await menu.GetByText("View users").ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("shopper-0");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync($"{DirectCount} people");
        await page.GoBackAsync();

        // The funnel behind it: push open, then checkout, within one session.
        await page.GetByText("Open as funnel").ClickAsync();
        await Assertions.Expect(page.Locator("select[aria-label='Unit of the window']")).ToHaveValueAsync("Session");
        await Assertions.Expect(page.Locator("tbody")).ToContainTextAsync($"{OpenedCount}");
        await Assertions.Expect(page.Locator("tbody")).ToContainTextAsync($"{DirectCount}");
        await Demo.PictureAsync(page, "braze-funnel");
        await page.GoBackAsync();

        // And where people went instead.
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Where people landed");
        await page.GetByText("See the flow").ClickAsync();
        var steps = page.Locator("tbody");
        await Assertions.Expect(steps.Locator("tr", new LocatorLocatorOptions { HasText = "Start · Push Notification Open" })).ToContainTextAsync($"{OpenedCount}");
        await Assertions.Expect(steps.Locator("tr", new LocatorLocatorOptions { HasText = "Step 1 · View Homepage" })).ToContainTextAsync($"{OpenedCount - DirectCount}");
        await Assertions.Expect(steps.Locator("tr", new LocatorLocatorOptions { HasText = "Step 1 · View Cart" })).ToContainTextAsync($"{DirectCount}");
        await Demo.PictureAsync(page, "braze-flow");
    }

    [Theory]
    [InlineData(390, ColorScheme.Dark, "ko-KR")]
    [InlineData(1280, ColorScheme.Dark, "en-US")]
    public async Task Without_events_the_page_says_how_they_come(int width, ColorScheme scheme, string locale)
    {
        var page = await demo.OpenAsync("/p/1/campaigns/braze", width, scheme, locale);
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Currents");
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
        await Demo.PictureAsync(page, $"braze-campaigns-empty-{width}-{locale}");
    }

    /// <summary>
    /// Everybody is sent a push in one of two words; some open it. Those who are held out are enrolled in the control group, and
    /// Braze credits itself with every checkout of those it sent to.
    /// </summary>
    private static void StreamTo(BrazeCurrents braze)
    {
        for (var number = 0; number < SentCount; number++)
        {
            var (person, variation) = ($"shopper-{number}", number % 2 == 0 ? "Gentle" : "Urgent");
            braze.Add("users.messages.pushnotification.Send", Noon, person, Campaign, variation);
            if (number < OpenedCount)
            {
                braze.Add("users.messages.pushnotification.Open", Noon.AddMinutes(20), person, Campaign, variation);
            }

            if (number >= SentCount - 2)
            {
                braze.Add("users.messages.pushnotification.Bounce", Noon.AddSeconds(2), person, Campaign, variation);
            }

            if (number < DirectCount || (number >= OpenedCount && number < OpenedCount + LateCount))
            {
                braze.Add("users.campaigns.Conversion", Noon.AddDays(2), person, Campaign, variation);
            }
        }

        for (var number = 0; number < ControlCount; number++)
        {
            braze.Add("users.campaigns.EnrollInControl", Noon, $"held-out-{number}", Campaign);
        }
    }

    /// <summary>What the app sends as ever, to the ordinary endpoint of its SDK.</summary>
    private async Task TrackAsync(string token)
    {
        var events = new JsonArray();
        void Add(string name, string person, DateTimeOffset time) => events.Add(new JsonObject
        {
            ["event"] = name,
            ["properties"] = new JsonObject { ["token"] = token, ["distinct_id"] = person, ["time"] = time.ToUnixTimeSeconds(), ["$insert_id"] = $"{name[..4].Trim()}-{person}" },
        });
        for (var number = 0; number < OpenedCount; number++)
        {
            Add(number < DirectCount ? "View Cart" : "View Homepage", $"shopper-{number}", Noon.AddMinutes(21));
            if (number < DirectCount)
            {
                Add("Checkout", $"shopper-{number}", Noon.AddMinutes(25));
            }
        }

        // They never opened it, and came by themselves two days later.
        for (var number = OpenedCount; number < OpenedCount + LateCount; number++)
        {
            Add("Checkout", $"shopper-{number}", Noon.AddDays(2));
        }

        for (var number = 0; number < ControlConvertedCount; number++)
        {
            Add("Checkout", $"held-out-{number}", Noon.AddDays(2));
        }

        using var content = JsonContent.Create(events);
        using var reply = await demo.Server.Http.PostAsync(new Uri("/track?verbose=1", UriKind.Relative), content);
        (await reply.Content.ReadAsStringAsync()).ShouldContain("\"status\":1");
    }
}
