using System.Net;
using System.Text.RegularExpressions;
using Rondo.Engagement.Contracts;
using Rondo.Model.Events;

namespace Rondo.Engagement.Tests.Links;

public sealed partial class MessageLinkTests
{
    private const string Html =
        """
        <html><body><h1>Plans</h1><p>Hello {{${first_name} | default: 'you'}}, <a class="b" href="https://example.org/plans?a=1&amp;b=2">see plans</a>,
        <a href="https://example.org/plain" clicktracking="off">plain</a>, <a href="musicfinder://home">open</a>, <a href="{{${set_user_to_unsubscribed_url}}}">stop</a></p></body></html>
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_leads_where_it_was_written_and_counts_the_click()
    {
        await using var world = await World.OpenAsync();
        await using var site = await Site.StartAsync(world);
        var (campaign, mail) = await SendAsync(world);
        var links = LinkPattern().Matches(mail.Body).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).ToList();

        links.Count.ShouldBe(4);
        links[0].ShouldStartWith("http://rondo.test/m/c/");
        links[1].ShouldBe("https://example.org/plain");
        links[2].ShouldBe("musicfinder://home");
        links[3].ShouldStartWith("http://rondo.test/m/u/");
        mail.Body.ShouldContain("class=\"b\"");
        mail.Body.ShouldNotContain("clicktracking");

        using var answer = await site.GetAsync(links[0]);
        answer.StatusCode.ShouldBe(HttpStatusCode.Found);
        answer.Headers.Location!.OriginalString.ShouldBe("https://example.org/plans?a=1&b=2");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();

        var click = (await world.EventsAsync(WellKnownEvents.EmailClick)).ShouldHaveSingleItem();
        click.DistinctId.ShouldBe("ada");
        click.UserId.ShouldBe("ada");
        click.Text("url").ShouldBe("https://example.org/plans?a=1&b=2");
        click.Text("campaign_id").ShouldBe($"{campaign.Id}");
        click.Text("campaign_name").ShouldBe("Newsletter");
        click.Text("message_variation_name").ShouldBe("A");
        click.Text("channel").ShouldBe("email");
        (await world.ResultsAsync(campaign)).Arms[0].Clicks.ShouldBe(1);
    }

    [Fact]
    public async Task Links_of_an_erased_person_still_lead_on_but_count_for_nobody()
    {
        await using var world = await World.OpenAsync();
        await using var site = await Site.StartAsync(world);
        var (campaign, mail) = await SendAsync(world);
        await world.Get<Rondo.Analytics.Contracts.IPeople>().EraseAsync(world.Id, ["ada"], Token);
        var link = WebUtility.HtmlDecode(LinkPattern().Match(mail.Body).Groups[1].Value);
        using (var answer = await site.GetAsync(link))
        {
            answer.Headers.Location!.OriginalString.ShouldBe("https://example.org/plans?a=1&b=2");
        }

        using (await site.GetAsync(PixelPattern().Match(mail.Body).Groups[1].Value))
        {
        }

        (await world.EventsAsync(WellKnownEvents.EmailClick)).ShouldBeEmpty();
        (await world.EventsAsync(WellKnownEvents.EmailOpen)).ShouldBeEmpty();
        (await world.ResultsAsync(campaign)).Arms[0].Clicks.ShouldBe(0);
    }

    [Fact]
    public async Task The_pixel_counts_every_load_and_each_person_once()
    {
        await using var world = await World.OpenAsync();
        await using var site = await Site.StartAsync(world);
        var (campaign, mail) = await SendAsync(world);
        var pixel = PixelPattern().Match(mail.Body).Groups[1].Value;
        pixel.ShouldStartWith("http://rondo.test/m/o/");
        for (var load = 0; load < 3; load++)
        {
            using var answer = await site.GetAsync(pixel);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/gif");
            answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        }

        (await world.EventsAsync(WellKnownEvents.EmailOpen)).Count.ShouldBe(3);
        (await world.ResultsAsync(campaign)).Arms[0].Opens.ShouldBe(1);
    }

    [Fact]
    public async Task Opening_the_unsubscribe_page_changes_nothing_and_its_button_does()
    {
        await using var world = await World.OpenAsync();
        await using var site = await Site.StartAsync(world);
        var (_, mail) = await SendAsync(world);
        var link = UnsubscribePattern().Match(mail.Body).Groups[1].Value;

        using var page = await site.GetAsync(link, "ko-KR,ko;q=0.9,en;q=0.5");
        var html = await page.Content.ReadAsStringAsync(Token);
        html.ShouldContain("수신 거부");
        html.ShouldContain("a•••@example.org");
        html.ShouldNotContain("ada@example.org");
        page.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldContain("default-src 'none'");
        (await ReachableAsync(world)).ShouldBe(1);

        using var done = await site.PostAsync(link, ("action", "unsubscribe"));
        (await done.Content.ReadAsStringAsync(Token)).ShouldContain("You are unsubscribed");
        (await ReachableAsync(world)).ShouldBe(0);
        (await world.StoreAsync()).FindProfile("ada")!["email_subscribe"].ShouldBe(PropertyValue.Of("unsubscribed"));
        (await world.EventsAsync(WellKnownEvents.EmailUnsubscribe)).ShouldHaveSingleItem().DistinctId.ShouldBe("ada");

        using var again = await site.PostAsync(link, ("action", "subscribe"));
        (await ReachableAsync(world)).ShouldBe(1);
    }

    [Fact]
    public async Task A_mail_program_unsubscribes_with_one_post_however_often_it_repeats_it()
    {
        await using var world = await World.OpenAsync();
        await using var site = await Site.StartAsync(world);
        var (_, mail) = await SendAsync(world);
        var link = UnsubscribePattern().Match(mail.Body).Groups[1].Value;
        for (var repeat = 0; repeat < 2; repeat++)
        {
            using var done = await site.PostAsync(link, ("List-Unsubscribe", "One-Click"));
            done.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await ReachableAsync(world)).ShouldBe(0);
        (await world.EventsAsync(WellKnownEvents.EmailUnsubscribe)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_link_that_we_did_not_sign_leads_nowhere()
    {
        await using var world = await World.OpenAsync();
        await using var site = await Site.StartAsync(world);
        var (_, mail) = await SendAsync(world);
        var click = WebUtility.HtmlDecode(LinkPattern().Match(mail.Body).Groups[1].Value);
        var pixel = PixelPattern().Match(mail.Body).Groups[1].Value;
        foreach (var forged in new[]
        {
            click[..^4],
            click[..^1] + (click[^1] == 'A' ? 'B' : 'A'),
            click.Replace("/m/c/", "/m/u/", StringComparison.Ordinal),
            pixel.Replace("/m/o/", "/m/c/", StringComparison.Ordinal)[..^4],
            "http://rondo.test/m/c/aHR0cHM6Ly9ldmlsLmV4YW1wbGU",
            "http://rondo.test/m/c/x",
            "http://rondo.test/m/u/x",
            "http://rondo.test/m/o/x.gif",
        })
        {
            using var answer = await site.GetAsync(forged);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, forged);
            answer.Headers.Location.ShouldBeNull();
        }

        (await world.EventsAsync(WellKnownEvents.EmailClick)).ShouldBeEmpty();
    }

    private static async Task<(Campaign Campaign, SandboxMessage Mail)> SendAsync(World world)
    {
        await world.AddPeopleAsync(["ada"]);
        var campaign = await world.LaunchAsync(World.EmailPlan(html: Html));
        await world.SettleAsync();
        return (campaign, (await world.Get<ISandbox>().LatestAsync(world.Id, 10, Token)).ShouldHaveSingleItem());
    }

    private static async Task<int> ReachableAsync(World world) =>
        (await world.Get<ISegments>().ReachAsync(world.Id, World.Everyone, Token)).Value!.Channels.Single(channel => channel.Channel == Channel.Email).Reachable;

    [GeneratedRegex("<a [^>]*href=\"([^\"]*)\"")]
    private static partial Regex LinkPattern();

    [GeneratedRegex("<img src=\"([^\"]*)\" width=\"1\"")]
    private static partial Regex PixelPattern();

    [GeneratedRegex("href=\"([^\"]*/m/u/[^\"]*)\"")]
    private static partial Regex UnsubscribePattern();
}
