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

/// <content>Filters, funnels, retention, frequency and flows.</content>
internal static partial class ReportControls
{
    private static IEnumerable<ReportControl> OfFilters()
    {
        ReportControl Filtered(string name, Predicate before, Predicate? after, Func<Hand<InsightsPage>, Task> act) =>
            Insights(name, Plain with { Filter = before }, query => query with { Filter = after }, act);
        ReportControl Person(string name, Predicate before, Predicate after, Func<Hand<InsightsPage>, Task> act) =>
            Metric(name, new Metric((EventSelector?)null) { People = before }, new Metric((EventSelector?)null) { People = after }, act);
        var price = new PropertyPredicate(PropertySource.Event, "price", PropertyOperator.AtLeast, [PropertyValue.Of(5)]);
        var tags = new PropertyPredicate(PropertySource.Event, "tags", PropertyOperator.Equals, [PropertyValue.Of("red")]);
        var did = new DidPredicate(A, CountComparison.AtLeast, 1, Week);
        var figure = new FigurePredicate(A, Measure.Percentile, new PropertyName(PropertySource.Event, "price"), FigureComparison.AtLeast, 5, Week) { Percentile = 90 };
        var distinct = new FigurePredicate(A, Measure.DistinctValues, new PropertyName(PropertySource.Event, "price"), FigureComparison.AtLeast, 5, Week);
        var sequence = new SequencePredicate([A, B], new ConversionWindow(3, WindowUnit.Day), SequenceOutcome.Completed, Week);
        return
        [
            Filtered("all of fewer conditions", new AllPredicate([IsIos, IsPaid, price]), new AllPredicate([IsPaid, price]), hand => hand.PressAsync("Remove the condition")),
            Filtered("any of fewer conditions", new AnyPredicate([IsIos, IsPaid, price]), new AnyPredicate([IsPaid, price]), hand => hand.PressAsync("Remove the condition")),
            Filtered("none of fewer conditions", new NotPredicate(new AnyPredicate([IsIos, IsPaid])), new NotPredicate(new AnyPredicate([IsPaid])), hand => hand.PressAsync("Remove the condition")),
            Filtered("operator", price, price with { Operator = PropertyOperator.LessThan }, hand => hand.SetAsync("Operator", "LessThan")),
            Filtered("value", price, price with { Values = [PropertyValue.Of(8)] }, hand => hand.SetAsync("Number", "8")),
            Filtered("items of a list", tags, tags with { Items = ListItems.All }, hand => hand.SetAsync("Which items of a list", "All")),
            Filtered("another property", IsIos, new PropertyPredicate(PropertySource.User, "plan", PropertyOperator.Equals, [PropertyValue.Of("paid")]), async hand => { await hand.PickAsync("Property: os", "plan"); await hand.ChooseValueAsync("paid"); }),
            Filtered("another cohort", new CohortPredicate(new CohortId(1), IsMember: true), new CohortPredicate(new CohortId(2), IsMember: true), hand => hand.SetAsync("Cohort", "2")),
            Filtered("not in the cohort", new CohortPredicate(new CohortId(1), IsMember: true), new CohortPredicate(new CohortId(1), IsMember: false), hand => hand.SetAsync("In or not in", "out")),
            Person("did something else", did, did with { Event = B }, hand => hand.PickAsync(": A", "B")),
            Person("did so often", did, did with { Count = 3 }, hand => hand.SetAsync("Number of times", "3")),
            Person("did at most", did, did with { Comparison = CountComparison.AtMost }, hand => hand.SetAsync("How often", "AtMost")),
            Person("did in other days", did, did with { During = DateRange.Last(9, CalendarUnit.Day) }, hand => hand.SetAsync("Number of days", "9")),
            Person("a figure of something else", figure, figure with { Event = B }, hand => hand.PickAsync(": A", "B")),
            Person("another figure", figure, figure with { Measure = Measure.Sum, Percentile = null }, hand => hand.SetAsync("Which figure", "Sum")),
            Person("a figure of another property", figure, figure with { Property = new PropertyName(PropertySource.Custom, "Size") }, hand => hand.PickAsync("Property: price", "Size")),
            Person("a figure compared otherwise", figure, figure with { Comparison = FigureComparison.LessThan }, hand => hand.SetAsync("Comparison", "LessThan")),
            Person("a figure and a number", figure, figure with { Number = 2.5 }, hand => hand.SetAsync("Number", "2.5")),
            Person("a figure ever", figure, figure with { During = null }, hand => hand.SetAsync("When", "ever")),
            Person("days of a property", distinct, distinct with { Buckets = new DateBuckets(DatePart.Day) }, hand => hand.SetAsync("How values are put together", "Day")),
            Person("a longer sequence", sequence, sequence with { Steps = [A, B, new EventSelector(null)] }, hand => hand.PressAsync("then")),
            Person("a sequence within", sequence, sequence with { Within = new ConversionWindow(5, WindowUnit.Day) }, hand => hand.SetAsync("Length of the window", "5")),
            Person("a sequence not completed", sequence, sequence with { Outcome = SequenceOutcome.NotCompleted }, hand => hand.SetAsync("Completed or not", "NotCompleted")),
            Person("a sequence in other days", sequence, sequence with { During = DateRange.Last(9, CalendarUnit.Day) }, hand => hand.SetAsync("Number of days", "9")),
        ];
    }

