using Bunit;
using Microsoft.AspNetCore.WebUtilities;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components;
using Rondo.Web.Components.Reports;
using static Rondo.Web.Tests.Site;

namespace Rondo.Web.Tests.Components.Reports;

/// <summary>What opens at a click on any point of any chart.</summary>
public sealed class PointMenuTests
{
    private static readonly FunnelQuery Funnel = new() { Steps = [new EventSelector("A"), new EventSelector("B")], Range = DateRange.Last(30, CalendarUnit.Day) };

    private static readonly PointSelection Second = new("2. B", "1", "33.3% of the first step",
    [
        new PointSide("Reached", new FunnelPoint(Funnel, 1, FunnelOutcome.Converted, Segment.Overall), "Reached B"),
        new PointSide("Dropped off", new FunnelPoint(Funnel, 1, FunnelOutcome.DroppedOff, Segment.Overall), "Stopped before B"),
    ]);

    [Fact]
    public async Task People_are_counted_by_asking_and_each_side_has_its_own()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5), Event("B", "ann", 4), Event("A", "bob", 5), Event("A", "cem", 5));
        var menu = site.Render<PointMenu>(parameters => parameters.AddCascadingValue(site.Project));
        menu.FindAll(".point-head").ShouldBeEmpty();

        await menu.InvokeAsync(() => menu.Instance.OpenAsync(Second, 10, 20));
        menu.WaitForAssertion(() => menu.Find("[data-people]").TextContent.ShouldBe("1 people"));
        menu.Find(".point-title").TextContent.ShouldBe("2. B");
        await menu.InvokeAsync(() => menu.FindAll("[role=radio]")[1].ClickAsync(new()));
        menu.WaitForAssertion(() => menu.Find("[data-people]").TextContent.ShouldBe("2 people"));
    }

    [Fact]
    public async Task View_users_leads_to_just_those_people()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        var menu = site.Render<PointMenu>(parameters => parameters.AddCascadingValue(site.Project));
        await menu.InvokeAsync(() => menu.Instance.OpenAsync(Second, 10, 20));
        await menu.InvokeAsync(() => menu.FindAll("[role=radio]")[1].ClickAsync(new()));
        var link = new Uri(new Uri("http://x"), menu.Find("a.menu-item").GetAttribute("href"));
        link.AbsolutePath.ShouldBe($"/p/{site.Project.Id}/users");
        var point = QueryAddress.Read<ReportPoint>(QueryHelpers.ParseQuery(link.Query)["point"].ToString()).ShouldBeOfType<FunnelPoint>();
        (point.Step, point.Outcome).ShouldBe((1, FunnelOutcome.DroppedOff));
        menu.FindAll(".menu-item").Select(item => item.TextContent.Trim()).ShouldBe(["View users", "Create cohort", "Message these users", "Export to Braze…"]);
    }

    [Fact]
    public async Task A_refusal_is_said_in_place_of_a_number()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        var menu = site.Render<PointMenu>(parameters => parameters.AddCascadingValue(site.Project));
        var beyond = new PointSelection("3. ?", "–", null, [new PointSide(string.Empty, new FunnelPoint(Funnel, 7, FunnelOutcome.Converted, Segment.Overall), "x")]);
        await menu.InvokeAsync(() => menu.Instance.OpenAsync(beyond, 0, 0));
        menu.WaitForAssertion(() => menu.Find(".problem").TextContent.ShouldNotBeEmpty());
        menu.FindAll("[data-people]").ShouldBeEmpty();
    }
}
