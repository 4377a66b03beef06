using Bunit;
using Microsoft.AspNetCore.Components.Sections;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components;
using Rondo.Web.Features.Users;
using static Rondo.Web.Tests.Site;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Tests.Features;

public sealed class UsersPageTests
{
    [Fact]
    public async Task The_people_behind_a_point_are_the_people_listed()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5), Event("B", "ann", 4), Event("A", "bob", 5));
        var funnel = new FunnelQuery { Steps = [new EventSelector("A"), new EventSelector("B")], Range = DateRange.Last(7, CalendarUnit.Day) };
        ReportPoint point = new FunnelPoint(funnel, 1, FunnelOutcome.DroppedOff, Segment.Overall);
        var page = site.Show<UsersPage>("users", ("point", QueryAddress.Write(point)));
        page.WaitForAssertion(() => page.FindAll("tbody tr").Count.ShouldBe(1));
        page.Find("tbody tr").TextContent.ShouldContain("bob");
        page.Find("tbody a").GetAttribute("href").ShouldBe($"/p/{site.Project.Id}/person?id=bob");
    }

    [Fact]
    public async Task Whoever_is_listed_becomes_the_cohort_or_nobody_does()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5), Event("B", "ann", 4), Event("A", "bob", 5));
        var funnel = new FunnelQuery { Steps = [new EventSelector("A"), new EventSelector("B")], Range = DateRange.Last(7, CalendarUnit.Day) };
        var point = ("point", QueryAddress.Write<ReportPoint>(new FunnelPoint(funnel, 1, FunnelOutcome.Converted, Segment.Overall)));
        var where = ("where", QueryAddress.Write<Predicate>(new DidPredicate(new EventSelector("A"), CountComparison.AtLeast, 1, null)));
        var head = site.Render<SectionOutlet>(parameters => parameters.Add(outlet => outlet.SectionName, "actions"));
        await ExpectAsync(canSave: true, "it is the point", point);
        await ExpectAsync(canSave: true, "it is the condition", where);
        await ExpectAsync(canSave: false, "a cohort of everyone would be made of one person", ("search", "ann"));
        await ExpectAsync(canSave: false, "the point would be left out", point, where);

        async Task ExpectAsync(bool canSave, string because, params (string, string)[] query)
        {
            var page = site.Show<UsersPage>("users", query);
            page.WaitForAssertion(() => page.FindAll("tbody tr").Count.ShouldBeGreaterThan(0));

            // The head is drawn after the page. Only what cannot be saved whoever is listed says why.
            head.WaitForAssertion(() => head.Find("button").ShouldSatisfyAllConditions(
                because,
                button => button.HasAttribute("disabled").ShouldBe(!canSave),
                button => button.HasAttribute("title").ShouldBe(!canSave)));
            await page.InvokeAsync(page.Dispose);
        }
    }

    [Fact]
    public async Task The_point_is_told_in_words()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5), Event("B", "ann", 4));
        var funnel = new FunnelQuery { Steps = [new EventSelector("A"), new EventSelector("B")], Range = DateRange.Last(7, CalendarUnit.Day) };
        using var language = Language.Korean();
        var page = site.Show<UsersPage>("users", ("point", QueryAddress.Write<ReportPoint>(new FunnelPoint(funnel, 1, FunnelOutcome.Converted, Segment.Overall))));
        page.WaitForAssertion(() => page.Find(".note").TextContent.ShouldContain("리포트의 한 지점: 7일 안에 A → B 순서로 간 사람은"));
    }

    [Fact]
    public async Task A_search_that_finds_nobody_says_so()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        await site.SetAsync("ann", P("$name", "Ann"), P("plan", "paid"));
        var found = site.Show<UsersPage>("users", ("search", "ANN"));
        found.WaitForAssertion(() => found.FindAll("tbody tr").Count.ShouldBe(1));
        var nobody = site.Show<UsersPage>("users", ("search", "zzz"));
        nobody.WaitForAssertion(() => nobody.FindAll(".empty h2").Count.ShouldBe(1));
        nobody.FindAll("tbody tr").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_filter_in_the_address_filters_and_one_that_is_none_is_left_out()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5), Event("A", "bob", 5));
        await site.SetAsync("ann", P("plan", "paid"));
        Predicate paid = new PropertyPredicate(PropertySource.User, "plan", PropertyOperator.Equals, [PropertyValue.Of("paid")]);
        var filtered = site.Show<UsersPage>("users", ("where", QueryAddress.Write(paid)));
        filtered.WaitForAssertion(() => filtered.FindAll("tbody tr").Count.ShouldBe(1));
        var whole = site.Show<UsersPage>("users", ("where", "{broken"));
        whole.WaitForAssertion(() => whole.FindAll("tbody tr").Count.ShouldBe(2));
    }
}
