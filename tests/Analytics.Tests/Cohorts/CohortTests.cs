using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.Cohorts;

public sealed class CohortTests
{
    [Fact]
    public async Task A_dynamic_cohort_is_computed_when_made_and_again_when_refreshed()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("Play", "ann"), Event("Play", "ann"), Event("Play", "bob"));
        var cohort = (await world.Cohorts.CreateAsync(world.Project, "Listeners", "twice", new FilterCohort(Did("Play", 2)), default)).Value!;
        cohort.Size.ShouldBe(1);
        cohort.ComputedAt.ShouldBe(Noon);
        cohort.Words.ShouldBe("People who did “Play” at least 2 times");
        (await world.IdsAsync(world.Cohorts.MembersOf(world.Project, cohort.Id))).ShouldBe(["ann"]);

        await world.AddAsync(Event("Play", "bob"));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        (await world.Cohorts.RefreshAsync(world.Project, cohort.Id, default)).Value!.Size.ShouldBe(2);
        (await world.Cohorts.FindAsync(world.Project, cohort.Id, default))!.ComputedAt.ShouldBe(Noon + Duration.FromMinutes(1));
    }

    [Fact]
    public async Task Members_and_the_time_they_were_computed_survive_a_restart_together()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("Play", "ann"), Event("Play", "bob"));
        var cohort = (await world.Cohorts.CreateAsync(world.Project, "Listeners", "", new FilterCohort(Did("Play")), default)).Value!;
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.RestartAsync();

        (await world.IdsAsync(world.Cohorts.MembersOf(world.Project, cohort.Id))).ShouldBe(["ann", "bob"]);
        var found = (await world.Cohorts.FindAsync(world.Project, cohort.Id, default))!;
        found.ComputedAt.ShouldBe(Noon);
        found.Size.ShouldBe(2);
        found.Definition.ShouldBe(new FilterCohort(Did("Play")));
    }

    [Fact]
    public async Task A_cohort_of_a_point_is_the_people_the_number_counts()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("A", "ann"), Event("B", "ann", Noon - Duration.FromMinutes(30)), Event("A", "bob"));
        var query = new FunnelQuery { Steps = [new EventSelector("A"), new EventSelector("B")], Range = DateRange.Last(30, CalendarUnit.Day) };
        var answer = (await world.Get<IReports>().FunnelAsync(world.Project, query, default)).Value!;
        var dropped = new FunnelPoint(query, 1, FunnelOutcome.DroppedOff, Segment.Overall);
        var cohort = (await world.Cohorts.CreateAsync(world.Project, "Dropped", "", new PointCohort(dropped), default)).Value!;
        cohort.Size.ShouldBe((int)(answer.Result.Segments[0].Steps[0].Count - answer.Result.Segments[0].Steps[1].Count));
        (await world.IdsAsync(world.Cohorts.MembersOf(world.Project, cohort.Id))).ShouldBe(["bob"]);

        // Kept fresh as the report itself would be: bob goes on, and leaves the cohort.
        await world.AddAsync(Event("B", "bob", Noon - Duration.FromMinutes(10)));
        (await world.Cohorts.RefreshAsync(world.Project, cohort.Id, default)).Value!.Size.ShouldBe(0);
    }

    [Fact]
    public async Task A_static_cohort_stays_the_same_people_also_after_a_merge()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("Visit", "$device:d1"), Event("Visit", "$device:d2"), Event("Visit", "cyd"));
        var everyone = (await world.People.WhereAsync(world.Project, Did("Visit"), default)).Value!;
        var cohort = (await world.Cohorts.CreateStaticAsync(world.Project, "Visitors", "everyone on 10 March", everyone, default)).Value!;
        cohort.Words.ShouldBe("A fixed list: everyone on 10 March");

        await world.TrackAsync(new SubmittedEvent { Token = world.Token, Name = "Sign Up", UserId = "ann", DeviceId = "d1" }, new SubmittedEvent { Token = world.Token, Name = "Visit", UserId = "new" });
        (await world.Cohorts.RefreshAsync(world.Project, cohort.Id, default)).Value!.Size.ShouldBe(3);
        (await world.IdsAsync(world.Cohorts.MembersOf(world.Project, cohort.Id))).ShouldBe(["$device:d2", "ann", "cyd"]);
        (await world.Cohorts.ChangeAsync(world.Project, cohort.Id, "Visitors", "", new FilterCohort(Did("Visit")), default)).Problems.Single().Field.ShouldBe("definition");
    }

    [Fact]
    public async Task Cohorts_may_stand_in_cohorts_but_not_in_themselves()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("A", "ann"), Event("B", "ann"), Event("A", "bob"));
        var inner = (await world.Cohorts.CreateAsync(world.Project, "A", "", new FilterCohort(Did("A")), default)).Value!;
        var outer = (await world.Cohorts.CreateAsync(world.Project, "A without B", "", new FilterCohort(new AllPredicate([new CohortPredicate(inner.Id, true), new NotPredicate(Did("B"))])), default)).Value!;
        (await world.IdsAsync(world.Cohorts.MembersOf(world.Project, outer.Id))).ShouldBe(["bob"]);
        outer.Words.ShouldBe("People who are in cohort “A” and for whom not (did “B”)");

        var cycle = await world.Cohorts.ChangeAsync(world.Project, inner.Id, "A", "", new FilterCohort(new AnyPredicate([Did("A"), new CohortPredicate(outer.Id, true)])), default);
        cycle.Problems.Single().ShouldBe(new Problem("definition", "would contain the cohort itself"));
        var self = await world.Cohorts.ChangeAsync(world.Project, inner.Id, "A", "", new FilterCohort(new CohortPredicate(inner.Id, true)), default);
        self.Problems.Single().Rule.ShouldBe("would contain the cohort itself");
        var unknown = await world.Cohorts.CreateAsync(world.Project, "X", "", new FilterCohort(new CohortPredicate(new CohortId(999), true)), default);
        unknown.Problems.Single().Rule.ShouldBe("names cohort 999, which does not exist");
    }

    [Fact]
    public async Task A_round_computes_a_cohort_after_those_it_names()
    {
        await using var world = await CreateAsync();

        // The outer cohort is older than the inner one it names, so that the order of making is the wrong one.
        var outer = (await world.Cohorts.CreateAsync(world.Project, "Outer", "", new FilterCohort(Did("A")), default)).Value!;
        var inner = (await world.Cohorts.CreateAsync(world.Project, "Inner", "", new FilterCohort(Did("A")), default)).Value!;
        await world.Cohorts.ChangeAsync(world.Project, outer.Id, "Outer", "", new FilterCohort(new CohortPredicate(inner.Id, true)), default);
        await world.AddAsync(Event("A", "ann"));
        await world.Get<Rondo.Analytics.Cohorts.CohortDirectory>().RefreshAllAsync(world.Project, default);
        (await world.IdsAsync(world.Cohorts.MembersOf(world.Project, outer.Id))).ShouldBe(["ann"]);
    }

    [Fact]
    public async Task Every_reader_gets_every_change_from_the_moment_it_asked()
    {
        await using var world = await CreateAsync();
        using var stopping = new CancellationTokenSource();
        var first = world.Cohorts.ChangesAsync(world.Project, stopping.Token);
        await world.AddAsync(Event("A", "ann"));
        var cohort = (await world.Cohorts.CreateAsync(world.Project, "A", "", new FilterCohort(new AllPredicate([Did("A"), new NotPredicate(Did("B"))])), default)).Value!;
        var second = world.Cohorts.ChangesAsync(world.Project, stopping.Token);
        await world.AddAsync(Event("B", "ann"), Event("A", "bob"));
        await world.Cohorts.RefreshAsync(world.Project, cohort.Id, default);
        await world.Cohorts.RefreshAsync(world.Project, cohort.Id, default);

        var seenByFirst = await TakeAsync(world, first, 2);
        seenByFirst.ShouldBe(["+ann -", "+bob -ann"]);
        (await TakeAsync(world, second, 1)).ShouldBe(["+bob -ann"]);
    }

    [Fact]
    public async Task History_holds_every_change_of_a_week_and_then_one_a_day()
    {
        await using var world = await CreateAsync();
        var cohort = (await world.Cohorts.CreateAsync(world.Project, "A", "", new FilterCohort(Did("A")), default)).Value!;
        for (var day = 0; day < 10; day++)
        {
            for (var change = 0; change < 3; change++)
            {
                world.Clock.Advance(TimeSpan.FromHours(2));
                await world.AddAsync(Event("A", $"p{day}-{change}"));
                await world.Cohorts.RefreshAsync(world.Project, cohort.Id, default);
                await world.Cohorts.RefreshAsync(world.Project, cohort.Id, default);
            }

            world.Clock.Advance(TimeSpan.FromHours(18));
        }

        var history = await world.Cohorts.HistoryAsync(world.Project, cohort.Id, default);
        var days = history.GroupBy(size => size.At.InUtc().Date).ToDictionary(day => day.Key, day => day.Select(size => size.Size).ToList());
        days[new LocalDate(2026, 3, 10)].ShouldBe([3]);
        days[new LocalDate(2026, 3, 11)].ShouldBe([6]);
        days[new LocalDate(2026, 3, 19)].ShouldBe([28, 29, 30]);
        history.Select(size => size.At).ShouldBeInOrder();
    }

    [Fact]
    public async Task What_is_wrong_with_a_cohort_is_said_all_at_once()
    {
        await using var world = await CreateAsync();
        await world.Cohorts.CreateAsync(world.Project, "Taken", "", new FilterCohort(Did("A")), default);
        async Task<string[]> ProblemsAsync(string name, CohortDefinition definition) =>
            [.. (await world.Cohorts.CreateAsync(world.Project, name, "", definition, default)).Problems.Select(problem => $"{problem.Field}: {problem.Rule}")];

        (await ProblemsAsync("Taken", new FilterCohort(new PropertyPredicate(PropertySource.Event, "", PropertyOperator.Equals, [])))).ShouldBe([
            "definition.where.property: must not be empty",
            "definition.where.source: must be user, expression or custom: a person has no event properties",
            "definition.where.values: must hold 1 to 1000 values",
            "name: 'Taken' is taken by another cohort",
        ]);
        (await ProblemsAsync(" ", new StaticCohort("x"))).ShouldBe(["name: must be 1 to 200 characters", "definition.kind: must be filter or point: a static cohort is made from people"]);
        (await ProblemsAsync("X", new FilterCohort(new DidPredicate(new EventSelector("A"), CountComparison.AtLeast, 1, DateRange.Last(0, CalendarUnit.Day))))).ShouldBe(["definition.where.during: must be the last 1 to 3660 hours, days, weeks, months or quarters"]);
        (await ProblemsAsync("X", new PointCohort(new InsightsPoint(new InsightsQuery { Metrics = [], Range = DateRange.Last(1, CalendarUnit.Day) }, 0, Segment.Overall, null)))).ShouldBe(["definition.point.query.metrics: must hold 1 to 40 metrics"]);
        (await ProblemsAsync("X", new PointCohort(new InsightsPoint(new InsightsQuery { Metrics = [new Metric(new EventSelector("A"))], Range = DateRange.Last(1, CalendarUnit.Day) }, 1, Segment.Overall, null)))).ShouldBe(["definition.point.metric: must be 0 to 0"]);
    }

    [Fact]
    public async Task Archiving_hides_a_cohort_and_keeps_it_computed()
    {
        await using var world = await CreateAsync();
        var cohort = (await world.Cohorts.CreateAsync(world.Project, "A", "", new FilterCohort(Did("A")), default)).Value!;
        (await world.Cohorts.ArchiveAsync(world.Project, cohort.Id, true, default)).Value!.IsArchived.ShouldBeTrue();
        (await world.Cohorts.ListAsync(world.Project, false, default)).ShouldBeEmpty();
        (await world.Cohorts.ListAsync(world.Project, true, default)).Count.ShouldBe(1);
        await world.AddAsync(Event("A", "ann"));
        await world.Get<Rondo.Analytics.Cohorts.CohortDirectory>().RefreshAllAsync(world.Project, default);
        world.Cohorts.MembersOf(world.Project, cohort.Id).Count.ShouldBe(1);
        (await world.Cohorts.ArchiveAsync(world.Project, cohort.Id, false, default)).Value!.IsArchived.ShouldBeFalse();
    }

    [Fact]
    public async Task A_filter_gives_the_same_people_in_preview_list_cohort_and_report()
    {
        await using var world = await CreateAsync();
        await world.AddAsync([.. Enumerable.Range(0, 50).Select(n => Event("A", $"p{n % 13}"))]);
        await world.SetAsync("p1", P("plan", "pro"));
        await world.SetAsync("p2", P("plan", "pro"));
        var where = new AllPredicate([Did("A", 4), Is("plan", "pro")]);
        var preview = (await world.Cohorts.PreviewAsync(world.Project, new FilterCohort(where), default)).Value!;
        var list = (await world.People.WhereAsync(world.Project, where, default)).Value!;
        var cohort = (await world.Cohorts.CreateAsync(world.Project, "Pro", "", new FilterCohort(where), default)).Value!;
        var report = (await world.Get<IReports>().InsightsAsync(world.Project, new InsightsQuery { Metrics = [new Metric(new EventSelector("A", new CohortPredicate(cohort.Id, true)))], Range = DateRange.Last(1, CalendarUnit.Week) }, default)).Value!;
        preview.ShouldBe(list);
        world.Cohorts.MembersOf(world.Project, cohort.Id).ShouldBe(list);
        report.Result.Series[0].Total.ShouldBe(list.Count);
        list.Count.ShouldBe(2);
    }

    private static async Task<List<string>> TakeAsync(World world, IAsyncEnumerable<MembershipChange> changes, int count)
    {
        var seen = new List<string>();
        await foreach (var change in changes)
        {
            seen.Add($"+{string.Join('+', await world.IdsAsync(change.Entered))} -{string.Join('-', await world.IdsAsync(change.Left))}");
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }
}
