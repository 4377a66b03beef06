using NodaTime;
using Rondo.Analytics.Cohorts;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;
using Shouldly;
using Xunit;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.Cohorts;

public sealed class MembershipStreamTests
{
    [Fact]
    public async Task Changes_are_read_in_order_from_a_version_on()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("A", "ann"));
        var cohort = await MakeAsync(world, "A", OnlyA);
        var first = await world.Memberships.ReadAsync(world.Project, null, default, 10, default);
        (await ShowAsync(world, first)).ShouldBe(["+ann -"]);

        await world.AddAsync(Event("B", "ann"), Event("A", "bob"));
        await RefreshAsync(world, cohort);
        var second = await world.Memberships.ReadAsync(world.Project, null, first.Next, 10, default);
        (await ShowAsync(world, second)).ShouldBe(["+bob -ann"]);
        (await world.Memberships.ReadAsync(world.Project, null, second.Next, 10, default)).Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_goes_on_after_a_restart_where_it_was()
    {
        await using var world = await CreateAsync();
        var cohort = await MakeAsync(world, "A", OnlyA);
        await world.AddAsync(Event("A", "ann"));
        await RefreshAsync(world, cohort);
        var seen = (await world.Memberships.ReadAsync(world.Project, cohort, default, 1, default)).Next;
        await world.RestartAsync();

        (await ShowAsync(world, await world.Memberships.ReadAsync(world.Project, cohort, seen, 10, default))).ShouldBe(["+ann -"]);
    }

    [Fact]
    public async Task Members_are_what_the_changes_up_to_their_version_make()
    {
        await using var world = await CreateAsync();
        var cohort = await MakeAsync(world, "A", OnlyA);
        for (var round = 0; round < 5; round++)
        {
            await world.AddAsync(Event("A", $"p{round}"), Event("B", $"p{round - 2}"));
            await RefreshAsync(world, cohort);
            var current = world.Memberships.CurrentOf(world.Project, cohort)!;
            var replayed = new HashSet<PersonNumber>();
            foreach (var change in (await world.Memberships.ReadAsync(world.Project, cohort, default, 100, default)).Changes.Where(change => change.Version.CompareTo(current.Version) <= 0))
            {
                replayed.UnionWith(change.Entered);
                replayed.ExceptWith(change.Left);
            }

            replayed.Order().ShouldBe(current.Members);
        }

        await world.RestartAsync();
        (await world.IdsAsync(world.Memberships.CurrentOf(world.Project, cohort)!.Members)).ShouldBe(["p3", "p4"]);
    }

    [Fact]
    public async Task Changes_of_one_cohort_are_read_without_those_of_others()
    {
        await using var world = await CreateAsync();
        var (a, b) = (await MakeAsync(world, "A", Did("A")), await MakeAsync(world, "B", Did("B")));
        await world.AddAsync(Event("A", "ann"), Event("B", "bob"));
        await RefreshAsync(world, a);
        await RefreshAsync(world, b);
        var page = await world.Memberships.ReadAsync(world.Project, a, default, 10, default);
        (await ShowAsync(world, page)).ShouldBe(["+ -", "+ann -"]);
        page.Next.ShouldBe((await world.Memberships.ReadAsync(world.Project, null, default, 10, default)).Next);
    }

    [Fact]
    public async Task Waiting_ends_with_the_next_change_and_not_before()
    {
        await using var world = await CreateAsync();
        var cohort = await MakeAsync(world, "A", Did("A"));
        var seen = (await world.Memberships.ReadAsync(world.Project, null, default, 10, default)).Next;
        var waiting = world.Memberships.WaitAsync(world.Project, seen, TestContext.Current.CancellationToken);
        await RefreshAsync(world, cohort);
        waiting.IsCompleted.ShouldBeFalse();
        await world.AddAsync(Event("A", "ann"));
        await RefreshAsync(world, cohort);
        await waiting;
        await world.Memberships.WaitAsync(world.Project, default, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_is_forgotten_is_said_and_the_members_stay()
    {
        await using var world = await CreateAsync(options => options with { MembershipChangeRetention = TimeSpan.FromDays(1) });
        var cohort = await MakeAsync(world, "A", Did("A"));
        await world.AddAsync(Event("A", "ann"));
        await RefreshAsync(world, cohort);
        world.Clock.Advance(TimeSpan.FromDays(2));
        await world.AddAsync(Event("A", "bob"));
        await RefreshAsync(world, cohort);
        await world.Get<MembershipJournal>().KeepAsync(world.Project, Noon + Duration.FromDays(2), writesAll: false, default);

        (await world.Memberships.ReadAsync(world.Project, null, default, 10, default)).ShouldBe(new MembershipPage([], default, IsGapless: false));
        await world.RestartAsync();
        var current = world.Memberships.CurrentOf(world.Project, cohort)!;
        (await world.IdsAsync(current.Members)).ShouldBe(["ann", "bob"]);
        (await world.Memberships.ReadAsync(world.Project, null, current.Version, 10, default)).IsGapless.ShouldBeTrue();
        world.Get<CohortMemberships>().Find(world.Project, cohort)!.SinceOf(current.Members.First()).ShouldBe(Noon);
    }

    [Fact]
    public async Task No_more_changes_are_kept_than_asked_for()
    {
        await using var world = await CreateAsync(options => options with { MembershipChangesKept = 100 });
        var cohort = await MakeAsync(world, "A", Did("A"));
        var journal = world.Get<MembershipJournal>();
        for (var person = 1; person <= 130; person++)
        {
            await journal.RecordAsync(world.Project, Noon, [new MembershipDifference(cohort, [new PersonNumber(person)], [])], default);
        }

        await journal.KeepAsync(world.Project, Noon, writesAll: false, default);
        var current = world.Memberships.CurrentOf(world.Project, cohort)!;
        var kept = new MembershipVersion(current.Version.Value - 100);
        (await world.Memberships.ReadAsync(world.Project, null, kept, 1000, default)).Changes.Length.ShouldBe(100);
        (await world.Memberships.ReadAsync(world.Project, null, new MembershipVersion(kept.Value - 1), 1000, default)).IsGapless.ShouldBeFalse();
        await world.RestartAsync();
        world.Memberships.CurrentOf(world.Project, cohort)!.Members.Count.ShouldBe(130);
    }

    private static Predicate OnlyA => new AllPredicate([Did("A"), new NotPredicate(Did("B"))]);

    private static async Task<CohortId> MakeAsync(World world, string name, Predicate where) =>
        (await world.Cohorts.CreateAsync(world.Project, name, "", new FilterCohort(where), default)).Value!.Id;

    private static async Task RefreshAsync(World world, CohortId cohort) => (await world.Cohorts.RefreshAsync(world.Project, cohort, default)).IsAccepted.ShouldBeTrue();

    private static async Task<List<string>> ShowAsync(World world, MembershipPage page)
    {
        page.IsGapless.ShouldBeTrue();
        var shown = new List<string>();
        foreach (var change in page.Changes)
        {
            shown.Add($"+{string.Join('+', await world.IdsAsync(change.Entered))} -{string.Join('-', await world.IdsAsync(change.Left))}");
        }

        return shown;
    }
}
