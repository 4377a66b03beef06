using Bunit;
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
