using Microsoft.Playwright;

namespace Rondo.Browser.Tests;

/// <summary>The lexicon and the newer parts of the builders, used as a person uses them.</summary>
[Collection(nameof(Demo))]
public sealed class LexiconAndBuilders(Demo demo)
{
    [Fact]
    public async Task A_custom_event_is_made_picked_and_kept_while_a_cohort_names_it()
    {
        var page = await demo.OpenAsync("/p/1/lexicon?tab=CustomEvents");
        await page.GetByRole(AriaRole.Button, new() { Name = "New custom event" }).ClickAsync();
        await page.Locator("#custom-name").FillAsync("Engaged");
        await page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.Locator("tbody")).ToContainTextAsync("Engaged");

        await page.GotoAsync("/p/1/cohorts/new");
        await page.Locator("#name").FillAsync("Engaged listeners");
        await page.GetByRole(AriaRole.Button, new() { Name = "Condition", Exact = true }).ClickAsync();
        await page.GetByText("Did or did not do an event").ClickAsync();
        await page.Locator(".filter .event-picker").First.ClickAsync();
        await page.Locator(".picker:visible").GetByText("Engaged", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("strong.size")).Not.ToHaveTextAsync("–");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create cohort" }).ClickAsync();
        await page.WaitForURLAsync(new System.Text.RegularExpressions.Regex("/cohorts/[0-9]+$"));

        await page.GotoAsync("/p/1/lexicon?tab=CustomEvents");
        await page.GetByRole(AriaRole.Button, new() { Name = "More about Engaged" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".mud-dialog")).ToContainTextAsync("Cohort “Engaged listeners”");
    }

    [Fact]
    public async Task Hiding_an_event_takes_it_out_of_pickers_until_it_is_undone()
    {
        var page = await demo.OpenAsync("/p/1/lexicon");
        await page.GetByRole(AriaRole.Button, new() { Name = "More about Like Song" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Hide", Exact = true }).ClickAsync();
        var row = page.Locator("tbody tr", new() { HasText = "Like Song" });
        await Assertions.Expect(row).ToContainTextAsync("Hidden");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("Visible");
    }

    [Fact]
    public async Task A_funnel_is_broken_down_twice_and_compared_with_one_of_its_segments()
    {
        var page = await demo.OpenAsync("/p/1/funnels");
        foreach (var property in new[] { "platform", "plan" })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Breakdown", Exact = true }).Last.ClickAsync();
            await page.Locator(".picker:visible").GetByRole(AriaRole.Option).Filter(new() { HasText = property }).First.ClickAsync();
        }

        await Assertions.Expect(page.Locator("thead")).ToContainTextAsync(" / ");
        var compared = page.Locator("select[aria-label='Compared with']");
        await compared.SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await Assertions.Expect(page.Locator(".question")).ToContainTextAsync("compared with");
    }
}
