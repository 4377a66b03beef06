using Bunit;
using Microsoft.AspNetCore.Components.Sections;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Features.Cohorts;
using static Rondo.Web.Tests.Site;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Tests.Features;

public sealed class CohortEditorTests
{
    [Fact]
    public async Task Those_who_stopped_before_a_step_are_counted_and_saved()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5), Event("B", "ann", 4), Event("A", "bob", 5), Event("A", "cem", 5));
        var head = site.Render<SectionOutlet>(parameters => parameters.Add(outlet => outlet.SectionName, "actions"));
        var page = site.Show<CohortEditor>("cohorts/new");
        await page.FindAll("[role=radio]").First(choice => choice.TextContent == "Step of a funnel").ClickAsync(new());
        await page.Find("input#name").InputAsync(new() { Value = "Stopped" });
        page.WaitForAssertion(() => page.Find("strong.size").TextContent.ShouldBe("2"), TimeSpan.FromSeconds(5));
        await head.FindAll("button").First(one => one.TextContent == "Create cohort").ClickAsync(new());

        var cohort = (await site.Get<ICohorts>().ListAsync(site.Project.Id, includeArchived: false, default)).Single();
        var point = cohort.Definition.ShouldBeOfType<PointCohort>().Point.ShouldBeOfType<FunnelPoint>();
        (point.Step, point.Outcome, point.Query.Steps.Length).ShouldBe((1, FunnelOutcome.DroppedOff, 2));
        cohort.Size.ShouldBe(2);
    }

    [Fact]
    public async Task A_cohort_of_a_point_can_be_changed_and_leads_to_its_report()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5), Event("B", "ann", 4), Event("A", "bob", 5));
        var query = new FunnelQuery { Steps = [new EventSelector("A"), new EventSelector("B")], Range = DateRange.Last(7, CalendarUnit.Day) };
        var made = (await site.Get<ICohorts>().CreateAsync(site.Project.Id, "Did B", string.Empty, new PointCohort(new FunnelPoint(query, 1, FunnelOutcome.Converted, Segment.Overall)), default)).Value!;
        var head = site.Render<SectionOutlet>(parameters => parameters.Add(outlet => outlet.SectionName, "actions"));
        var page = site.Render<CohortEditor>(parameters => parameters.Add(editor => editor.CohortNumber, made.Id.Value).AddCascadingValue(site.Project));
        page.WaitForAssertion(() => page.Find("strong.size").TextContent.ShouldBe("1"));
        page.FindAll("a").ShouldContain(link => link.GetAttribute("href")!.StartsWith($"/p/{site.Project.Id}/funnels?q=", StringComparison.Ordinal));
        await page.Find("select[aria-label='Reached or not']").ChangeAsync(new() { Value = nameof(FunnelOutcome.DroppedOff) });
        await head.FindAll("button").First(one => one.TextContent == "Save").ClickAsync(new());
        var changed = await site.Get<ICohorts>().FindAsync(site.Project.Id, made.Id, default);
        changed!.Definition.ShouldBeOfType<PointCohort>().Point.ShouldBeOfType<FunnelPoint>().Outcome.ShouldBe(FunnelOutcome.DroppedOff);
    }
}
