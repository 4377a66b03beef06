using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Analytics.Tests.Projects;

public sealed class ProjectTests
{
    [Fact]
    public async Task Each_key_opens_its_project_and_nothing_else()
    {
        await using var world = await World.CreateAsync();
        var made = (await world.Projects.CreateAsync(new NewProject("Shop"), default)).Value!;
        made.Project.Token.ShouldMatch("^[0-9a-f]{32}$");
        (await world.Projects.FindByTokenAsync(made.Project.Token, default)).ShouldBe(made.Project);
        (await world.Projects.FindBySecretAsync(made.Secret, default)).ShouldBe(made.Project);
        (await world.Projects.FindByRestKeyAsync(made.RestKey, default)).ShouldBe(made.Project);
        (await world.Projects.FindBySecretAsync(made.RestKey, default)).ShouldBeNull();
        (await world.Projects.FindByRestKeyAsync(made.Secret, default)).ShouldBeNull();
        (await world.Projects.FindBySecretAsync(made.Project.Token, default)).ShouldBeNull();
        (await world.Projects.FindByTokenAsync("", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Keys_are_stored_as_hashes_and_work_after_a_restart()
    {
        await using var world = await World.CreateAsync();
        var made = (await world.Projects.CreateAsync(new NewProject("Shop", Secret: "a-secret-to-look-for", RestKey: "a-key-to-look-for"), default)).Value!;
        await world.RestartAsync();
        (await world.Projects.FindBySecretAsync("a-secret-to-look-for", default))!.Id.ShouldBe(made.Project.Id);
        (await world.Projects.FindByRestKeyAsync("a-key-to-look-for", default))!.Id.ShouldBe(made.Project.Id);
        var bytes = Directory.GetFiles(world.Get<AnalyticsOptions>().Directory, "analytics.db*").SelectMany(ReadShared).ToArray();
        bytes.AsSpan().IndexOf("to-look-for"u8).ShouldBe(-1);
        bytes.AsSpan().IndexOf("Shop"u8).ShouldBeGreaterThan(-1);
    }

    [Fact]
    public async Task Replaced_keys_stop_working_at_once()
    {
        await using var world = await World.CreateAsync();
        var made = (await world.Projects.CreateAsync(new NewProject("Shop"), default)).Value!;
        var replaced = (await world.Projects.ReplaceKeysAsync(made.Project.Id, default)).Value!;
        (await world.Projects.FindBySecretAsync(made.Secret, default)).ShouldBeNull();
        (await world.Projects.FindByRestKeyAsync(made.RestKey, default)).ShouldBeNull();
        (await world.Projects.FindBySecretAsync(replaced.Secret, default))!.Id.ShouldBe(made.Project.Id);
    }

    [Fact]
    public async Task What_is_wrong_with_a_project_is_said_all_at_once()
    {
        await using var world = await World.CreateAsync();
        var refused = await world.Projects.CreateAsync(new NewProject("", "to ken", "se:cret", "", "Nowhere/Town"), default);
        refused.Problems.Select(problem => problem.Field).ShouldBe(["name", "token", "secret", "restKey", "timeZone"]);
        (await world.Projects.CreateAsync(new NewProject("Music", Token: world.Token), default)).Problems.ShouldBe([
            new Problem("name", "'Music' is taken by another project"),
            new Problem("token", "is taken by another project"),
        ]);
    }

    [Fact]
    public async Task Time_zone_and_first_day_of_the_week_decide_the_calendar()
    {
        await using var world = await World.CreateAsync();
        var changed = await world.Projects.ChangeAsync(world.Project, "Music Finder", "Asia/Seoul", IsoDayOfWeek.Sunday, default);
        changed.Value!.Name.ShouldBe("Music Finder");
        var calendar = (await world.Projects.ContextAsync(world.Project, default)).Calendar;
        calendar.StartOf(new LocalDate(2026, 3, 10)).ShouldBe(Instant.FromUtc(2026, 3, 9, 15, 0));
        calendar.WeekStart.ShouldBe(IsoDayOfWeek.Sunday);
        (await world.Projects.ChangeAsync(world.Project, "x", "Nowhere", IsoDayOfWeek.None, default)).Problems.Count.ShouldBe(2);
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    [Fact]
    public async Task A_project_says_what_a_session_is_for_the_past_too_and_over_a_restart()
    {
        await using var world = await World.CreateAsync();
        await world.AddAsync(World.Event("A", "ann", World.Noon - Duration.FromMinutes(50)), World.Event("A", "ann", World.Noon - Duration.FromMinutes(10)));
        (await SessionsAsync()).ShouldBe(2);
        (await world.Projects.ChangeSessionsAsync(world.Project, new TimeoutSessions(3600), default)).Value!.Sessions.ShouldBe(new TimeoutSessions(3600));
        (await SessionsAsync()).ShouldBe(1);
        await world.RestartAsync();
        (await SessionsAsync()).ShouldBe(1, "after a restart");
        (await world.Projects.ChangeSessionsAsync(world.Project, new TimeoutSessions(5), default)).Problems.Select(problem => problem.Field).ShouldBe(["sessions.timeoutSeconds"]);
        (await world.Projects.ChangeSessionsAsync(world.Project, new EventSessions(new EventSelector(null) { Custom = "Gone" }, new EventSelector("A")), default)).Problems.Select(problem => problem.Field).ShouldBe(["sessions.start.custom"]);
        await world.Projects.ChangeSessionsAsync(world.Project, null, default);
        (await SessionsAsync()).ShouldBe(2, "as usual again");

        async Task<double?> SessionsAsync() => (await world.Get<IReports>().InsightsAsync(
            world.Project,
            new InsightsQuery { Metrics = [new Metric(new EventSelector("A"), Measure.Sessions)], Range = DateRange.Last(2, CalendarUnit.Day) },
            default)).Value!.Result.Series[0].Total;
    }
}
