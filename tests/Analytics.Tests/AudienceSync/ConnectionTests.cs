using System.Text;
using Microsoft.Data.Sqlite;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.Tests.AudienceSync;

public sealed class ConnectionTests
{
    private static readonly BrazeConnection Braze = new("https://rest.iad-01.braze.com", "the-data-import-key", "the-partner-key");

    [Fact]
    public async Task Keys_go_in_never_come_out_and_lie_encrypted()
    {
        await using var world = await World.CreateAsync();
        var connections = world.Get<IConnections>();
        var made = (await connections.CreateAsync(world.Project, "Braze", Braze, default)).Value!;
        made.Settings.ShouldBe(Braze with { DataImportKey = null, PartnerApiKey = null });
        (await connections.ListAsync(world.Project, default)).ShouldBe([made]);
        (await connections.FindAsync(new(99), made.Id, default)).ShouldBeNull();

        var changed = (await connections.ChangeAsync(world.Project, made.Id, "Braze EU", new BrazeConnection("https://rest.fra-01.braze.eu"), default)).Value!;
        changed.Name.ShouldBe("Braze EU");

        SqliteConnection.ClearAllPools();
        foreach (var file in Directory.EnumerateFiles(world.Get<AnalyticsOptions>().Directory, "integrations.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes);
            Encoding.Latin1.GetString(bytes.ToArray()).ShouldNotContain("the-data-import-key");
            Encoding.Latin1.GetString(bytes.ToArray()).ShouldNotContain("the-partner-key");
        }
    }

    [Fact]
    public async Task What_cannot_work_is_refused_by_field_and_without_the_key()
    {
        await using var world = await World.CreateAsync();
        var connections = world.Get<IConnections>();
        foreach (var (field, name, settings) in new (string, string, ConnectionSettings)[]
        {
            ("name", " ", Braze),
            ("settings", "x", null!),
            ("settings.endpoint", "x", Braze with { Endpoint = "rest.iad-01.braze.com" }),
            ("settings.endpoint", "x", Braze with { Endpoint = "https://user:pass@rest.iad-01.braze.com" }),
            ("settings.dataImportKey", "x", Braze with { DataImportKey = " " }),
            ("settings.partnerApiKey", "x", Braze with { PartnerApiKey = null }),
            ("settings.partner", "x", Braze with { Partner = "a/b" }),
            ("settings.url", "x", new WebhookConnection("ftp://x")),
            ("settings.user", "x", new WebhookConnection("https://x.example", null, "secret-password")),
            ("settings.user", "x", new WebhookConnection("https://x.example", "a:b", "secret-password")),
            ("settings.properties", "x", new WebhookConnection("https://x.example", Properties: [""])),
            ("settings.folder", "x", new FolderConnection("../up")),
            ("settings.folder", "x", new FolderConnection("")),
            ("settings.secretKey", "x", new BucketConnection("https://s3.example", "r", "b", "a")),
            ("settings.bucket", "x", new BucketConnection("https://s3.example", "r", "", "a", "secret")),
        })
        {
            var refused = await connections.CreateAsync(world.Project, name, settings, default);
            refused.Problems.Select(problem => problem.Field).ShouldBe([field]);
            refused.Problems.ShouldAllBe(problem => !problem.Rule.Contains("secret-password"));
        }

        (await connections.ListAsync(world.Project, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_kind_stays_and_a_name_is_had_once()
    {
        await using var world = await World.CreateAsync();
        var connections = world.Get<IConnections>();
        var braze = (await connections.CreateAsync(world.Project, "Braze", Braze, default)).Value!;
        (await connections.CreateAsync(world.Project, "Braze", new FolderConnection("x"), default)).Problems.ShouldHaveSingleItem().Field.ShouldBe("name");
        (await connections.ChangeAsync(world.Project, braze.Id, "Braze", new FolderConnection("x"), default)).Problems.ShouldHaveSingleItem().Field.ShouldBe("settings.kind");
        (await connections.RemoveAsync(world.Project, braze.Id, default)).Problems.ShouldBeEmpty();
        (await connections.ListAsync(world.Project, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_test_says_what_the_other_side_said_and_what_to_do()
    {
        await using var world = await SyncWorld.CreateAsync();
        (await world.Connections.TestAsync(world.World.Project, world.Connection.Id, default)).Value!.IsReady.ShouldBeTrue();
        world.Braze.AcceptedKey = "another";
        var test = (await world.Connections.TestAsync(world.World.Project, world.Connection.Id, default)).Value!;
        test.IsReady.ShouldBeFalse();
        test.Advice.ShouldBe(SyncAdvice.RenewKeys);
        test.Message.ShouldNotContain(BrazeServer.DataImportKey);
    }
}
