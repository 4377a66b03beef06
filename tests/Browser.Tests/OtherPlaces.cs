using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Playwright;
using Rondo.Analytics.Tests.AudienceSync;

namespace Rondo.Browser.Tests;

/// <summary>Cohorts sent to a webhook and to a bucket, by somebody with a mouse; the guides' pictures are taken here.</summary>
[Collection(nameof(Demo))]
public sealed class OtherPlaces(Demo demo)
{
    [Fact]
    public async Task A_webhook_is_connected_and_kept_in_sync()
    {
        await using var webhook = await WebhookServer.StartAsync();
        await MakeCohortAsync("Listeners for the webhook");
        var page = await demo.OpenAsync("/p/1/integrations/new/webhook");
        await page.Locator("#name").FillAsync("Our own service");
        await page.Locator("#url").FillAsync(webhook.Address);
        await page.Locator("#user").FillAsync(WebhookServer.User);
        await page.Locator("#password").FillAsync("wrong");
        await page.Locator("#properties").FillAsync("plan");
        await page.GetByText("Save and test").ClickAsync();
        await Assertions.Expect(page.Locator(".note.bad")).ToContainTextAsync("who are you");
        await page.Locator("#password").FillAsync(WebhookServer.Password);
        await page.GetByText("Save and test").ClickAsync();
        await Assertions.Expect(page.Locator(".note.good")).ToContainTextAsync("Connected.");
        await Demo.PictureAsync(page, "webhook-connected");

        await ExportAsync(page, "Listeners for the webhook", "Our own service (Webhook)", isKept: true);
        await Assertions.Expect(page.Locator("[data-state]")).ToHaveTextAsync("In step");
        var held = int.Parse((await page.Locator("[data-held]").GetAttributeAsync("data-held"))!, CultureInfo.InvariantCulture);
        held.ShouldBeGreaterThan(1000, "more than a page");
        await Demo.PictureAsync(page, "webhook-sync");
        webhook.Requests.Count(request => request.GetProperty("action").GetString() == "members" && request.GetProperty("parameters").GetProperty("members").GetArrayLength() > 0).ShouldBe((held + 999) / 1000);
        webhook.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bucket_is_connected_and_gets_an_export()
    {
        await using var bucket = await BucketServer.StartAsync();
        await MakeCohortAsync("Listeners for the bucket");
        var page = await demo.OpenAsync("/p/1/integrations/new/bucket");
        await page.Locator("#name").FillAsync("Our bucket");
        await page.Locator("#store").FillAsync(bucket.Address);
        await page.Locator("#region").FillAsync("eu-central-1");
        await page.Locator("#bucket").FillAsync("another");
        await page.Locator("#prefix").FillAsync("rondo");
        await page.Locator("#access-key").FillAsync(BucketServer.AccessKey);
        await page.Locator("#secret-key").FillAsync(BucketServer.SecretKey);
        await page.GetByText("Save and test").ClickAsync();
        await Assertions.Expect(page.Locator(".note.bad")).ToContainTextAsync("NoSuchBucket");
        await page.Locator("#bucket").FillAsync("audiences");
        await page.GetByText("Save and test").ClickAsync();
        await Assertions.Expect(page.Locator(".note.good")).ToContainTextAsync("Connected.");
        await Demo.PictureAsync(page, "bucket-connected");

        await ExportAsync(page, "Listeners for the bucket", "Our bucket (Bucket (S3))", isKept: false);
        await Assertions.Expect(page.Locator("[data-state]")).ToHaveTextAsync("Done");
        await Demo.PictureAsync(page, "bucket-export");
        var held = int.Parse((await page.Locator("[data-held]").GetAttributeAsync("data-held"))!, CultureInfo.InvariantCulture);
        var file = bucket.Objects.Single(one => one.Key.EndsWith(".ndjson", StringComparison.Ordinal));
        file.Key.ShouldMatch("^rondo/[0-9a-f]{32}-[0-9]+/[0-9]{8}-1-replace-000001\\.ndjson$");
        file.Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(held + 1);
        bucket.Violations.ShouldBeEmpty();
    }

    private async Task MakeCohortAsync(string name)
    {
        using var made = await demo.Server.Http.PostAsJsonAsync(new Uri("/api/v1/cohorts?project=1", UriKind.Relative), new
        {
            name,
            definition = new { kind = "filter", where = new { kind = "did", @event = new { @event = "Play Song" }, comparison = "atLeast", count = 1 } },
        });
        made.EnsureSuccessStatusCode();
    }

    private static async Task ExportAsync(IPage page, string cohort, string connection, bool isKept)
    {
        await page.GotoAsync("/p/1/cohorts");
        await page.GetByText(cohort).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Export", Exact = true }).ClickAsync();
        await page.Locator("#export-connection").SelectOptionAsync(new SelectOptionValue { Label = connection });
        if (!isKept)
        {
            await page.GetByText("Export once").First.ClickAsync();
        }

        await page.Locator(".mud-dialog .button.primary").ClickAsync();
        await page.GetByText("Watch it").ClickAsync();
        await Assertions.Expect(page.Locator("[data-held]")).ToHaveAttributeAsync("data-held", new System.Text.RegularExpressions.Regex("^[1-9]"));
    }
}
