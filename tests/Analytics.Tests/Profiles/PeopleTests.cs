using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using static Rondo.Analytics.Tests.World;

namespace Rondo.Analytics.Tests.Profiles;

public sealed class PeopleTests
{
    [Fact]
    public async Task People_are_found_by_id_name_and_mail_whatever_the_case()
    {
        await using var world = await CreateAsync();
        await world.AddAsync(Event("A", "u-17"), Event("A", "u-18"), Event("A", "$device:d"));
        await world.SetAsync("u-17", P("$name", "Ann Lee"), P("$email", "ann@shop.example"));
        await world.SetAsync("u-18", P("$first_name", "Bob"), P("$last_name", "Kim"));
        await world.SetAsync("u-19", P("name", "Cyd"), P("email", "cyd@home.example"));
        async Task<string[]> FoundAsync(string search) => [.. (await world.People.ListAsync(world.Project, null, search, 0, 10, default)).People.Select(person => person.DistinctId).Order(StringComparer.Ordinal)];
        (await FoundAsync("U-1")).ShouldBe(["u-17", "u-18", "u-19"]);
        (await FoundAsync("lee")).ShouldBe(["u-17"]);
        (await FoundAsync("EXAMPLE")).ShouldBe(["u-17", "u-19"]);
        (await FoundAsync("kim")).ShouldBe(["u-18"]);
        (await FoundAsync("device")).ShouldBe(["$device:d"]);
        (await FoundAsync("nobody")).ShouldBeEmpty();

        var page = await world.People.ListAsync(world.Project, null, null, 1, 2, default);
        page.Total.ShouldBe(4);
        page.People.Count.ShouldBe(2);
        var bob = (await world.People.ListAsync(world.Project, null, "kim", 0, 1, default)).People.Single();
        (bob.Name, bob.Email, bob.LastSeen).ShouldBe(("Bob Kim", null, "2026-03-10T12:00:00"));
    }

    [Fact]
    public async Task A_person_shows_profile_cohorts_and_timeline_under_any_id()
    {
        await using var world = await CreateAsync();
        await world.TrackAsync(new SubmittedEvent { Token = world.Token, Name = "Visit", DeviceId = "d", Time = Noon - Duration.FromHours(2) });
        await world.TrackAsync(new SubmittedEvent { Token = world.Token, Name = "Sign Up", DeviceId = "d", UserId = "ann", Time = Noon - Duration.FromHours(1) });
        await world.SetAsync("$device:d", P("plan", "pro"));
        var cohort = (await world.Cohorts.CreateAsync(world.Project, "Signed up", "", new FilterCohort(Did("Sign Up")), default)).Value!;
        foreach (var id in (string[])["ann", "$device:d"])
        {
            var person = (await world.People.FindAsync(world.Project, id, default))!;
            person.DistinctId.ShouldBe("ann");
            person.Profile["plan"].ShouldBe(PropertyValue.Of("pro"));
            person.Cohorts.Select(found => found.Id).ShouldBe([cohort.Id]);
            (await world.People.TimelineAsync(world.Project, id, null, 10, default)).Select(tracked => tracked.Name).ShouldBe(["Sign Up", "Visit"]);
            (await world.People.TimelineAsync(world.Project, id, Noon - Duration.FromHours(1), 10, default)).Select(tracked => tracked.Name).ShouldBe(["Visit"]);
        }

        (await world.People.FindAsync(world.Project, "nobody", default)).ShouldBeNull();
    }

    [Fact]
    public async Task An_update_is_taken_whole_or_not_at_all()
    {
        await using var world = await CreateAsync();
        var update = new SubmittedProfileUpdate { Token = world.Token, DistinctId = "ann" };
        update.Operations.Add(new ProfileOperation(ProfileOperator.Set, [P("plan", "pro")]));
        update.Operations.Add(new ProfileOperation(ProfileOperator.Add, [P("n", "one")]));
        var report = await world.Intake.AcceptProfileUpdatesAsync(null, [update], default);
        report.Refused.Single().ShouldBe(new RefusedRecord(0, DropReason.InvalidOperand, "$add.n", "'$add.n' is invalid: must be a number", "ann"));
        (await world.People.FindAsync(world.Project, "ann", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_filter_with_problems_is_refused()
    {
        await using var world = await CreateAsync();
        (await world.People.WhereAsync(world.Project, Is("", "x"), default)).Problems.Single().Field.ShouldBe("where.property");
    }
}