    private static IEnumerable<ReportControl> OfFunnels()
    {
        var plain = new FunnelQuery { Steps = [A, B, C], Range = Week };
        var sessions = plain with { Window = new ConversionWindow(1, WindowUnit.Session) };
        var excluding = plain with { Exclusions = [new FunnelExclusion(C)] };
        ReportControl Funnel(string name, FunnelQuery before, Func<FunnelQuery, FunnelQuery> after, Func<Hand<FunnelPage>, Task> act) => ReportControl.Of("funnels", name, before, after(before), act);
        ReportControl Session(string name, SessionDefinition before, SessionDefinition after, Func<Hand<FunnelPage>, Task> act) =>
            Funnel(name, sessions with { Sessions = before }, query => query with { Sessions = after }, act);
        return
        [
            Funnel("step less", plain, query => query with { Steps = [A, B] }, hand => hand.PressAsync("Remove C")),
            Funnel("days", plain, query => query with { Range = DateRange.Last(30, CalendarUnit.Day) }, hand => hand.PressAsync("30D")),
            Funnel("window", plain, query => query with { Window = new ConversionWindow(3, WindowUnit.Day) }, hand => hand.SetAsync("Length of the window", "3")),
            Funnel("unit of the window", plain, query => query with { Window = new ConversionWindow(7, WindowUnit.Hour) }, hand => hand.SetAsync("Unit of the window", "Hour")),
            Funnel("order", plain, query => query with { Order = StepOrder.Any }, hand => hand.SetAsync("Order of the steps", "Any")),
            Funnel("step in its place", plain with { Order = StepOrder.Any }, query => query with { Anchored = [2] }, hand => hand.TickAsync("keeps its place")),
            Funnel("step that may be skipped", plain, query => query with { Optional = [1] }, hand => hand.TickAsync("may be skipped")),
            Funnel("counting", plain, query => query with { Counting = FunnelCounting.Totals }, hand => hand.SetAsync("What is counted", "Totals")),
            Funnel("re-entry", plain, query => query with { ReEntry = ReEntry.Optimized }, hand => hand.SetAsync("Which entry counts", "Optimized")),
            Funnel("exclusion", plain, query => query with { Exclusions = [new FunnelExclusion(new EventSelector(null))] }, hand => hand.PressAsync("Exclude an event between steps")),
            Funnel("excluded event", excluding, query => query with { Exclusions = [new FunnelExclusion(B)] }, hand => hand.PickAsync("Event ×: C", "B")),
            Funnel("exclusion after a step", excluding, query => query with { Exclusions = [new FunnelExclusion(C, 1)] }, hand => hand.SetAsync("After which step", "1")),
            Funnel("exclusion before a step", excluding, query => query with { Exclusions = [new FunnelExclusion(C, 0, 1)] }, hand => hand.SetAsync("Before which step", "1")),
            Funnel("held property", plain, query => query with { HoldConstant = [new PropertyName(PropertySource.Event, "os")] }, hand => hand.PickAsync("Hold a property constant", "os")),
            Funnel("held custom property", plain, query => query with { HoldConstant = [new PropertyName(PropertySource.Custom, "Size")] }, hand => hand.PickAsync("Hold a property constant", "Size")),
            Funnel("held column of a table", plain, query => query with { HoldConstant = [new PropertyName(PropertySource.Expression, Family)] }, hand => hand.PickAsync("Hold a property constant", "family", "kind")),
            Funnel("held property of the profile", plain, query => query with { HoldConstant = [new PropertyName(PropertySource.User, "plan")] }, hand => hand.PickAsync("Hold a property constant", "plan")),
            Funnel("what a session is", sessions, query => query with { Sessions = new TimeoutSessions() }, hand => hand.SetAsync("What a session is", "timeout")),
            Session("silence of a session", new TimeoutSessions(), new TimeoutSessions(600), hand => hand.SetAsync("minutes of silence", "10")),
            Session("start of a session", new EventSessions(A, B), new EventSessions(C, B), hand => hand.PickAtAsync("Event : A", 0, "C")),
            Session("end of a session", new EventSessions(A, B), new EventSessions(A, C), hand => hand.PickAtAsync("Event : B", 0, "C")),
            Session("property of a session", new PropertySessions("kind"), new PropertySessions("os"), hand => hand.PickAsync("Property of a session", "os")),
            Session("event outside sessions", new TimeoutSessions(), new TimeoutSessions { AlsoExcluded = ["C"] }, hand => hand.PickAsync("Leave an event out of sessions", "C")),
            Funnel("filter", plain, query => query with { Filter = IsIos }, hand => FilterOnOsAsync(hand, null)),
            Funnel("breakdown", plain, query => query with { Breakdowns = [ByOs] }, hand => hand.PickAsync("Breakdown", "os")),
            Funnel("attribution", plain with { Breakdowns = [ByOs] }, query => query with { Attribution = StepAttribution.LastDefined }, hand => hand.SetAsync("Which step's values count", "last")),
            Funnel("attributed step", plain with { Breakdowns = [ByOs] }, query => query with { AttributedStep = 1 }, hand => hand.SetAsync("Which step's values count", "1")),
            Funnel("segments shown", plain with { Breakdowns = [ByOs] }, query => query with { Limit = 3 }, hand => hand.SetAsync("Segments shown", "3")),
            Funnel("over time", plain with { TrendUnit = CalendarUnit.Day }, query => query with { TrendUnit = CalendarUnit.Week }, hand => hand.SetAsync("Unit", "Week")),
            Funnel("time to convert", plain, query => query with { TimeToConvert = new StepPair() }, hand => hand.PressAsync("Time to convert")),
            Funnel("time from a step", plain with { TimeToConvert = new StepPair() }, query => query with { TimeToConvert = new StepPair(1) }, hand => hand.SetAsync("From which step", "1")),
            Funnel("time to a step", plain with { TimeToConvert = new StepPair() }, query => query with { TimeToConvert = new StepPair(0, 1) }, hand => hand.SetAsync("To which step", "1")),
            Funnel("sum", plain, query => query with { Sum = new PropertyName(PropertySource.Event, "price") }, hand => hand.PickAsync("Property to sum", "price")),
            Funnel("segment compared with", plain with { Breakdowns = [ByOs] }, query => query with { Control = Segment.Of("iOS") }, hand => hand.SetAsync("Compared with", "Value/iOS")),
        ];
    }

