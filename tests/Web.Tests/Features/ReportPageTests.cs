using Bunit;
using Microsoft.AspNetCore.Components;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Charts;
using Rondo.Web.Components;
using Rondo.Web.Features.Flows;
using Rondo.Web.Features.Funnels;
using Rondo.Web.Features.Insights;
using Rondo.Web.Features.Retention;
using static Rondo.Web.Tests.Site;
using Breakdown = Rondo.Model.Queries.Breakdown;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Tests.Features;

/// <summary>The four reports: the question lives in the address, and the page shows the answer of the real engine.</summary>
/// <remarks>
/// Wait for what stands on the page, then look at components: the parameters of a component are set before the batch that
/// draws it ends, so waiting for a component and reading the page once saw a chart beside a table without cells.
/// </remarks>
public sealed class ReportPageTests
{
    [Fact]
    public async Task Without_events_every_report_says_how_to_get_some()
    {
        await using var site = await OpenAsync();
        Check(site.Show<InsightsPage>("insights"));
        Check(site.Show<FunnelPage>("funnels"));
        Check(site.Show<RetentionPage>("retention"));
        Check(site.Show<FlowPage>("flows"));

        void Check<TPage>(IRenderedComponent<TPage> page)
            where TPage : IComponent
        {
            page.WaitForAssertion(() => page.Find(".empty h2").TextContent.ShouldBe("No events yet"));
            page.Find(".empty a").GetAttribute("href").ShouldBe($"/p/{site.Project.Id}/settings#connect");
        }
    }

    [Fact]
    public async Task Insights_asks_about_the_most_frequent_product_event_first()
    {
        await using var site = await OpenAsync(Event("Play Song", "ann", 1), Event("Play Song", "bob", 2), Event("Play Song", "bob", 30), Event("Search", "ann", 1), Event("$identify", "ann", 1), Event("$identify", "ann", 2), Event("$identify", "ann", 3), Event("$identify", "ann", 4));
        var page = site.Show<InsightsPage>("insights");
        page.WaitForAssertion(() => page.Find(".question").TextContent.ShouldBe("How many people did “Play Song”, each day, last 30 days"));
        var drawing = page.FindComponent<Chart>().Instance.Drawing.ShouldBeOfType<LineDrawing>();
        drawing.Buckets.Count.ShouldBe(30);
        drawing.Series.Single().Values.TakeLast(2).ShouldBe([1, 2]);
        drawing.FirstIncomplete.ShouldBe(29);
        page.FindAll("tbody td")[0].TextContent.Trim().ShouldBe("2");
    }

