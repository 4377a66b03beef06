using System.Text.Json;
using Rondo.HttpApi.Tests.Hosting;
using Rondo.Server.Hosting;

namespace Rondo.HttpApi.Tests.CommandLine;

/// <summary>
/// A month of a real music service, imported by the real command: its figures are known, and our HTTP reports give them.
/// The data has no licence and is not part of the repository.
/// </summary>
public sealed class SparkifyTests
{
    private const string November = """
        "range":{"kind":"between","from":"2018-11-01","to":"2018-11-30"}
        """;

    [Fact]
    public async Task The_known_figures_come_out_of_the_report_interface()
    {
        var folder = TestFiles.Shared("data/sparkify");
        Assert.SkipWhen(folder is null, "The Sparkify files are not here (../shared/data/sparkify).");
        using var temporary = new TemporaryFolder();
        var project = (await RondoProcess.RunAsync("projects", "create", "Sparkify", "--data", temporary.Data)).Json;
        string[] import = ["import", .. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal), "--project", "Sparkify", "--format", "ndjson", "--event", "page", "--user", "userId", "--time", "ts", "--data", temporary.Data];
        var summary = (await RondoProcess.RunAsync(import)).Json;
        summary.GetProperty("imported").GetInt64().ShouldBe(8056);
        summary.GetProperty("refused").GetInt64().ShouldBe(0);

        // Twice, since importing again must change nothing.
        (await RondoProcess.RunAsync(import)).Json.GetProperty("imported").GetInt64().ShouldBe(8056);

        await using var server = await RondoServer.StartAsync(new ServerSettings { DataDirectory = temporary.Data, Urls = "http://127.0.0.1:0", LogLevel = Microsoft.Extensions.Logging.LogLevel.Error }, DataFolder.TryTake(temporary.Data)!, CancellationToken.None);
        using var client = new HttpClient { BaseAddress = new Uri(server.Note.Url) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", project.GetProperty("restKey").GetString());
        await CheckTotalsAsync(client);
        await CheckFunnelsAsync(client);
        await CheckRetentionAsync(client);
    }

    private static async Task CheckTotalsAsync(HttpClient client)
    {
        (string Page, long Count)[] pages =
        [
            ("NextSong", 6820), ("Home", 806), ("Login", 92), ("Logout", 90), ("Downgrade", 60), ("Settings", 56), ("Help", 47),
            ("About", 36), ("Upgrade", 21), ("Save Settings", 10), ("Error", 9), ("Submit Upgrade", 8), ("Submit Downgrade", 1),
        ];
        var metrics = string.Join(',', pages.Select(page => $$"""{"event":{"event":"{{page.Page}}"},"measure":"total"}"""));
        var totals = await AskAsync(client, "insights", $$"""{"metrics":[{{metrics}}],"unit":"month",{{November}}}""");
        totals.GetProperty("series").EnumerateArray().Select(series => series.GetProperty("total").GetInt64()).ShouldBe(pages.Select(page => page.Count));

        // Events of nobody count in totals and in nothing else.
        const string WithPerson = """{"kind":"property","source":"event","property":"gender","operator":"isSet","values":[]}""";
        var people = await AskAsync(client, "insights", $$$"""{"metrics":[{"event":{},"measure":"uniques"},{"event":{},"measure":"total"},{"event":{"filter":{{{WithPerson}}}},"measure":"total"}],"unit":"month",{{{November}}}}""");
        people.GetProperty("series").EnumerateArray().Select(series => series.GetProperty("total").GetInt64()).ShouldBe([97, 8056, 7770]);
    }

    private static async Task CheckFunnelsAsync(HttpClient client)
    {
        (await StepsAsync(client, 366, "optimized", "Home", "NextSong", "Downgrade")).ShouldBe([85, 84, 16]);
        (await StepsAsync(client, 1, "optimized", "Home", "NextSong", "Downgrade")).ShouldBe([85, 77, 16]);
        (await StepsAsync(client, 1, "firstEntry", "Home", "NextSong", "Downgrade")).ShouldBe([85, 63, 1]);
        (await StepsAsync(client, 366, "optimized", "Upgrade", "Submit Upgrade")).ShouldBe([15, 8]);
    }

    private static async Task CheckRetentionAsync(HttpClient client)
    {
        var retention = await AskAsync(client, "retention", $$$"""{"birth":{},"return":{},"unit":"day","buckets":8,"alignment":"calendar","criterion":"on","birthKind":"firstEver","countBirthAsReturn":true,{{{November}}}}""");
        var rows = retention.GetProperty("segments")[0].GetProperty("rows").EnumerateArray().ToList();
        Enumerable.Range(0, 8).Select(day => rows.Sum(row => row.GetProperty("retained")[day].GetInt64())).ShouldBe([97, 24, 25, 23, 21, 22, 24, 19]);
    }

    private static async Task<IEnumerable<long>> StepsAsync(HttpClient client, int days, string reEntry, params string[] events)
    {
        var steps = string.Join(',', events.Select(name => $$"""{"event":"{{name}}"}"""));
        var funnel = await AskAsync(client, "funnel", $$$"""{"steps":[{{{steps}}}],"window":{"count":{{{days}}},"unit":"day"},"reEntry":"{{{reEntry}}}",{{{November}}}}""");
        return funnel.GetProperty("segments")[0].GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("count").GetInt64());
    }

    private static async Task<JsonElement> AskAsync(HttpClient client, string report, string query) =>
        (await client.PostJsonAsync($"/api/v1/reports/{report}", query)).GetProperty("result");
}
