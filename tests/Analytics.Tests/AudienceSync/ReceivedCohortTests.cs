using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.AudienceSync;

public sealed class ReceivedCohortTests
{
    [Fact]
    public async Task A_key_is_shown_once_kept_as_a_hash_and_can_be_taken_away()
    {
        await using var world = await CreateAsync();
        var received = world.Get<IReceivedCohorts>();
        var made = (await received.CreateKeyAsync(world.Project, "Our Mixpanel", "mixpanel", "partner", default)).Value!;
        var found = (await received.FindKeyAsync(made.Secret, default))!;
        found.ShouldBe(made.Key);
        (await received.AcceptsPartnerAsync(found, "partner", default)).ShouldBeTrue();
        (await received.AcceptsPartnerAsync(found, "another", default)).ShouldBeFalse();
        (await received.KeysAsync(world.Project, default)).ShouldBe([made.Key]);
        (await received.RemoveKeyAsync(new(99), made.Key.Id, default)).ShouldBeFalse();
        (await received.RemoveKeyAsync(world.Project, made.Key.Id, default)).ShouldBeTrue();
        (await received.FindKeyAsync(made.Secret, default)).ShouldBeNull();
        (await received.CreateKeyAsync(world.Project, "", "a/b", null, default)).Problems.Select(problem => problem.Field).ShouldBe(["name", "partner"]);
    }

    [Fact]
    public async Task What_came_survives_a_restart_and_counts_who_is_unknown()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("Play", "ann"), Event("Play", "bob"));
        var key = await KeyAsync(world);
        await world.Get<IReceivedCohorts>().DeclareAsync(key, "42", "High spenders", default);
        await world.Get<IReceivedCohorts>().ChangeAsync(key, "42", [Users("ann", "bob", "nobody", "$device:ann")], default);
        await world.RestartAsync();
        await world.Get<IReceivedCohorts>().ChangeAsync(key, "42", [Users("ann") with { IsRemoval = true }], default);
        var cohort = (await world.Get<IReceivedCohorts>().ListAsync(world.Project, default)).ShouldHaveSingleItem();
        cohort.UnknownCount.ShouldBe(2);
        (await world.IdsAsync(world.Cohorts.MembersOf(world.Project, cohort.Cohort))).ShouldBe(["bob"]);
        (await world.Cohorts.FindAsync(world.Project, cohort.Cohort, default))!.Definition.ShouldBe(new StaticCohort("pushed by mixpanel"));
    }

    [Fact]
    public async Task A_name_that_is_taken_gets_the_partner_behind_it()
    {
        await using var world = await CreateAsync();
        await world.Cohorts.CreateStaticAsync(world.Project, "High spenders", "a list", Rondo.Model.Stores.PersonSet.Empty, default);
        var key = await KeyAsync(world);
        await world.Get<IReceivedCohorts>().DeclareAsync(key, "1", "High spenders", default);
        await world.Get<IReceivedCohorts>().DeclareAsync(key, "2", "High spenders", default);
        (await world.Cohorts.ListAsync(world.Project, includeArchived: false, default)).Select(cohort => cohort.Name)
            .ShouldBe(["High spenders (mixpanel 2)", "High spenders (mixpanel)", "High spenders"]);
    }

    [Fact]
    public async Task A_second_request_for_a_cohort_that_is_being_changed_is_turned_away()
    {
        await using var world = await CreateAsync();
        var received = world.Get<IReceivedCohorts>();
        var key = await KeyAsync(world);
        var faults = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => received.ChangeAsync(key, "42", [Users("ann")], default))));
        faults.ShouldContain(ReceivingFault.None);
        faults.ShouldAllBe(fault => fault == ReceivingFault.None || fault == ReceivingFault.Busy);
        (await received.ListAsync(world.Project, default)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_members_of_a_list_are_changed_and_of_a_definition_not()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("Play", "ann"));
        var defined = (await world.Cohorts.CreateAsync(world.Project, "Listeners", "", new FilterCohort(Did("Play")), default)).Value!;
        var refused = await world.Cohorts.ChangeMembersAsync(world.Project, defined.Id, Rondo.Model.Stores.PersonSet.Empty, Rondo.Model.Stores.PersonSet.Empty, default);
        refused.Problems.ShouldHaveSingleItem().Field.ShouldBe("cohort");
    }

    private static async Task<ReceivingKey> KeyAsync(World world) =>
        (await world.Get<IReceivedCohorts>().CreateKeyAsync(world.Project, "Our Mixpanel", "mixpanel", null, default)).Value!.Key;

    private static ReceivedMembers Users(params string[] ids) => new(ids, [], [], false);
}