    [Fact]
    public async Task The_address_holds_the_question_and_a_change_writes_it()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5), Event("B", "ann", 4), Event("C", "ann", 3));
        var query = new FunnelQuery { Steps = [new EventSelector("A"), new EventSelector("C")], Range = DateRange.Last(7, CalendarUnit.Day), Window = new ConversionWindow(2, WindowUnit.Hour) };
        var page = site.Show<FunnelPage>("funnels", ("q", QueryAddress.Write(query)));
        page.WaitForAssertion(() => page.Find(".question").TextContent.ShouldContain("how many did “C” within 2 hours"));

        await page.InvokeAsync(() => page.Find("select[aria-label='Unit of the window']").ChangeAsync(new() { Value = nameof(WindowUnit.Session) }));
        var written = QueryAddress.Read<FunnelQuery>(site.InAddress("q"))!;
        written.Window.ShouldBe(new ConversionWindow(1, WindowUnit.Session), "seven sessions are hardly meant by who comes from seven days");
        written.Steps.ShouldBe(query.Steps);
    }

    [Fact]
    public async Task A_funnel_shows_counts_shares_and_times()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5), Event("B", "ann", 4), Event("A", "bob", 5), Event("A", "cem", 5));
        var page = site.Show<FunnelPage>("funnels", ("q", QueryAddress.Write(Funnel("A", "B"))));
        page.WaitForAssertion(() => page.FindAll("tbody td").Select(cell => cell.TextContent.Trim()).ShouldBe(["33.3%", "3", "1", "33.3%", "1 h"]));
    }

    [Theory]
    [InlineData("Step", new[] { "A", "B", "D" })]
    [InlineData("Move up", new[] { "B", "A" })]
    public async Task Steps_are_added_from_what_there_is_and_moved(string button, string[] steps)
    {
        await using var site = await OpenAsync(Event("A", "ann", 5), Event("B", "ann", 4), Event("D", "cem", 5));
        var page = site.Show<FunnelPage>("funnels", ("q", QueryAddress.Write(Funnel("A", "B"))));
        page.WaitForAssertion(() => page.FindAll("tbody td").ShouldNotBeEmpty());
        await page.InvokeAsync(() => page.FindAll("button").First(one => one.TextContent.Trim() == button).ClickAsync(new()));
        QueryAddress.Read<FunnelQuery>(site.InAddress("q"))!.Steps.Select(step => step.Event).ShouldBe(steps);
    }

    [Fact]
    public async Task A_question_that_cannot_be_asked_says_which_field_and_why()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        var query = new FunnelQuery { Steps = [new EventSelector("A"), new EventSelector("A")], Range = DateRange.Last(7, CalendarUnit.Day), Window = new ConversionWindow(400, WindowUnit.Day) };
        var page = site.Show<FunnelPage>("funnels", ("q", QueryAddress.Write(query)));
        page.WaitForAssertion(() => page.Find(".note.warn").TextContent.ShouldContain("This question cannot be asked yet."));
        page.Find(".note.warn li").TextContent.ShouldStartWith("Window: ");
        page.Find(".note.warn li").TextContent.ShouldContain("366");
    }

    [Fact]
    public async Task An_address_that_was_cut_asks_the_usual_question()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        var page = site.Show<InsightsPage>("insights", ("q", """{"metrics":[{"event":{"ev"""));
        page.WaitForAssertion(() => page.Find(".question").TextContent.ShouldStartWith("How many people did “A”"));
    }

    [Fact]
    public async Task A_retention_table_has_no_row_for_weeks_to_come_and_no_zero_for_periods_that_have_not_begun()
    {
        await using var site = await OpenAsync(Event("A", "ann", 24 * 20), Event("A", "ann", 24 * 12), Event("A", "bob", 24 * 20));
        var query = new RetentionQuery { Birth = new EventSelector("A"), Return = new EventSelector("A"), Range = DateRange.Last(2, CalendarUnit.Month), Unit = CalendarUnit.Week, Buckets = 5, Criterion = RetentionCriterion.On };
        var page = site.Show<RetentionPage>("retention", ("q", QueryAddress.Write(query)));
        page.WaitForAssertion(() => page.FindAll("tbody tr").Count.ShouldBeGreaterThan(3));
        var rows = page.FindAll("tbody tr").Select(row => string.Join('|', row.Children.Select(cell => cell.TextContent.Trim()))).ToList();
        rows[^1].ShouldStartWith("9 Mar|0");
        rows.ShouldContain(row => row.StartsWith("16 Feb|2|0.0%|50.0%|", StringComparison.Ordinal));
        page.Markup.ShouldNotContain("NaN");
    }

    [Fact]
    public async Task Incomplete_is_drawn_apart_and_a_chart_of_one_bucket_is_a_bar()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5));
        var query = new InsightsQuery { Metrics = [new Metric(new EventSelector("A"))], Range = DateRange.Last(1, CalendarUnit.Day), Unit = CalendarUnit.Day };
        var page = site.Show<InsightsPage>("insights", ("q", QueryAddress.Write(query)));
        page.WaitForAssertion(() => page.FindAll("td.incomplete").Count.ShouldBe(1));
        page.FindComponent<Chart>().Instance.Drawing.ShouldBeOfType<BarDrawing>().FirstIncomplete.ShouldBe(0);
    }

    [Fact]
    public async Task A_flow_shows_who_went_where_and_who_went_nowhere()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5), Event("B", "ann", 4), Event("A", "bob", 5));
        var query = new FlowQuery { Anchor = new EventSelector("A"), Range = DateRange.Last(7, CalendarUnit.Day), StepsAfter = 1 };
        var page = site.Show<FlowPage>("flows", ("q", QueryAddress.Write(query)));
        page.WaitForAssertion(() => page.FindAll("tbody tr").Select(row => string.Join('|', row.Children.Select(cell => cell.TextContent.Trim())))
            .ShouldBe(["Start · A|2|100.0%|100.0%", "Step 1 · B|1|50.0%|50.0%", "Step 1 · Drop-off|1|50.0%|50.0%"]));
    }

    [Fact]
    public async Task A_funnel_is_broken_down_by_several_properties_at_once()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5, P("os", "iOS"), P("plan", "free")), Event("B", "ann", 4), Event("A", "bob", 5, P("os", "Android"), P("plan", "free")));
        var query = Funnel("A", "B") with { Breakdowns = [new Breakdown(PropertySource.Event, "os"), new Breakdown(PropertySource.Event, "plan")] };
        var page = site.Show<FunnelPage>("funnels", ("q", QueryAddress.Write(query)));
        page.WaitForAssertion(() => page.FindAll("tbody th, tbody .row-label").Select(cell => cell.TextContent.Trim()).ShouldContain(text => text.Contains("iOS / free")));
        page.Find("thead").TextContent.ShouldContain("os / plan");
        await page.FindAll("button[aria-label='Remove the breakdown']")[0].ClickAsync(new());
        QueryAddress.Read<FunnelQuery>(site.InAddress("q"))!.Breakdowns.Select(breakdown => breakdown.Property).ShouldBe(["plan"]);
    }

    [Fact]
    public async Task Ranges_of_numbers_are_chosen_where_a_report_is_broken_down()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5, new Rondo.Model.Events.Property("price", Rondo.Model.Events.PropertyValue.Of(7))));
        var query = new InsightsQuery { Metrics = [new Metric(new EventSelector("A"))], Range = DateRange.Last(7, CalendarUnit.Day), Breakdowns = [new Breakdown(PropertySource.Event, "price")] };
        var page = site.Show<InsightsPage>("insights", ("q", QueryAddress.Write(query)));
        await page.WaitForElement("select[aria-label='How values are put together']").ChangeAsync(new() { Value = "varied" });
        await page.WaitForElement("input[aria-label='Breakpoints, separated by blanks']").ChangeAsync(new() { Value = "5 8.5" });
        QueryAddress.Read<InsightsQuery>(site.InAddress("q"))!.Breakdowns[0].Buckets.ShouldBeOfType<VariedBuckets>().Breakpoints.ShouldBe([5, 8.5]);
        page.WaitForAssertion(() => page.Markup.ShouldContain("5 – 8.5"));
    }

    [Fact]
    public async Task Segments_are_shown_as_their_difference_from_all_together()
    {
        await using var site = await OpenAsync(Event("A", "ann", 5, P("os", "iOS")), Event("A", "ann", 4, P("os", "iOS")), Event("A", "bob", 5, P("os", "Android")));
        var query = new InsightsQuery { Metrics = [new Metric(new EventSelector("A"), Measure.Total)], Range = DateRange.Last(1, CalendarUnit.Day), Breakdowns = [new Breakdown(PropertySource.Event, "os")] };
        var page = site.Show<InsightsPage>("insights", ("q", QueryAddress.Write(query)), ("versus", "overall"));
        page.WaitForAssertion(() => page.FindAll("tbody tr").Select(row => row.QuerySelector("td")!.TextContent.Trim()).ShouldBe(["3", "-33.3%", "-66.7%"]));
        page.FindComponent<Chart>().Instance.Drawing.ShouldBeOfType<BarDrawing>().IsPercent.ShouldBeTrue();
        await page.Find("select[aria-label='Values or differences']").ChangeAsync(new() { Value = string.Empty });
        page.WaitForAssertion(() => page.FindAll("tbody tr").Select(row => row.QuerySelector("td")!.TextContent.Trim()).ShouldBe(["3", "2", "1"]));
        site.InAddress("versus").ShouldBeNull();
    }

    [Fact]
    public async Task What_a_retention_table_shows_is_in_the_address()
    {
        await using var site = await OpenAsync(Event("A", "ann", 50), Event("A", "ann", 25), Event("A", "bob", 50));
        var query = new RetentionQuery { Birth = new EventSelector("A"), Return = new EventSelector("A"), Range = DateRange.Last(7, CalendarUnit.Day), Unit = CalendarUnit.Day, Buckets = 3, Criterion = RetentionCriterion.On };
        var page = site.Show<RetentionPage>("retention", ("q", QueryAddress.Write(query)), ("show", "People"), ("trend", "1"));
        page.WaitForAssertion(() => page.Find("select[aria-label='What is shown']").GetAttribute("value").ShouldBe("People"));
        page.Find("select[aria-label='Kind of chart']").GetAttribute("value").ShouldBe("trend");
        await page.Find("select[aria-label='What is shown']").ChangeAsync(new() { Value = "Rate" });
        site.InAddress("show").ShouldBeNull();
        await page.Find("select[aria-label='Kind of chart']").ChangeAsync(new() { Value = "curve" });
        site.InAddress("trend").ShouldBeNull();
    }

    private static FunnelQuery Funnel(params string[] steps) => new() { Steps = [.. steps.Select(step => new EventSelector(step))], Range = DateRange.Last(7, CalendarUnit.Day) };
}
