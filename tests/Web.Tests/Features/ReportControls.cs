using System.Collections.Immutable;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Features.Flows;
using Rondo.Web.Features.Funnels;
using Rondo.Web.Features.Insights;
using Rondo.Web.Features.Retention;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Tests.Features;

/// <summary>What can be done on the report pages, so that together every field of every question changes.</summary>
internal static partial class ReportControls
{
    private static readonly EventSelector A = new("A");
    private static readonly EventSelector B = new("B");
    private static readonly EventSelector C = new("C");
    private static readonly DateRange Week = DateRange.Last(7, CalendarUnit.Day);
    private static readonly Predicate IsIos = new PropertyPredicate(PropertySource.Event, "os", PropertyOperator.Equals, [PropertyValue.Of("iOS")]);
    private static readonly Predicate IsPaid = new PropertyPredicate(PropertySource.User, "plan", PropertyOperator.Equals, [PropertyValue.Of("paid")]);
    private static readonly Breakdown ByOs = new(PropertySource.Event, "os");
    private static readonly string Family = "lookup(\"Kinds\", \"family\", properties[\"kind\"])";

    public static ImmutableArray<ReportControl> All { get; } = [.. OfInsights(), .. OfEvents(), .. OfBreakdowns(), .. OfFilters(), .. OfFunnels(), .. OfRetention(), .. OfFlows()];

    private static ReportControl Insights(string name, InsightsQuery before, Func<InsightsQuery, InsightsQuery> after, Func<Hand<InsightsPage>, Task> act) => ReportControl.Of("insights", name, before, after(before), act);

    private static ReportControl Metric(string name, Metric before, Metric after, Func<Hand<InsightsPage>, Task> act) =>
        Insights(name, Plain with { Metrics = [before] }, query => query with { Metrics = [after] }, act);

    private static ReportControl Selector(string name, EventSelector before, EventSelector after, Func<Hand<InsightsPage>, Task> act) =>
        Metric(name, new Metric(before), new Metric(after), act);

    private static InsightsQuery Plain => new() { Metrics = [new Metric(A)], Range = Week };

