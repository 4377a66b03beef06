using System.Collections.Immutable;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Lexicon;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using Rondo.Web.Components.Reports;
using Breakdown = Rondo.Model.Queries.Breakdown;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Tests.Components.Reports;

public sealed class PhrasesTests
{
    private static readonly CohortId Stopped = new(7);
    private static readonly CohortId Gone = new(8);

    private static readonly Phrases Phrases = new(
        DisplayNames.None with { Events = ImmutableDictionary<string, string>.Empty.Add("checkout_v2", "Checkout") },
        new Dictionary<CohortId, string> { [Stopped] = "Listeners who stopped" },
        Language.Words);

    private static readonly Predicate Left = new AllPredicate(
    [
        new DidPredicate(new EventSelector("Add to Cart"), CountComparison.AtLeast, 1, DateRange.Last(30, CalendarUnit.Day)),
        new DidPredicate(new EventSelector("checkout_v2"), CountComparison.Exactly, 0, null),
        new AnyPredicate([new PropertyPredicate(PropertySource.User, "plan", PropertyOperator.Equals, [PropertyValue.Of("paid")]), new CohortPredicate(Stopped, IsMember: false)]),
    ]);

    [Fact]
    public void In_English_the_sentence_is_the_one_that_the_interface_gives()
    {
        var query = new InsightsQuery { Metrics = [new Metric(new EventSelector("A"))], Range = DateRange.Last(1, CalendarUnit.Day) };
        Phrases.Of(query, "How many people did “A”").ShouldBe("How many people did “A”");
        Phrases.Of(Left, "did “Add to Cart”").ShouldBe("did “Add to Cart”");
    }

    [Fact]
    public void In_Korean_a_question_is_built_by_meaning()
    {
        using var language = Language.Korean();
        var retention = new RetentionQuery { Birth = new EventSelector("Play Song"), Return = new EventSelector("Play Song"), Unit = CalendarUnit.Week, Range = DateRange.Last(3, CalendarUnit.Month) };
        Phrases.Of(retention, "english").ShouldBe("Play Song을(를) 한 사람 중 몇 명이 그 주 또는 이후에 돌아와 Play Song을(를) 했나요, 최근 3개월");
        var funnel = new FunnelQuery { Steps = [new EventSelector("A"), new EventSelector("checkout_v2")], Window = new ConversionWindow(7, WindowUnit.Day), Range = DateRange.Last(30, CalendarUnit.Day) };
        Phrases.Of(funnel, "english").ShouldBe("7일 안에 A → Checkout 순서로 간 사람은 몇 명인가요, 최근 30일");
    }

    [Fact]
    public void In_Korean_an_audience_is_Korean_in_every_part_and_names_its_cohorts()
    {
        using var language = Language.Korean();
        Phrases.Of(Left, "english").ShouldBe("Add to Cart을(를) 함 (최근 30일) 그리고 Checkout을(를) 하지 않음 (전체 기간) 그리고 (plan 같음 paid 또는 “Listeners who stopped” 코호트에 속하지 않음)");
        Phrases.Of(new DidPredicate(new EventSelector("Play Song"), CountComparison.AtLeast, 3, DateRange.Last(1, CalendarUnit.Day)), "english").ShouldBe("Play Song을(를) 3번 이상 함 (오늘)");
        Phrases.Of(new StaticCohort("saved from a list"), "english").ShouldBe("고정된 사용자 목록");
        Phrases.Of(new CohortPredicate(Gone, IsMember: true), "english").ShouldBe("“8번(삭제됨)” 코호트에 속함");
    }

    [Fact]
    public void A_question_names_its_cohorts_wherever_they_stand_in_it()
    {
        using var language = Language.Korean();
        var query = new InsightsQuery
        {
            Metrics = [new Metric((EventSelector?)null) { Cohort = Stopped }, new Metric(new EventSelector("A", new CohortPredicate(Gone, IsMember: false)))],
            Filter = new CohortPredicate(Stopped, IsMember: true),
            Breakdowns = [Breakdown.Of([Stopped, Gone])],
            Range = DateRange.Last(30, CalendarUnit.Day),
        };
        var words = Phrases.Of(query, null)!;
        words.ShouldContain("코호트 Listeners who stopped, A (“8번(삭제됨)” 코호트에 속하지 않음)");
        words.ShouldContain("“Listeners who stopped”, “8번(삭제됨)” 코호트 포함 여부");
        words.ShouldContain("“Listeners who stopped” 코호트에 속함");
        words.ShouldNotContain("#");
    }

    [Fact]
    public void A_cohort_made_from_any_report_tells_its_question()
    {
        using var language = Language.Korean();
        var range = DateRange.Last(30, CalendarUnit.Day);
        ReportPoint[] points =
        [
            new InsightsPoint(new InsightsQuery { Metrics = [new Metric(new EventSelector("checkout_v2"))], Range = range }, 0, Segment.Overall, null),
            new FunnelPoint(new FunnelQuery { Steps = [new EventSelector("A"), new EventSelector("checkout_v2")], Range = range }, 1, FunnelOutcome.Converted, Segment.Overall),
            new RetentionPoint(new RetentionQuery { Birth = new EventSelector("A"), Return = new EventSelector("checkout_v2"), Range = range }, null, 1, RetentionOutcome.Retained, Segment.Overall),
            new FrequencyPoint(new FrequencyQuery { Event = new EventSelector("checkout_v2"), Range = range }, Site.Noon, 2, Segment.Overall),
            new FlowPoint(new FlowQuery { Anchor = new EventSelector("checkout_v2"), Range = range }, new FlowNodeKey(0, FlowNodeKind.Event, "A"), null),
            new FlowPathPoint(new FlowQuery { Anchor = new EventSelector("checkout_v2"), Range = range }, []),
        ];
        foreach (var point in points)
        {
            Phrases.Of(new PointCohort(point), "english").ShouldMatch("^리포트의 한 지점: .*Checkout.*최근 30일$", point.GetType().Name);
        }
    }

    [Fact]
    public void Why_somebody_belongs_names_cohorts_in_both_languages()
    {
        var fact = new ConditionFact(new CohortPredicate(Stopped, IsMember: true), Holds: true, IsNegated: false);
        Phrases.Of(fact, ProjectCalendar.Utc).ShouldBe("the person is in cohort “Listeners who stopped”");
        using var language = Language.Korean();
        Phrases.Of(fact, ProjectCalendar.Utc).ShouldBe("“Listeners who stopped” 코호트에 속함");
    }
}
