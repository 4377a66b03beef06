using Bunit;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using Rondo.Web.Components;
using Rondo.Web.Components.Filters;
using Rondo.Web.Features.Cohorts;
using Rondo.Web.Features.Insights;
using static Rondo.Web.Tests.Site;
using Breakdown = Rondo.Model.Queries.Breakdown;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Tests.Features;

/// <summary>People read the name of a cohort wherever a condition, a breakdown or a metric means one.</summary>
public sealed class NamesOfCohortsTests
{
    private static readonly Predicate DidA = new DidPredicate(new EventSelector("A"), CountComparison.AtLeast, 1, null);

    [Fact]
    public async Task A_question_and_its_table_name_the_cohorts_of_filter_breakdown_and_metric()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        var cohort = await MadeAsync(site, "Friends", DidA);
        using var language = Language.Korean();
        var page = site.Show<InsightsPage>("insights", ("q", QueryAddress.Write(new InsightsQuery
        {
            Metrics = [new Metric(new EventSelector("A")), new Metric((EventSelector?)null) { Cohort = cohort }],
            Filter = new CohortPredicate(cohort, IsMember: true),
            Breakdowns = [Breakdown.Of(cohort)],
            Range = DateRange.Last(7, CalendarUnit.Day),
        })));
        page.WaitForAssertion(() => page.Find(".question").TextContent.ShouldContain("“Friends” 코호트에 속함"));
        page.Find(".question").TextContent.ShouldContain("“Friends” 코호트 포함 여부");
        page.WaitForAssertion(() => page.Find("tbody").TextContent.ShouldContain("코호트 Friends에 포함"));
        page.Markup.ShouldNotContain($"#{cohort}");
    }

    [Fact]
    public async Task A_cohort_that_was_made_a_moment_ago_is_read_by_name()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        using var language = Language.Korean();
        site.Show<InsightsPage>("insights").WaitForAssertion(() => site.InAddress("q").ShouldBeNull());
        var cohort = await MadeAsync(site, "Friends", DidA);
        var page = site.Show<InsightsPage>("insights", ("q", QueryAddress.Write(new InsightsQuery { Metrics = [new Metric(new EventSelector("A"))], Filter = new CohortPredicate(cohort, IsMember: false), Range = DateRange.Last(7, CalendarUnit.Day) })));
        page.WaitForAssertion(() => page.Find(".question").TextContent.ShouldContain("“Friends” 코호트에 속하지 않음"));
    }

    [Fact]
    public async Task The_list_and_the_page_of_cohorts_name_the_cohorts_they_stand_on()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        var friends = await MadeAsync(site, "Friends", DidA);
        var others = await MadeAsync(site, "Others", new CohortPredicate(friends, IsMember: true));
        using var language = Language.Korean();
        var list = site.Show<CohortsPage>("cohorts");
        list.WaitForAssertion(() => list.FindAll(".clamp")[0].TextContent.ShouldBe("“Friends” 코호트에 속함"));
        var page = site.Render<CohortPage>(parameters => parameters.Add(one => one.CohortNumber, others.Value).AddCascadingValue(site.Project));
        page.WaitForAssertion(() => page.Find(".overview p").TextContent.ShouldBe("“Friends” 코호트에 속함"));
        page.WaitForAssertion(() => page.Find(".why").TextContent.ShouldBe("“Friends” 코호트에 속함"));
    }

    [Theory]
    [InlineData("en", "no. 77, deleted")]
    [InlineData("ko", "77번(삭제됨)")]
    public async Task A_condition_shows_an_archived_cohort_by_name_and_says_that_a_deleted_one_is_gone(string language, string gone)
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        var archived = await MadeAsync(site, "Friends of old", DidA);
        await site.Get<ICohorts>().ArchiveAsync(site.Project.Id, archived, isArchived: true, default);
        using var korean = language == "ko" ? Language.Korean() : null;
        Chosen(archived).ShouldBe("Friends of old");
        Chosen(new CohortId(77)).ShouldBe(gone);

        string Chosen(CohortId cohort)
        {
            var row = site.Render<CohortFilterRow>(parameters => parameters.Add(one => one.Value, new CohortPredicate(cohort, IsMember: true)).AddCascadingValue(site.Project));
            row.WaitForAssertion(() => row.FindAll($"option[value='{cohort}']").Count.ShouldBe(1));
            return row.Find($"option[value='{cohort}']").TextContent;
        }
    }

    private static async Task<CohortId> MadeAsync(Site site, string name, Predicate where) =>
        (await site.Get<ICohorts>().CreateAsync(site.Project.Id, name, string.Empty, new FilterCohort(where), default)).Value!.Id;
}
