using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components;

namespace Rondo.Web.Tests.Components;

/// <summary>A page is its address: what is written there reads back as the same question.</summary>
public sealed class QueryAddressTests
{
    private static readonly EventSelector Opened = new("Push Notification Open", new PropertyPredicate(PropertySource.Event, "campaign_name", PropertyOperator.Equals, [PropertyValue.Of("Grün & süß? #1 + 100 %")]));

    public static TheoryData<object> Questions =>
    [
        new InsightsQuery { Metrics = [new Metric(Opened, Measure.Total)], Range = DateRange.Last(3, CalendarUnit.Month), Unit = CalendarUnit.Week, Breakdowns = [new Breakdown(PropertySource.User, "plan")] },
        new FunnelQuery { Steps = [Opened, new EventSelector("Checkout")], Range = DateRange.Between(new(2026, 1, 1), new(2026, 1, 31)), Window = new ConversionWindow(1, WindowUnit.Session), ReEntry = ReEntry.Optimized },
        new RetentionQuery { Birth = new EventSelector("Play Song"), Return = new EventSelector(null), Range = new SinceRange(new(2026, 1, 1)), Unit = CalendarUnit.Week, Buckets = 14, BirthKind = RetentionBirth.FirstEver, Criterion = RetentionCriterion.On },
        new FlowQuery { Anchor = Opened, Range = DateRange.Last(30, CalendarUnit.Day), StepsBefore = 1, Hidden = ["Ping"], CollapseRepeats = false },
    ];

    [Theory]
    [MemberData(nameof(Questions))]
    public void A_question_reads_back_as_it_was_written(object query)
    {
        var text = QueryAddress.Write(query);
        var back = typeof(QueryAddress).GetMethod(nameof(QueryAddress.Read))!.MakeGenericMethod(query.GetType()).Invoke(null, [text]);
        QueryAddress.Write(back).ShouldBe(text);
        text.ShouldStartWith("{");
    }

    [Fact]
    public void A_long_question_is_packed_and_reads_back()
    {
        var query = new FunnelQuery { Steps = [.. Enumerable.Range(0, 20).Select(step => Opened with { Event = $"Step number {step} of a long way" })], Range = DateRange.Last(30, CalendarUnit.Day) };
        var text = QueryAddress.Write(query);
        text.ShouldStartWith("~");
        text.Length.ShouldBeLessThan(1000);
        QueryAddress.Read<FunnelQuery>(text)!.Steps.ShouldBe(query.Steps);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no question")]
    [InlineData("{}")]
    [InlineData("{\"steps\":7}")]
    [InlineData("~AAAA")]
    [InlineData("~***")]
    public void What_is_no_question_is_taken_for_none(string? text) => QueryAddress.Read<FunnelQuery>(text).ShouldBeNull();
}
