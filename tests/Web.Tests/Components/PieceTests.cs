using Bunit;
using Rondo.Engagement.Contracts;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Web.Components;
using Rondo.Web.Features.Campaigns;

namespace Rondo.Web.Tests.Components;

/// <summary>The small parts that every page is put together from.</summary>
public sealed class PieceTests
{
    [Fact]
    public async Task A_pager_names_the_part_shown_and_ends_at_both_ends()
    {
        await using var site = await Site.OpenAsync();
        var asked = 0;
        var pager = site.Render<Pager>(parameters => parameters.Add(part => part.Total, 1234).Add(part => part.Size, 50).Add(part => part.Page, 25).Add(part => part.OnGo, page => asked = page));
        pager.Find("span").TextContent.ShouldBe("1,201–1,234 of 1,234");
        pager.FindAll("button")[1].HasAttribute("disabled").ShouldBeTrue();
        await pager.FindAll("button")[0].ClickAsync(new());
        asked.ShouldBe(24);
        site.Render<Pager>(parameters => parameters.Add(part => part.Total, 50).Add(part => part.Size, 50).Add(part => part.Page, 1)).Markup.Trim().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("en", "A part of the event store cannot be read.", "The event store cannot work at the moment.")]
    [InlineData("ko", "이벤트 저장소의 일부를 읽을 수 없습니다.", "지금은 이벤트 저장소를 쓸 수 없습니다.")]
    public async Task A_store_that_fails_is_explained_in_the_language_of_the_page_and_quoted_with_its_file(string language, string damaged, string unavailable)
    {
        await using var site = await Site.OpenAsync();
        using var korean = language == "ko" ? Language.Korean() : null;
        foreach (var (failure, title) in new (Exception, string)[] { (new StoreDamagedException("p1/few.arrows is missing. Restore it."), damaged), (new StoreUnavailableException("The disk is full. Free space."), unavailable) })
        {
            var shown = site.Render<Breakage>(parameters => parameters.Add(part => part.Failure, failure));
            shown.Find("strong").TextContent.ShouldBe(title);
            shown.Find("blockquote[lang=en]").TextContent.ShouldBe(failure.Message);
            shown.Find("[data-copy]").GetAttribute("data-copy")!.ShouldEndWith(failure.Message);
            if (language == "ko")
            {
                shown.Find("blockquote").Remove();
                shown.Find(".code").Remove();
                shown.Find(".note").TextContent.Replace("ID", string.Empty, StringComparison.Ordinal).ShouldNotContain(character => char.IsAsciiLetter(character));
            }
        }

        site.Render<Breakage>(parameters => parameters.Add(part => part.Failure, new InvalidOperationException("inner workings"))).Markup.ShouldNotContain("inner workings");
    }

    [Fact]
    public async Task A_choice_says_which_one_is_chosen()
    {
        await using var site = await Site.OpenAsync();
        var chosen = "a";
        var choice = site.Render<Segmented<string>>(parameters => parameters
            .Add(part => part.Choices, [("a", "First"), ("b", "Second")]).Add(part => part.Value, "b").Add(part => part.Label, "Which").Add(part => part.ValueChanged, value => chosen = value));
        choice.FindAll("[role=radio]").Select(one => one.GetAttribute("aria-checked")).ShouldBe(["false", "true"]);
        await choice.FindAll("[role=radio]")[0].ClickAsync(new());
        chosen.ShouldBe("a");
    }

    [Fact]
    public async Task A_refusal_stands_beside_its_field_and_at_no_other()
    {
        await using var site = await Site.OpenAsync();
        Problem[] problems = [new("steps[0].event", "must not be empty"), new("steps[1].event", "must not be empty"), new("window", "must be at most 366 days")];
        Texts("steps[0]").ShouldBe(["Must not be empty"]);
        Texts("window").ShouldBe(["Must be at most 366 days"]);
        Texts("steps").Length.ShouldBe(2);
        Texts("steps", includesParts: false).ShouldBeEmpty();
        Texts("step").ShouldBeEmpty();

        string[] Texts(string field, bool includesParts = true) =>
            [.. site.Render<ProblemText>(parameters => parameters.Add(part => part.Problems, problems).Add(part => part.Field, field).Add(part => part.IncludesParts, includesParts)).FindAll("[role=alert]").Select(text => text.TextContent)];
    }

    [Fact]
    public async Task Reach_itemises_everybody_who_is_not_reached()
    {
        await using var site = await Site.OpenAsync();
        var reach = new Reach(20_000, [new(Channel.Push, 15_249, new Dictionary<UnreachableReason, int> { [UnreachableReason.NoAddress] = 4_700, [UnreachableReason.Unsubscribed] = 51, [UnreachableReason.Bounced] = 0 })], Site.Noon);
        var panel = site.Render<ReachPanel>(parameters => parameters.Add(part => part.Reach, reach).AddCascadingValue(site.Project));
        panel.Find("[data-reach]").TextContent.ShouldBe("20,000");
        panel.FindAll("li").Select(line => string.Join('|', line.Children.Select(part => part.TextContent))).ShouldBe(["No address or device|−4,700", "Unsubscribed|−51"]);
        panel.Find(".bar span").GetAttribute("style").ShouldBe("width: 76.2%");
    }

    [Fact]
    public async Task Reach_of_nobody_shows_no_NaN()
    {
        await using var site = await Site.OpenAsync();
        var panel = site.Render<ReachPanel>(parameters => parameters.Add(part => part.Reach, new Reach(0, [new(Channel.Email, 0, new Dictionary<UnreachableReason, int>())], Site.Noon)).AddCascadingValue(site.Project));
        panel.Find(".bar span").GetAttribute("style").ShouldBe("width: 0%");
        panel.Markup.ShouldNotContain("NaN");
    }

    [Theory]
    [InlineData(0.042, 0.062, 0.08, "var(--good)")]
    [InlineData(-0.08, -0.06, -0.04, "var(--bad)")]
    [InlineData(-0.01, 0.02, 0.05, "var(--data-1)")]
    [InlineData(0, 0, 0, "var(--data-1)")]
    public async Task An_interval_is_coloured_only_when_it_leaves_zero_out(double low, double value, double high, string color)
    {
        await using var site = await Site.OpenAsync();
        var bar = site.Render<IntervalBar>(parameters => parameters.Add(part => part.Low, low).Add(part => part.Value, value).Add(part => part.High, high));
        bar.FindAll("line")[3].GetAttribute("stroke").ShouldBe(color);
        bar.Markup.ShouldNotContain("NaN");
        bar.FindAll("line")[1].GetAttribute("x1").ShouldBe("100");
    }
}
