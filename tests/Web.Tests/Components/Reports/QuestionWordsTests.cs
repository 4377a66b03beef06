using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Tests.Components.Reports;

public sealed class QuestionWordsTests
{
    private static readonly Predicate Left = new AllPredicate(
    [
        new DidPredicate(new EventSelector("Add to Cart"), CountComparison.AtLeast, 1, DateRange.Last(30, CalendarUnit.Day)),
        new DidPredicate(new EventSelector("Checkout"), CountComparison.Exactly, 0, null),
        new AnyPredicate([new PropertyPredicate(PropertySource.User, "plan", PropertyOperator.Equals, [PropertyValue.Of("paid")]), new CohortPredicate(new CohortId(7), IsMember: false)]),
    ]);

    [Fact]
    public void In_English_the_sentence_is_the_one_that_the_interface_gives()
    {
        var query = new InsightsQuery { Metrics = [new Metric(new EventSelector("A"))], Range = DateRange.Last(1, CalendarUnit.Day) };
        QuestionWords.Of(query, "How many people did “A”", Language.Words).ShouldBe("How many people did “A”");
        ConditionWords.Of(Left, "did “Add to Cart”", Language.Words).ShouldBe("did “Add to Cart”");
    }

    [Fact]
    public void In_Korean_a_question_is_built_by_meaning()
    {
        using var language = Language.Korean();
        var retention = new RetentionQuery { Birth = new EventSelector("Play Song"), Return = new EventSelector("Play Song"), Unit = CalendarUnit.Week, Range = DateRange.Last(3, CalendarUnit.Month) };
        QuestionWords.Of(retention, "english", Language.Words).ShouldBe("Play Song을(를) 한 사람 중 몇 명이 그 주 또는 이후에 돌아와 Play Song을(를) 했나요, 최근 3개월");
        var funnel = new FunnelQuery { Steps = [new EventSelector("A"), new EventSelector("B")], Window = new ConversionWindow(7, WindowUnit.Day), Range = DateRange.Last(30, CalendarUnit.Day) };
        QuestionWords.Of(funnel, "english", Language.Words).ShouldBe("7일 안에 A → B 순서로 간 사람은 몇 명인가요, 최근 30일");
    }

    [Fact]
    public void In_Korean_an_audience_is_Korean_in_every_part()
    {
        using var language = Language.Korean();
        ConditionWords.Of(Left, "english", Language.Words).ShouldBe("Add to Cart을(를) 함 (최근 30일) 그리고 Checkout을(를) 하지 않음 (전체 기간) 그리고 (plan 같음 paid 또는 코호트에 속하지 않음 #7)");
        ConditionWords.Of(new DidPredicate(new EventSelector("Play Song"), CountComparison.AtLeast, 3, DateRange.Last(1, CalendarUnit.Day)), "english", Language.Words).ShouldBe("Play Song을(를) 3번 이상 함 (오늘)");
        ConditionWords.Of(new StaticCohort("saved from a list"), "english", Language.Words).ShouldBe("고정된 사용자 목록");
    }
}