    private static IEnumerable<ReportControl> OfInsights()
    {
        var people = new Metric((EventSelector?)null) { People = IsPaid };
        return
        [
            Insights("another event beside", Plain, query => query with { Metrics = [new Metric(A), new Metric(B)] }, hand => hand.PressAsync("Event")),
            Insights("the usual days", Plain, query => query with { Range = DateRange.Last(30, CalendarUnit.Day) }, hand => hand.PressAsync("30D")),
            Insights("so many days", Plain, query => query with { Range = DateRange.Last(9, CalendarUnit.Day) }, async hand => { await hand.OpenAsync("Choose days"); await hand.SetAsync("How many", "9"); await hand.PressAsync("Use"); }),
            Insights("so many weeks", Plain, query => query with { Range = DateRange.Last(7, CalendarUnit.Week) }, async hand => { await hand.OpenAsync("Choose days"); await hand.WriteAsync(".custom select[aria-label='Unit']", "Week"); await hand.PressAsync("Use"); }),
            Insights("since a day", Plain with { Range = new SinceRange(new(2026, 3, 1)) }, query => query with { Range = new SinceRange(new(2026, 3, 5)) }, async hand => { await hand.OpenAsync("Choose days"); await hand.SetAsync("Since", "2026-03-05"); await hand.PressAsync("Use", 1); }),
            Insights("from one day to another", Plain with { Range = DateRange.Between(new(2026, 3, 1), new(2026, 3, 4)) }, query => query with { Range = DateRange.Between(new(2026, 3, 2), new(2026, 3, 8)) }, async hand => { await hand.OpenAsync("Choose days"); await hand.SetAsync("From", "2026-03-02"); await hand.SetAsync("To", "2026-03-08"); await hand.PressAsync("Use these days"); }),
            Insights("unit", Plain, query => query with { Unit = CalendarUnit.Week }, hand => hand.SetAsync("Unit", "Week")),
            Insights("comparison", Plain, query => query with { Past = new EarlierPeriod(12, CalendarUnit.Month) }, hand => hand.SetAsync("Compare", "year")),
            Insights("how long earlier", Plain with { Past = new EarlierPeriod(2, CalendarUnit.Week) }, query => query with { Past = new EarlierPeriod(3, CalendarUnit.Week) }, hand => hand.SetAsync("How long earlier", "3")),
            Insights("how many days earlier", Plain with { Past = new EarlierPeriod(2, CalendarUnit.Week) }, query => query with { Past = new EarlierPeriod(2, CalendarUnit.Day) }, hand => hand.SetAsync("Unit of the comparison", "Day")),
            Insights("filter on all", Plain, query => query with { Filter = IsIos }, hand => FilterOnOsAsync(hand, 1)),
            Insights("breakdown", Plain, query => query with { Breakdowns = [ByOs] }, hand => hand.PickAsync("Breakdown", "os")),
            Insights("segments shown", Plain with { Breakdowns = [ByOs] }, query => query with { Limit = 3 }, hand => hand.SetAsync("Segments shown", "3")),
            Metric("measure", new Metric(A), new Metric(A, Measure.Total), hand => hand.SetAsync("What is counted", "Total")),
            Metric("percentile", new Metric(A, Measure.Percentile) { Property = new(PropertySource.Event, "price"), Percentile = 90 }, new Metric(A, Measure.Percentile) { Property = new(PropertySource.Event, "price"), Percentile = 75 }, hand => hand.SetAsync("Percentile", "75")),
            Metric("property of the profile", new Metric(A, Measure.Sum) { Property = new(PropertySource.Event, "price") }, new Metric(A, Measure.Sum) { Property = new(PropertySource.User, "plan") }, hand => hand.PickAsync("price", "plan")),
            Metric("column of a table", new Metric(A, Measure.DistinctValues) { Property = new(PropertySource.Event, "price") }, new Metric(A, Measure.DistinctValues) { Property = new(PropertySource.Expression, Family) }, hand => hand.PickAsync("price", "family", "kind")),
            Metric("figure per person", new Metric(A, Measure.Average) { Property = new(PropertySource.Event, "price") }, new Metric(A, Measure.Average) { Property = new(PropertySource.Event, "price"), PerPerson = PerPerson.Sum }, hand => hand.SetAsync("Of what", "Sum")),
            Metric("running total", new Metric(A), new Metric(A) { Cumulative = true }, hand => hand.SetAsync("How the line runs", "cumulative")),
            Metric("rolling average", new Metric(A) { Rolling = 7 }, new Metric(A) { Rolling = 3 }, hand => hand.SetAsync("Buckets of the rolling average", "3")),
            Insights("each person once", Plain with { Breakdowns = [ByOs] }, query => query with { Metrics = [new Metric(A) { PersonSegment = PersonSegment.First }] }, hand => hand.SetAsync("Where a person counts", "First")),
            Insights("formula", Plain with { Metrics = [new Metric(A), new Metric((EventSelector?)null) { Formula = "A" }] }, query => query with { Metrics = [new Metric(A), new Metric((EventSelector?)null) { Formula = "A * 2" }] }, hand => hand.SetAsync("Formula", "A * 2")),
            Insights("line of a formula", Plain with { Metrics = [new Metric(A), new Metric((EventSelector?)null) { Formula = "A" }] }, query => query with { Metrics = [new Metric(A), new Metric((EventSelector?)null) { Formula = "A", Rolling = 7 }] }, hand => hand.SetAsync("How the line runs", "rolling")),
            Metric("size of another cohort", new Metric((EventSelector?)null) { Cohort = new CohortId(1) }, new Metric((EventSelector?)null) { Cohort = new CohortId(2) }, hand => hand.SetAsync("Size of which cohort", "2")),
            Metric("which people", people, people with { People = new CohortPredicate(new CohortId(2), IsMember: true) }, async hand => { await hand.PressAsync("Remove the condition"); await hand.PickAtAsync("Filter", 0, "Calm"); }),
        ];
    }

    private static IEnumerable<ReportControl> OfEvents()
    {
        var joined = new EventSelector(null) { AnyOf = [A, B] };
        return
        [
            Selector("another event", A, C, hand => hand.PickAsync("Event A: A", "C")),
            Selector("custom event", A, new EventSelector(null) { Custom = "Either" }, hand => hand.PickAsync("Event A: A", "Either")),
            Selector("the start of a session", A, new EventSelector(WellKnownEvents.SessionStart), hand => hand.PickAsync("Event A: A", "Session start")),
            Selector("a further event", A, joined, hand => hand.PickAsync("or another event", "B")),
            Selector("a custom event as further one", A, new EventSelector(null) { AnyOf = [A, new EventSelector(null) { Custom = "Either" }] }, hand => hand.PickAsync("or another event", "Either")),
            Selector("a filter on one of several", joined, joined with { AnyOf = [A with { Filter = IsIos }, B] }, hand => FilterOnOsAsync(hand, 0)),
            Selector("a filter on all of several", joined, joined with { Filter = IsIos }, hand => FilterOnOsAsync(hand, null, "Filter on all of them")),
            Selector("first time ever", A, A with { FirstTime = true }, hand => hand.PressAsync("first time ever")),
        ];
    }

