using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rondo.Running;

namespace Rondo.Server.Tests;

/// <summary>A backup is taken while clients send, and a new folder made of it.</summary>
public sealed partial class BackupAndRestore : IDisposable
{
    private const string Secret = "backup-secret";
    private const string Token = "00000000000000000000000000000042";
    private const string Password = "correct horse battery";
    private readonly string _root = Directory.CreateTempSubdirectory("rondo-backup-").FullName;

    private string Data => Path.Combine(_root, "data");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("backup")]
    [InlineData("backup.tar.gz")]
    [Trait("Category", "Long")]
    public async Task What_was_acknowledged_before_a_backup_is_in_it_once_and_the_restored_server_serves_and_signs_in(string name)
    {
        var backup = Path.Combine(_root, name);
        var sender = new Sender(Secret);
        string[] before;
        string story;
        await MakeProjectAsync();
        await using (var server = await ServerProcess.StartAsync(Data, "serve", "--seal-after", "400"))
        {
            await SetUpAsync(server);
            using var stopping = new CancellationTokenSource();
            var clients = Enumerable.Range(0, 3).Select(client => sender.SendAsync(server.Address, $"c{client}", stopping.Token)).ToArray();
            while (sender.Acknowledged.Count() < 3000)
            {
                await Task.Delay(20);
            }

            before = [.. sender.Acknowledged];
            story = await BackupStory.TellAsync(server, Secret, Token);
            var erasing = server.Http.DeleteAsync(new Uri("/api/v1/people?project=Shop&id=user-7", UriKind.Relative));
            var made = await ServerProcess.RunAsync("backup", backup, "--data", Data);
            (await erasing).StatusCode.ShouldBe(HttpStatusCode.OK);
            made.ExitCode.ShouldBe(0, made.Errors);
            var told = JsonDocument.Parse(made.Output).RootElement;
            told.GetProperty("projects")[0].GetProperty("position").GetInt64().ShouldBeGreaterThan(0);
            await stopping.CancelAsync();
            await Task.WhenAll(clients);
        }

        var restored = Path.Combine(_root, "restored");
        var result = await ServerProcess.RunAsync("restore", backup, "--data", restored);
        result.ExitCode.ShouldBe(0, result.Errors);
        var stored = (await StoredEvent.OfAsync("Shop", restored)).ConvertAll(tracked => tracked.SentAs);
        stored.Count.ShouldBe(stored.Distinct().Count(), "an event is restored twice");

        // Who was erased meanwhile did the eighth event of each batch, and is in the backup with all of them, or not at all.
        var missing = before.Except(stored).ToHashSet(StringComparer.Ordinal);
        (missing.Count == 0 || missing.SetEquals(before.Where(id => id.EndsWith("-7", StringComparison.Ordinal)))).ShouldBeTrue($"acknowledged events are missing: {string.Join(' ', missing.Take(10))}");
        (await ServerProcess.RunAsync("doctor", "--data", restored)).ExitCode.ShouldBe(0);

        await using var again = await ServerProcess.StartAsync(restored, "serve");
        (await BackupStory.DescribeAsync(again)).ShouldBe(story);
        (await SignInAsync(again)).ShouldBeTrue("the account of the backed up server does not open the restored one");
        await new Sender(Secret).SendAsync(again.Address, "later", new CancellationTokenSource(TimeSpan.FromMilliseconds(500)).Token);
    }

    [Fact]
    public async Task A_backup_is_restored_only_into_a_new_folder_and_only_when_it_is_whole()
    {
        await MakeProjectAsync();
        var backup = Path.Combine(_root, "backup");
        (await ServerProcess.RunAsync("backup", backup, "--data", Data)).ExitCode.ShouldBe(0);

        var onto = await ServerProcess.RunAsync("restore", backup, "--data", Data);
        onto.ExitCode.ShouldBe(4);
        onto.Errors.ShouldContain("is not empty");

        var over = await ServerProcess.RunAsync("backup", backup, "--data", Data);
        over.ExitCode.ShouldBe(4);
        over.Errors.ShouldContain("never written over");

        var within = await ServerProcess.RunAsync("backup", Path.Combine(Data, "events", "backup"), "--data", Data);
        within.ExitCode.ShouldBe(4);
        within.Errors.ShouldContain("must not lie within the data folder");

        var database = Path.Combine(backup, "analytics.db");
        var bytes = await File.ReadAllBytesAsync(database);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(database, bytes);
        var target = Path.Combine(_root, "restored");
        var damaged = await ServerProcess.RunAsync("restore", backup, "--data", target);
        damaged.ExitCode.ShouldBe(4);
        damaged.Errors.ShouldContain("'analytics.db' is not as it was written");
        Directory.Exists(target).ShouldBeFalse();

        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(database, bytes);
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(backup, "backup.json")))!;
        manifest["files"]!.AsArray().RemoveAll(file => (string?)file!["path"] == "accounts.db");
        await File.WriteAllTextAsync(Path.Combine(backup, "backup.json"), manifest.ToJsonString());
        var lacking = await ServerProcess.RunAsync("restore", backup, "--data", target);
        lacking.ExitCode.ShouldBe(4);
        lacking.Errors.ShouldContain("it lacks 'accounts.db'");
        Directory.Exists(target).ShouldBeFalse();

        File.Delete(Path.Combine(backup, "backup.json"));
        var half = await ServerProcess.RunAsync("restore", backup, "--data", target);
        half.ExitCode.ShouldBe(4);
        half.Errors.ShouldContain("not a whole one");
        Directory.GetFileSystemEntries(_root).Where(path => path.Contains(".partial", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private async Task MakeProjectAsync()
    {
        var made = await ServerProcess.RunAsync("projects", "create", "Shop", "--secret", Secret, "--token", Token, "--data", Data);
        made.ExitCode.ShouldBe(0, made.Errors);
    }

    /// <summary>Makes the first account by the link that the server printed.</summary>
    private static async Task SetUpAsync(ServerProcess server)
    {
        var link = server.Output.Select(line => SetupLink().Match(line)).First(match => match.Success).Value;
        using var http = Browser(server);
        using var reply = await SubmitAsync(http, link, ("Input.Name", "Ann"), ("Input.Email", "ann@example.com"), ("Input.Password", Password));
        reply.StatusCode.ShouldBe(HttpStatusCode.Found, await reply.Content.ReadAsStringAsync());
    }

    private static async Task<bool> SignInAsync(ServerProcess server)
    {
        using var http = Browser(server);
        using var reply = await SubmitAsync(http, "/sign-in", ("Input.Email", "ann@example.com"), ("Input.Password", Password));
        return reply.StatusCode == HttpStatusCode.Found && reply.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.StartsWith("rondo.session=", StringComparison.Ordinal));
    }

    private static HttpClient Browser(ServerProcess server) => new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };

    /// <summary>Fills in the form of a page as a browser does.</summary>
    private static async Task<HttpResponseMessage> SubmitAsync(HttpClient http, string path, params (string Name, string Value)[] entries)
    {
        var page = await http.GetStringAsync(new Uri(path, UriKind.RelativeOrAbsolute));
        var hidden = HiddenField().Matches(page).Select(match => match.Value)
            .Select(field => (Name: Attribute(field, "name"), Value: Attribute(field, "value")))
            .Where(field => field.Name.Length > 0);
        return await http.PostAsync(new Uri(path, UriKind.RelativeOrAbsolute), new FormUrlEncodedContent(hidden.Concat(entries).Select(entry => KeyValuePair.Create(entry.Item1, entry.Item2))));
    }

    private static string Attribute(string field, string name) => WebUtility.HtmlDecode(Regex.Match(field, $"\\b{name}=\"([^\"]*)\"").Groups[1].Value);

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*>")]
    private static partial Regex HiddenField();

    [GeneratedRegex("http://\\S+/setup\\?key=\\S+")]
    private static partial Regex SetupLink();
}
