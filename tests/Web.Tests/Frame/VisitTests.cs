using System.Reflection;
using Bunit;
using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using Rondo.Web.Components;
using Rondo.Web.Features.Campaigns;
using Rondo.Web.Features.Cohorts;
using Rondo.Web.Features.Insights;
using Rondo.Web.Features.Integrations;
using Rondo.Web.Features.Segments;
using Rondo.Web.Features.Users;
using Rondo.Web.Frame;
using static Rondo.Web.Tests.Site;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Tests.Frame;

/// <summary>Going straight from one thing to another of its kind: nothing of the first is left on the page.</summary>
public sealed class VisitTests
{
    private static readonly Predicate DidA = new DidPredicate(new EventSelector("A"), CountComparison.AtLeast, 1, null);

    /// <summary>Every page that is about one thing of several, and two of its addresses.</summary>
    public static TheoryData<Type, string, string> Pages => new()
    {
        { typeof(CohortPage), "cohorts/1", "cohorts/2" },
        { typeof(CohortEditor), "cohorts/1/edit", "cohorts/2/edit" },
        { typeof(SegmentEditor), "segments/1", "segments/2" },
        { typeof(CampaignPage), "campaigns/1", "campaigns/2" },
        { typeof(CampaignEditor), "campaigns/1/edit", "campaigns/2/edit" },
        { typeof(ReceivedCampaignPage), "campaigns/braze/campaign/a", "campaigns/braze/campaign/b" },
        { typeof(PersonPage), "person?id=ann", "person?id=bob" },
        { typeof(ConnectionPage), "integrations/1", "integrations/2" },
        { typeof(StreamPage), "integrations/streams/1", "integrations/streams/2" },
        { typeof(StreamEditPage), "integrations/streams/1/edit", "integrations/streams/2/edit" },
        { typeof(SyncPage), "integrations/syncs/1", "integrations/syncs/2" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_about_another_thing_begins_anew(Type page, string first, string second)
    {
        await using var site = await OpenAsync(Event("A", "ann", 5), Event("A", "bob", 5));
        var frame = site.ShowAll(first);
        var before = Instance(frame, page);
        site.Go(second);
        frame.WaitForAssertion(() => Instance(frame, page).ShouldNotBeSameAs(before));
    }

    [Fact]
    public void Every_page_that_is_about_one_thing_of_several_is_in_the_list_above()
    {
        var pages = typeof(Routes).Assembly.GetTypes().Where(type =>
            type.GetCustomAttributes<RouteAttribute>().Any(route => route.Template.Replace("{ProjectNumber:int}", string.Empty, StringComparison.Ordinal).Contains('{', StringComparison.Ordinal))
            || type.GetProperties().Any(property => property.GetCustomAttribute<SupplyParameterFromQueryAttribute>()?.Name == "id"));
        Pages.Select(row => row.Data.Item1).ShouldBe(pages, ignoreOrder: true);
    }

    [Fact]
    public async Task Another_question_in_the_address_is_the_same_visit()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        var frame = site.ShowAll("insights");
        var before = Instance(frame, typeof(InsightsPage));
        var query = new InsightsQuery { Metrics = [new Metric(new EventSelector("A"))], Range = DateRange.Last(7, CalendarUnit.Day) };
        site.Go("insights?q=" + Uri.EscapeDataString(QueryAddress.Write(query)));
        frame.WaitForAssertion(() => frame.Find(".question").TextContent.ShouldContain("last 7 days"));
        Instance(frame, typeof(InsightsPage)).ShouldBeSameAs(before);
    }

    [Fact]
    public async Task The_editor_of_another_cohort_has_its_name_and_conditions()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        var (first, second) = (await MadeAsync(site, "First"), await MadeAsync(site, "Second"));
        var frame = site.ShowAll($"cohorts/{first}/edit");
        frame.WaitForAssertion(() => frame.Find("input#name").GetAttribute("value").ShouldBe("First"));
        await frame.Find("input#name").InputAsync(new() { Value = "First, changed" });
        site.Go($"cohorts/{second}/edit");
        frame.WaitForAssertion(() => frame.Find("input#name").GetAttribute("value").ShouldBe("Second"));
        site.Go("cohorts/77/edit");
        frame.WaitForAssertion(() => frame.Find(".empty h2").TextContent.ShouldBe("There is no such cohort."));
    }

    [Fact]
    public async Task A_segment_that_was_made_stays_on_its_page_and_the_form_for_the_next_one_is_empty()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        var frame = site.ShowAll("segments/new");
        frame.WaitForAssertion(() => frame.FindAll("input#name").Count.ShouldBe(1));
        await frame.Find("input#name").InputAsync(new() { Value = "Friends" });
        await frame.FindAll("button").First(button => button.TextContent == "Create segment").ClickAsync(new());
        frame.WaitForAssertion(() => frame.Find("[role=status].note").TextContent.ShouldBe("Saved."));
        site.Get<NavigationManager>().Uri.ShouldEndWith("/segments/1");
        site.Go("segments/new");
        frame.WaitForAssertion(() => frame.Find("input#name").GetAttribute("value").ShouldBeNullOrEmpty());
        await frame.Find("input#name").InputAsync(new() { Value = "Others" });
        await frame.FindAll("button").First(button => button.TextContent == "Create segment").ClickAsync(new());
        frame.WaitForAssertion(() => site.Get<NavigationManager>().Uri.ShouldEndWith("/segments/2"));
    }

    [Fact]
    public async Task A_page_that_follows_and_fails_says_so_under_a_title()
    {
        await using var site = await OpenAsync();
        site.Go("home");
        var frame = site.Render<MainLayout>(parameters => parameters.Add(layout => layout.Body, builder =>
        {
            builder.OpenComponent<Failing>(0);
            builder.CloseComponent();
        }));
        frame.FindAll("[role=alert]").ShouldBeEmpty();
        frame.WaitForAssertion(() =>
        {
            site.Clock.Advance(TimeSpan.FromSeconds(2));
            frame.Find("[role=alert]").TextContent.ShouldContain("The disk is full.");
        });
        frame.Find("h1").TextContent.ShouldBe("Not shown");
    }

    private static object Instance(IRenderedComponent<Routes> frame, Type page)
    {
        object? found = null;
        frame.WaitForAssertion(() => found = frame.FindComponents<ComponentBase>().Select(component => component.Instance).Single(page.IsInstanceOfType));
        return found!;
    }

    private static async Task<CohortId> MadeAsync(Site site, string name) =>
        (await site.Get<ICohorts>().CreateAsync(site.Project.Id, name, string.Empty, new FilterCohort(DidA), default)).Value!.Id;

    private sealed class Failing : FollowingPage
    {
        protected override TimeSpan ReadEvery => TimeSpan.FromSeconds(1);

        protected override Task ReadAsync() => throw new StoreUnavailableException("The disk is full.");
    }
}
