using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Tests.Channels;
using Rondo.HttpApi.Tests.Hosting;
using Rondo.Web.Accounts;

namespace Rondo.HttpApi.Tests.Integrations;

/// <summary>A sync that needs somebody says so by e-mail to everybody who has an account.</summary>
public sealed class PausedSyncMailTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Everybody_is_told_once_when_a_sync_stops_also_across_a_restart_and_again_when_it_stops_again()
    {
        await using var mail = new MailServer();
        await using var server = await TestServer.StartAsync();
        var keys = await server.CreateProjectAsync("Paused mail");
        await AddAccountsAsync(server, "ada@example.com", "bo@example.com");
        await UseAsync(server, keys.Project, mail.Port);
        using var client = server.Client(keys.RestKey);

        // This server may not call itself, so the sync stops at once.
        var sync = await StopSyncAsync(server, client);
        await UntilAsync(server, () => mail.Mails.Count == 2);
        mail.Mails.Select(one => one.To).Order(StringComparer.Ordinal).ShouldBe(["ada@example.com", "bo@example.com"]);
        var message = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(mail.Mails.First().Data)));
        message.Headers["Auto-Submitted"].ShouldBe("auto-generated");
        var text = message.TextBody!;
        text.ShouldContain($"/p/{keys.Project.Id}/integrations/syncs/{sync}");
        text.ShouldContain("private network");
        text.ShouldContain("프로젝트");
        text.ShouldNotContain("key-two");

        await server.RestartAsync();
        using var again = server.Client(keys.RestKey);
        for (var minute = 0; minute < 5; minute++)
        {
            await PassAsync(server);
        }

        mail.Mails.Count.ShouldBe(2);
        (await again.PostJsonAsync($"/api/v1/syncs/{sync}/resume", "")).GetProperty("state").GetString().ShouldBe("active");
        await UntilAsync(server, () => mail.Mails.Count == 4);
        mail.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_is_told_of_what_somebody_paused_and_without_a_mail_server_everybody_once_there_is_one()
    {
        await using var mail = new MailServer();
        await using var server = await TestServer.StartAsync();
        var keys = await server.CreateProjectAsync("No mail yet");
        await AddAccountsAsync(server, "ada@example.com");
        using var client = server.Client(keys.RestKey);
        var folder = (await client.PostJsonAsync("/api/v1/connections", """{"name":"Files","settings":{"kind":"folder","folder":"x"}}""")).GetProperty("id").GetInt32();
        var cohort = await CohortAsync(client);
        var byHand = (await client.PostJsonAsync("/api/v1/syncs", $$"""{"connection":{{folder}},"cohort":{{cohort}},"intervalSeconds":3600}""")).GetProperty("id").GetInt32();
        (await client.PostJsonAsync($"/api/v1/syncs/{byHand}/pause", "")).GetProperty("state").GetString().ShouldBe("paused");
        await StopSyncAsync(server, client);
        await PassAsync(server);
        mail.Mails.ShouldBeEmpty();
        await UseAsync(server, keys.Project, mail.Port);
        await UntilAsync(server, () => !mail.Mails.IsEmpty);
        mail.Mails.ShouldHaveSingleItem();
    }

    private static async Task<int> StopSyncAsync(TestServer server, HttpClient client)
    {
        var connection = await client.PostJsonAsync("/api/v1/connections", $$"""{"name":"Braze","settings":{"kind":"braze","endpoint":"{{server.Address.GetLeftPart(UriPartial.Authority)}}","dataImportKey":"key-one","partnerApiKey":"key-two"} }""");
        var sync = (await client.PostJsonAsync("/api/v1/syncs", $$"""{"connection":{{connection.GetProperty("id").GetInt32()}},"cohort":{{await CohortAsync(client)}},"intervalSeconds":1}""")).GetProperty("id").GetInt32();
        return sync;
    }

    private static async Task<int> CohortAsync(HttpClient client) =>
        (await client.PostJsonAsync("/api/v1/cohorts", $$"""{"name":"{{Guid.NewGuid():n}}","definition":{"kind":"filter","where":{"kind":"did","event":{"event":"Play"},"comparison":"exactly","count":0} } }""")).GetProperty("id").GetInt32();

    private static async Task AddAccountsAsync(TestServer server, params string[] addresses)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        foreach (var address in addresses)
        {
            (await accounts.CreateAsync(new Account { UserName = address, Email = address, DisplayName = address })).Succeeded.ShouldBeTrue();
        }
    }

    private static async Task UseAsync(TestServer server, Project project, int port) =>
        (await server.Services.GetRequiredService<IChannelSettings>().ChangeAsync(project.Id, new ChannelSettings(Provider.None, Provider.Smtp, null, new SmtpSettings("127.0.0.1", port, "none", null, null, "Rondo <rondo@example.com>", null)), CancellationToken.None)).Problems.ShouldBeEmpty();

    /// <summary>Lets minutes of the server's pass until something holds.</summary>
    private static async Task UntilAsync(TestServer server, Func<bool> holds)
    {
        var waited = Stopwatch.StartNew();
        while (!holds())
        {
            waited.Elapsed.ShouldBeLessThan(Patience);
            await PassAsync(server);
        }
    }

    /// <summary>A minute of the server's and a moment of ours.</summary>
    private static Task PassAsync(TestServer server)
    {
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        return Task.Delay(50);
    }
}
