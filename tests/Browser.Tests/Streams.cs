using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rondo.StandIns;

namespace Rondo.Browser.Tests;

/// <summary>Events go on to Mixpanel, to an address and into files, set up on one page by somebody with a mouse.</summary>
[Collection(nameof(Demo))]
public sealed partial class Streams(Demo demo)
{
    [Fact]
    public async Task Mixpanel_is_connected_on_one_page_and_gets_the_past_and_the_present()
    {
        await using var mixpanel = await MixpanelServer.StartAsync(TimeProvider.System);
        mixpanel.KeyProperty = "$insert_id";
        var page = await demo.OpenAsync("/p/1/integrations");
        await page.Locator(".offer", new PageLocatorOptions { HasText = "Events as they come" }).ClickAsync();
        await page.Locator("#mixpanel-token").FillAsync(mixpanel.Token);
        await page.Locator("#mixpanel-secret").FillAsync("not the secret");
        await page.Locator("#mixpanel-region").SelectOptionAsync("");
        await page.Locator("#mixpanel-endpoint").FillAsync(mixpanel.Address);
        await page.GetByText("Test connection").ClickAsync();
        await Assertions.Expect(page.Locator("[data-ready]")).ToHaveTextAsync("The connection does not work yet.");
        await Assertions.Expect(page.Locator(".problem").First).ToContainTextAsync("The other side does not accept the keys.");
        await Demo.PictureAsync(page, "mixpanel-wrong-secret");

        await page.Locator("#mixpanel-secret").FillAsync("secret-of-the-project");
        await page.GetByText("Test connection").ClickAsync();
        await Assertions.Expect(page.Locator("[data-ready]")).ToHaveTextAsync("Connected.");
        await page.GetByText("All product events").ClickAsync();
        await page.Locator("#backfill").FillAsync(DateTime.UtcNow.AddDays(-3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await page.Locator("#mixpanel-token").FocusAsync();
        await Demo.PictureAsync(page, "mixpanel-connect");
        await page.GetByText("Start sending").ClickAsync();
        await page.WaitForURLAsync(StreamAddress());
        await Assertions.Expect(page.Locator("[data-sent]")).ToHaveAttributeAsync("data-sent", Some(), new LocatorAssertionsToHaveAttributeOptions { Timeout = 60_000 });
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(PastIsSent(), new LocatorAssertionsToContainTextOptions { Timeout = 60_000 });
        await Demo.PictureAsync(page, "mixpanel-stream");
        mixpanel.EventCount.ShouldBeGreaterThan(100);
        mixpanel.Violations.ShouldBeEmpty();
        (await page.ContentAsync()).ShouldNotContain("secret-of-the-project");

        // The other side fails, and the page says so and what to do; then it is mended.
        mixpanel.Credentials = "another:";
        await page.Locator("button[popovertarget]", new PageLocatorOptions { HasText = "More" }).ClickAsync();
        await page.GetByText("Send the past…").ClickAsync();
        await page.Locator("#past").FillAsync(DateTime.UtcNow.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Send", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".note.bad")).ToContainTextAsync("Put new ones into the connection", new LocatorAssertionsToContainTextOptions { Timeout = 60_000 });
        await Demo.PictureAsync(page, "mixpanel-halted");
        mixpanel.Credentials = "secret-of-the-project:";
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Resume", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-state]")).ToHaveTextAsync("In step", new LocatorAssertionsToHaveTextOptions { Timeout = 60_000 });
        await page.GotoAsync("/p/1/integrations/streams");
        await Assertions.Expect(page.Locator("main table")).ToContainTextAsync("In step");
        await Demo.PictureAsync(page, "streams");
    }

    [Fact]
    public async Task An_address_and_files_are_chosen_likewise_and_the_choice_can_be_changed()
    {
        await using var currents = await CurrentsServer.StartAsync();
        currents.KeyProperty = "no such property";
        var page = await demo.OpenAsync("/p/1/integrations/streams/new?to=currents");
        await page.Locator("#currents-url").FillAsync("not an address");
        await page.GetByText("Start sending").ClickAsync();
        await Assertions.Expect(page.Locator(".problem").First).ToContainTextAsync("Must be an absolute http or https address");
        await page.Locator("#currents-url").FillAsync(currents.Address + "/currents");
        await page.Locator("#currents-token").FillAsync(currents.Token);
        await page.Locator("#backfill").FillAsync(DateTime.UtcNow.AddDays(-30).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await page.GetByText("Test connection").ClickAsync();
        await Assertions.Expect(page.Locator("[data-ready]")).ToHaveTextAsync("Connected.");
        await page.Locator("#currents-url").FocusAsync();
        await Demo.PictureAsync(page, "currents-connect");
        await page.GetByText("Start sending").ClickAsync();
        await page.WaitForURLAsync(StreamAddress());
        await Assertions.Expect(page.Locator("[data-sent]")).ToHaveAttributeAsync("data-sent", Some(), new LocatorAssertionsToHaveAttributeOptions { Timeout = 60_000 });
        await Demo.PictureAsync(page, "currents-stream");
        currents.Violations.ShouldBeEmpty();

        // Fewer events from now on.
        await page.Locator("button[popovertarget]", new PageLocatorOptions { HasText = "More" }).ClickAsync();
        await page.GetByText("Edit", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "None", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".problem").First).ToContainTextAsync("Must name at least one type, family or product event");
        await page.GetByLabel("Push", new PageGetByLabelOptions { Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(StreamAddress());
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("What is sent");
        await Assertions.Expect(page.Locator("main")).Not.ToContainTextAsync("Email");

        // Files.
        await page.GotoAsync("/p/1/integrations/streams/new?to=folder");
        await page.Locator("#folder").FillAsync("events");
        await page.GetByText("Avro", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.Locator("#file-interval").SelectOptionAsync("10");
        await Demo.PictureAsync(page, "files-connect");
        await page.GetByText("Start sending").ClickAsync();
        await page.WaitForURLAsync(StreamAddress());
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Avro");
    }

    [Theory]
    [InlineData(1280, ColorScheme.Dark, "en-US")]
    [InlineData(1280, ColorScheme.Light, "ko-KR")]
    [InlineData(390, ColorScheme.Light, "ko-KR")]
    [InlineData(390, ColorScheme.Dark, "en-US")]
    public async Task The_pages_of_streams_can_be_read(int width, ColorScheme scheme, string locale)
    {
        await using var currents = await CurrentsServer.StartAsync();
        currents.NextFault = () => StreamFault.Busy503;
        var stream = await MadeAsync(currents, $"{width} {scheme} {locale}");
        foreach (var (path, name) in new[] { ("integrations", "all"), ("integrations/streams", "streams"), ("integrations/mixpanel", "mixpanel"), ("integrations/streams/new?to=currents", "currents"), ("integrations/streams/new?to=folder", "folder"), ($"integrations/streams/{stream}", "stream"), ($"integrations/streams/{stream}/edit", "edit") })
        {
            var page = await demo.OpenAsync($"/p/1/{path}", width, scheme, locale);
            await page.Locator("main .page").First.WaitForAsync();
            await Demo.SettledAsync(page);
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width, path);
            await Demo.PictureAsync(page, $"stream-{name}-{width}-{scheme}-{locale}");
            await page.Context.CloseAsync();
        }
    }

    [Fact]
    public async Task Going_straight_from_one_stream_to_another_leaves_nothing_of_the_first()
    {
        await using var refusing = await CurrentsServer.StartAsync();
        refusing.KeyProperty = "no such property";
        refusing.IsRefused = item => item.GetProperty("id").GetString()!.EndsWith('7');
        var first = await MadeAsync(refusing, "Refuses some");
        await using var taking = await CurrentsServer.StartAsync();
        taking.KeyProperty = "no such property";
        var second = await MadeAsync(taking, "Takes all");
        var page = await demo.OpenAsync("/p/1/integrations/streams");
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Refuses some" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("What did not arrive", new LocatorAssertionsToContainTextOptions { Timeout = 60_000 });
        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Takes all" }).ClickAsync();
        await page.WaitForURLAsync($"**/integrations/streams/{second}");
        await ShouldBeAsync(taking, isRefused: false);

        // The list lies between the two in the history and is skipped, there and back.
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Back" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Refuses some" }).ClickAsync();
        await ShouldBeAsync(refusing, isRefused: true);
        await page.EvaluateAsync("history.go(-2)");
        await page.WaitForURLAsync($"**/integrations/streams/{second}");
        await ShouldBeAsync(taking, isRefused: false);
        await page.EvaluateAsync("history.go(2)");
        await page.WaitForURLAsync($"**/integrations/streams/{first}");
        await ShouldBeAsync(refusing, isRefused: true);

        async Task ShouldBeAsync(CurrentsServer receiver, bool isRefused)
        {
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync(receiver.Address + "/currents");
            await Assertions.Expect(page.Locator("main h2", new PageLocatorOptions { HasText = "What did not arrive" })).ToHaveCountAsync(isRefused ? 1 : 0);
        }
    }

    [Fact]
    public async Task What_did_not_arrive_who_was_sent_and_who_belongs_come_as_files_for_spreadsheets()
    {
        await using var currents = await CurrentsServer.StartAsync();
        currents.KeyProperty = "no such property";
        currents.IsRefused = item => item.GetProperty("id").GetString()!.EndsWith('7');
        var stream = await MadeAsync(currents, "Some are refused");
        var cohort = await PostAsync("cohorts", """{"name":"Listeners in files","definition":{"kind":"filter","where":{"kind":"did","event":{"event":"Play Song"},"comparison":"atLeast","count":1} } }""");
        var folder = await PostAsync("connections", """{"name":"People in files","settings":{"kind":"folder","folder":"people"}}""");
        var sync = await PostAsync("syncs", $$"""{"connection":{{folder}},"cohort":{{cohort}} }""");
        var page = await demo.OpenAsync($"/p/1/integrations/streams/{stream}");
        await ShouldBecomeAsync($"integrations/streams/{stream}/record.csv", "at,reason,id,event,distinct_id,detail", "[^,]+Z,Refused,[0-9a-f-]{35}7,.*,[^,]+,\"?400.*");
        await ShouldBecomeAsync($"integrations/syncs/{sync}/audit.csv", "distinct_id,partner_id,operation,reason,detail,run,at", "[^,]+,[^,]+,add,[A-Z][A-Za-z]+,[^,]*,[0-9]+,[^,]+Z");
        await ShouldBecomeAsync($"cohorts/{cohort}/members.csv", "distinct_id,name,email,last_seen,since,why", "[^,]+,[^,]*,[^,]*,[^,]+,[^,]+Z,.+");

        async Task ShouldBecomeAsync(string path, string head, string row)
        {
            var patience = System.Diagnostics.Stopwatch.StartNew();
            string[] lines;
            do
            {
                patience.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1), path);
                lines = (await (await page.Context.APIRequest.GetAsync($"/p/1/{path}")).TextAsync()).Split("\r\n");
            }
            while (lines.Length < 3);
            (lines[0], lines[^1]).ShouldBe(('\uFEFF' + head, string.Empty));
            lines[1..^1].ShouldAllBe(line => Regex.IsMatch(line, $"^{row}$"));
        }
    }

    private async Task<int> MadeAsync(CurrentsServer currents, string name)
    {
        var connection = await PostAsync("connections", $$"""{"name":"{{name}}","settings":{"kind":"currents","url":"{{currents.Address}}/currents","token":"{{currents.Token}}"} }""");
        return await PostAsync("streams", $$"""{"name":"{{name}}","connection":{{connection}},"choice":{"types":["users.messages.*"],"productEvents":["*"]},"backfillFrom":"2026-01-01T00:00:00Z"}""");
    }

    private async Task<int> PostAsync(string path, string body)
    {
        using var content = new StringContent(body);
        using var reply = await demo.Server.Http.PostAsync(new Uri($"/api/v1/{path}?project=1", UriKind.Relative), content);
        var answer = await reply.Content.ReadAsStringAsync();
        reply.IsSuccessStatusCode.ShouldBeTrue(answer);
        return System.Text.Json.JsonDocument.Parse(answer).RootElement.GetProperty("id").GetInt32();
    }

    [GeneratedRegex(@"/integrations/streams/\d+$")]
    private static partial Regex StreamAddress();

    [GeneratedRegex("^[1-9]")]
    private static partial Regex Some();

    [GeneratedRegex("The past since .* is sent")]
    private static partial Regex PastIsSent();
}
