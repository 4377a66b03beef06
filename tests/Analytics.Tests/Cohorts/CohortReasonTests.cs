using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Shouldly;
using Xunit;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.Cohorts;

public sealed class CohortReasonTests
{
    [Fact]
    public async Task A_member_says_since_when_and_by_which_figure_of_which_condition()
    {
        await using var live = await LiveWorld.CreateAsync();
        var others = await live.MakeAsync(Did("C"));
        var cohort = await live.MakeAsync(new AllPredicate(
        [
            new DidPredicate(new EventSelector("A"), CountComparison.AtLeast, 2, DateRange.Last(30, CalendarUnit.Day)),
            new FigurePredicate(new EventSelector("A"), Measure.Sum, new PropertyName(PropertySource.Event, "price"), FigureComparison.AtLeast, 10, null),
            new AnyPredicate([Is("plan", "pro"), new NotPredicate(Did("B"))]),
            new CohortPredicate(others, false),
        ]));
        await live.AddAsync(Event("A", "ann", Noon - Duration.FromDays(40), P("price", 1)), Event("A", "ann", Noon - Duration.FromDays(2), P("price", 4.5)));
        await live.CaughtUpAsync();
        live.World.Clock.Advance(TimeSpan.FromMinutes(5));
        await live.AddAsync(Event("A", "ann", Noon, P("price", 6)));
        await live.CaughtUpAsync();
        live.World.Clock.Advance(TimeSpan.FromMinutes(5));

        var member = await ExplainAsync(live, cohort, "ann");
        member.Since.ShouldBe(Noon + Duration.FromMinutes(5));
        member.Why.Select(fact => Wording.Of(fact, _ => "Others")).ShouldBe([
            "did “A” at least 2 times in the last 30 days: 2 times",
            "the sum of “price” over “A” at least 10: 11.5",
            "not (did “B”): 0 times",
            "the person is not in cohort “Others”",
        ]);
        member.Why[0].LastAt.ShouldBe(Noon);
    }

    [Fact]
    public async Task Of_a_point_of_a_report_the_events_that_led_there_are_told()
    {
        await using var live = await LiveWorld.CreateAsync();
        var query = new FunnelQuery { Steps = [new EventSelector("A"), new EventSelector("B")], Range = DateRange.Last(2, CalendarUnit.Day) };
        var cohort = await live.MakeAsync(new PointCohort(new FunnelPoint(query, 1, FunnelOutcome.Converted, Segment.Overall)));
        await live.AddAsync(Event("A", "ann"), Event("A", "ann"), Event("B", "ann", Noon));
        await live.CaughtUpAsync();
        (await ExplainAsync(live, cohort, "ann")).Why.Select(fact => Wording.Of(fact, _ => null)).ShouldBe(["did “A” in the last 2 days: 2 times", "did “B”: 1 time"]);
    }

    [Fact]
    public async Task Whoever_is_no_member_has_no_since()
    {
        await using var live = await LiveWorld.CreateAsync();
        var cohort = await live.MakeAsync(Did("A"));
        await live.AddAsync(Event("B", "bob"));
        await live.CaughtUpAsync();
        (await ExplainAsync(live, cohort, "bob")).Since.ShouldBeNull();
        (await live.World.Cohorts.ExplainAsync(live.Project, new CohortId(999), [new(1)], default)).ShouldBe([new CohortMember(new(1), null, [])]);
    }

    private static async Task<CohortMember> ExplainAsync(LiveWorld live, CohortId cohort, string id)
    {
        var store = await live.World.Get<Model.Stores.IEventStores>().OpenAsync(live.Project, default);
        return (await live.World.Cohorts.ExplainAsync(live.Project, cohort, [store.FindPerson(id)!.Value], default))[0];
    }
}