    private static IEnumerable<ReportControl> OfRetention()
    {
        var plain = new RetentionQuery { Birth = A, Return = B, Range = Week, Unit = CalendarUnit.Day };
        var summing = plain with { SumProperty = "price" };
        var how = new FrequencyQuery { Event = A, Range = Week };
        ReportControl Retention(string name, RetentionQuery before, Func<RetentionQuery, RetentionQuery> after, Func<Hand<RetentionPage>, Task> act) => ReportControl.Of("retention", name, before, after(before), act);
        ReportControl Frequency(string name, FrequencyQuery before, Func<FrequencyQuery, FrequencyQuery> after, Func<Hand<FrequencyPage>, Task> act) => ReportControl.Of("retention/frequency", name, before, after(before), act);
        return
        [
            Retention("birth", plain, query => query with { Birth = C }, hand => hand.PickAsync("Event A: A", "C")),
            Retention("return", plain, query => query with { Return = new EventSelector(null) }, hand => hand.PickAsync("Event B: B", "Any event")),
            Retention("days", plain, query => query with { Range = DateRange.Last(30, CalendarUnit.Day) }, hand => hand.PressAsync("30D")),
            Retention("unit", plain, query => query with { Unit = CalendarUnit.Week }, hand => hand.SetAsync("Period", "Week")),
            Retention("periods", plain, query => query with { Buckets = 5 }, hand => hand.SetAsync("Number of periods", "5")),
            Retention("brackets", plain with { Brackets = [1, 2] }, query => query with { Brackets = [1, 3, 9] }, hand => hand.SetAsync("Sizes of the brackets", "1, 3, 9")),
            Retention("alignment", plain, query => query with { Alignment = RetentionAlignment.Calendar }, hand => hand.SetAsync("Periods", "Calendar")),
            Retention("criterion", plain, query => query with { Criterion = RetentionCriterion.Streak }, hand => hand.SetAsync("Criterion", "Streak")),
            Retention("which births", plain, query => query with { BirthKind = RetentionBirth.FirstEver }, hand => hand.SetAsync("Which times count", "FirstEver")),
            Retention("birth as return", plain, query => query with { CountBirthAsReturn = true }, hand => hand.TickAsync("Everyone counts in the first period")),
            Retention("sum", summing, query => query with { SumProperty = "Size", SumSource = PropertySource.Custom }, hand => hand.PickAsync("Property to sum", "Size")),
            Retention("filter", plain, query => query with { Filter = IsIos }, hand => FilterOnOsAsync(hand, null)),
            Retention("breakdown", plain, query => query with { Breakdowns = [ByOs] }, hand => hand.PickAsync("Breakdown", "os")),
            Retention("whose value", plain with { Breakdowns = [ByOs] }, query => query with { BreakdownOn = RetentionEvent.Return }, hand => hand.SetAsync("Whose value counts", "Return")),
            Retention("segments shown", plain with { Breakdowns = [ByOs] }, query => query with { Limit = 3 }, hand => hand.SetAsync("Segments shown", "3")),
            Frequency("event", how, query => query with { Event = C }, hand => hand.PickAsync("Event A: A", "C")),
            Frequency("days", how, query => query with { Range = DateRange.Last(30, CalendarUnit.Day) }, hand => hand.PressAsync("30D")),
            Frequency("hours of a day", how, query => query with { Period = CalendarUnit.Day, Within = CalendarUnit.Hour }, hand => hand.SetAsync("Hours or days of what", "Day/Hour")),
            Frequency("exactly", how, query => query with { Comparison = CountComparison.Exactly }, hand => hand.SetAsync("At least or exactly", "Exactly")),
            Frequency("filter", how, query => query with { Filter = IsIos }, hand => FilterOnOsAsync(hand, null)),
            Frequency("breakdown", how, query => query with { Breakdowns = [ByOs] }, hand => hand.PickAsync("Breakdown", "os")),
            Frequency("segments shown", how with { Breakdowns = [ByOs] }, query => query with { Limit = 3 }, hand => hand.SetAsync("Segments shown", "3")),
        ];
    }

