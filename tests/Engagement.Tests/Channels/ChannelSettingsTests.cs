using System.Text;
using Microsoft.Data.Sqlite;
using Rondo.Engagement.Contracts;

namespace Rondo.Engagement.Tests.Channels;

public sealed class ChannelSettingsTests
{
    private static readonly SmtpSettings Mail = new("mail.example", 587, "startTls", "rondo", "hunter2-password", "News <news@example.org>", null);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secrets_go_in_never_come_out_and_lie_encrypted()
    {
        await using var world = await World.OpenAsync(usesSandbox: false);
        await using var fcm = await FcmServer.StartAsync(world.Time);
        var settings = world.Get<IChannelSettings>();
        var changed = await settings.ChangeAsync(world.Id, new ChannelSettings(Provider.Fcm, Provider.Smtp, new FcmSettings(fcm.KeyFile, fcm.Address), Mail), Token);
        changed.Problems.ShouldBeEmpty();
        changed.Value!.Fcm.ShouldBe(new FcmSettings(null, fcm.Address));
        changed.Value.Smtp.ShouldBe(Mail with { Password = null });
        (await settings.GetAsync(world.Id, Token)).ShouldBe(changed.Value);

        // Left out, the stored secrets stay.
        (await settings.ChangeAsync(world.Id, changed.Value with { Smtp = changed.Value.Smtp! with { Host = "other.example" } }, Token)).Problems.ShouldBeEmpty();
        var kept = await world.Get<Rondo.Engagement.Channels.ChannelDesk>().WithSecretsAsync(world.Id, Token);
        kept.Smtp.ShouldBe(Mail with { Host = "other.example" });
        kept.Fcm!.ServiceAccountJson.ShouldBe(fcm.KeyFile);

        SqliteConnection.ClearAllPools();
        foreach (var file in Directory.EnumerateFiles(world.Directory, "engagement.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, Token);
            var text = Encoding.Latin1.GetString(bytes.ToArray());
            text.ShouldNotContain("hunter2-password");
            text.ShouldNotContain("PRIVATE KEY");
        }
    }

    [Fact]
    public async Task What_cannot_work_is_refused_by_field_and_without_the_secret()
    {
        await using var world = await World.OpenAsync(usesSandbox: false);
        var settings = world.Get<IChannelSettings>();
        foreach (var (field, wrong) in new (string, ChannelSettings)[]
        {
            ("push", new(Provider.Smtp, Provider.None, null, null)),
            ("email", new(Provider.None, Provider.Fcm, null, null)),
            ("fcm.serviceAccountJson", new(Provider.Fcm, Provider.None, null, null)),
            ("fcm.serviceAccountJson", new(Provider.Fcm, Provider.None, new FcmSettings("secret, not json", null), null)),
            ("fcm.serviceAccountJson", new(Provider.Fcm, Provider.None, new FcmSettings("""{"type":"authorized_user"}""", null), null)),
            ("fcm.serviceAccountJson", new(Provider.Fcm, Provider.None, new FcmSettings("""{"type":"service_account","project_id":"p","client_email":"e","private_key":"secret","token_uri":"https://x.example/"}""", null), null)),
            ("fcm.endpoint", new(Provider.None, Provider.None, new FcmSettings(null, "ftp://x"), null)),
            ("smtp", new(Provider.None, Provider.Smtp, null, null)),
            ("smtp.host", new(Provider.None, Provider.Smtp, null, Mail with { Host = " " })),
            ("smtp.port", new(Provider.None, Provider.Smtp, null, Mail with { Port = 0 })),
            ("smtp.security", new(Provider.None, Provider.Smtp, null, Mail with { Security = "maybe" })),
            ("smtp.from", new(Provider.None, Provider.Smtp, null, Mail with { From = "nobody at all" })),
            ("smtp.replyTo", new(Provider.None, Provider.Smtp, null, Mail with { ReplyTo = "@" })),
        })
        {
            var refused = await settings.ChangeAsync(world.Id, wrong, Token);
            refused.Problems.Select(problem => problem.Field).ShouldContain(field);
            refused.Problems.ShouldAllBe(problem => !problem.Rule.Contains("secret", StringComparison.Ordinal) && !problem.Rule.Contains("hunter2", StringComparison.Ordinal));
        }

        (await settings.GetAsync(world.Id, Token)).ShouldBe(new ChannelSettings(Provider.None, Provider.None, null, null));
    }
}