    private static IEnumerable<ReportControl> OfBreakdowns()
    {
        static ReportControl Broken(string name, Breakdown before, Breakdown after, Func<Hand<InsightsPage>, Task> act) =>
            Insights(name, Plain with { Breakdowns = [before] }, query => query with { Breakdowns = [after] }, act);
        ReportControl Bucketed(string name, Bucketing? before, Bucketing? after, Func<Hand<InsightsPage>, Task> act) =>
            Broken(name, ByOs with { Buckets = before }, ByOs with { Buckets = after }, act);
        var even = new EvenBuckets(10, 0, 100);
        var groups = new TextGroups([new TextGroup("Phones", ["iOS"])]);
        return
        [
            Broken("by a custom property", ByOs, new Breakdown(PropertySource.Custom, "Size"), hand => hand.PickAsync("Breakdown: os", "Size")),
            Broken("by the profile", ByOs, new Breakdown(PropertySource.User, "plan"), hand => hand.PickAsync("Breakdown: os", "plan")),
            Broken("by a column of a table", ByOs, new Breakdown(PropertySource.Expression, Family), hand => hand.PickAsync("Breakdown: os", "family", "kind")),
            Broken("by a field of objects", ByOs, new Breakdown(PropertySource.Expression, "map(item, properties[\"cart\"], item[\"sku\"])"), hand => hand.PickAsync("Breakdown: os", "cart", "sku")),
            Broken("by a list without objects", ByOs, new Breakdown(PropertySource.Event, "tags"), hand => hand.PickAsync("Breakdown: os", "tags")),
            Broken("by another cohort too", Breakdown.Of(new CohortId(1)), Breakdown.Of(new CohortId(1), new CohortId(2)), hand => hand.PickAsync("Another cohort", "Calm")),
            Bucketed("in automatic ranges", null, new AutoBuckets(), hand => hand.SetAsync("How values are put together", "auto")),
            Bucketed("width of ranges", even, even with { Size = 5 }, hand => hand.WriteAsync("label:has(input) > input.count[value='10']", "5")),
            Bucketed("start of ranges", even, even with { Min = 2 }, hand => hand.WriteAsync("label:has(input) > input.count[value='0']", "2")),
            Bucketed("end of ranges", even, even with { Max = 50 }, hand => hand.WriteAsync("label:has(input) > input.count[value='100']", "50")),
            Bucketed("breakpoints", new VariedBuckets([5]), new VariedBuckets([5, 8]), hand => hand.SetAsync("Breakpoints, separated by blanks", "5 8")),
            Bucketed("part of a date", new DateBuckets(DatePart.Day), new DateBuckets(DatePart.Week), hand => hand.SetAsync("How values are put together", "Week")),
            Bucketed("another group of texts", groups, groups with { Groups = groups.Groups.Add(new TextGroup("Group 2", [])) }, hand => hand.PressAsync("Group")),
            Bucketed("name of a group", groups, new TextGroups([new TextGroup("Telephones", ["iOS"])]), hand => hand.SetAsync("Name of the group", "Telephones")),
            Bucketed("values of a group", groups, new TextGroups([new TextGroup("Phones", ["iOS", "Android"])]), hand => hand.SetAsync("Values, separated by commas", "iOS, Android")),
            Bucketed("how a group matches", groups, new TextGroups([new TextGroup("Phones", ["iOS"]) { Match = PropertyOperator.StartsWith }]), hand => hand.WriteAsync(".text-group select", "StartsWith")),
        ];
    }

    /// <summary>Adds "os is iOS" with the button at a place, or the last one that says so.</summary>
    private static async Task FilterOnOsAsync<TPage>(Hand<TPage> hand, int? place, string opener = "Filter")
        where TPage : Microsoft.AspNetCore.Components.IComponent
    {
        await hand.PickAtAsync(opener, place, "os");
        await hand.ChooseValueAsync("iOS");
    }
}