    private static IEnumerable<ReportControl> OfFlows()
    {
        var plain = new FlowQuery { Anchor = A, Range = Week };
        var two = plain with { Then = [new FlowAnchor(B, 1, 1)] };
        ReportControl Flow(string name, FlowQuery before, Func<FlowQuery, FlowQuery> after, Func<Hand<FlowPage>, Task> act) => ReportControl.Of("flows", name, before, after(before), act);
        return
        [
            Flow("anchor", plain, query => query with { Anchor = B }, hand => hand.PickAsync("Event A: A", "B")),
            Flow("days", plain, query => query with { Range = DateRange.Last(30, CalendarUnit.Day) }, hand => hand.PressAsync("30D")),
            Flow("steps before", plain, query => query with { StepsBefore = 2 }, hand => hand.WriteAsync(".steps label:first-child input", "2")),
            Flow("steps after", plain, query => query with { StepsAfter = 2 }, hand => hand.WriteAsync(".steps label:last-child input", "2")),
            Flow("second anchor", two, query => query with { Then = [new FlowAnchor(C, 1, 1)] }, hand => hand.PickAsync("Event B: B", "C")),
            Flow("steps before the second anchor", two, query => query with { Then = [new FlowAnchor(B, 2, 1)] }, hand => hand.WriteAsync(".steps label:first-child input", "2")),
            Flow("steps after the second anchor", two, query => query with { Then = [new FlowAnchor(B, 1, 2)] }, hand => hand.WriteAsync(".steps label:last-child input", "2")),
            Flow("events per step", plain, query => query with { Top = 5 }, hand => hand.SetAsync("Events per step", "5")),
            Flow("window", plain, query => query with { Window = new ConversionWindow(3, WindowUnit.Day) }, hand => hand.SetAsync("Length of the window", "3")),
            Flow("counting", plain, query => query with { Counting = FunnelCounting.Totals }, hand => hand.SetAsync("What is counted", "Totals")),
            Flow("what a session is", plain with { Counting = FunnelCounting.Sessions }, query => query with { Sessions = new TimeoutSessions() }, hand => hand.SetAsync("What a session is", "timeout")),
            Flow("exclusion", two, query => query with { Exclusions = [new FunnelExclusion(C)] }, hand => hand.PressAsync("Exclude an event between steps")),
            Flow("held property", two, query => query with { HoldConstant = [new PropertyName(PropertySource.Custom, "Size")] }, hand => hand.PickAsync("Hold a property constant", "Size")),
            Flow("hidden event", plain, query => query with { Hidden = ["C"] }, hand => hand.PickAsync("Hide an event", "C")),
            Flow("repeats", plain, query => query with { CollapseRepeats = false }, hand => hand.TickAsync("Count repeats", isOn: false)),
            Flow("event split", plain, query => query with { Expand = [new FlowExpansion("B", "kind")] }, hand => hand.PickAsync("Split an event by a property", "B")),
            Flow("event split by another property", plain with { Expand = [new FlowExpansion("B", "kind")] }, query => query with { Expand = [new FlowExpansion("B", "Size") { Source = PropertySource.Custom }] }, hand => hand.PickAsync("Property: kind", "Size")),
            Flow("custom event in place of its members", plain, query => query with { CustomEvents = ["Either"] }, hand => hand.PickAsync("Show a custom event", "Either")),
            Flow("filter", plain, query => query with { Filter = IsIos }, hand => FilterOnOsAsync(hand, null)),
            Flow("breakdown", plain, query => query with { Breakdowns = [ByOs] }, hand => hand.PickAsync("Breakdown", "os")),
            Flow("segments shown", plain with { Breakdowns = [ByOs] }, query => query with { Limit = 3 }, hand => hand.SetAsync("Segments shown", "3")),
            Flow("top paths", plain, query => query with { TopPaths = QueryLimits.MaximumFlowPaths }, hand => hand.PressAsync("Top paths")),
        ];
    }
}
