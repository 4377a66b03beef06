using NodaTime;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Tests.AudienceSync;

/// <summary>A destination with its other end.</summary>
internal interface IDestinationUnderTest : IAsyncDisposable
{
    IAudienceDestination Destination { get; }

    /// <summary>The same other end with keys that it does not accept; null where there are none.</summary>
    IAudienceDestination? WithWrongKeys();

    /// <summary>Who belongs to the cohort at the other end.</summary>
    IReadOnlyCollection<string> Held(string cohort);

    /// <summary>What the other end complains of.</summary>
    IReadOnlyCollection<string> Violations { get; }

    /// <summary>The next call fails as other ends do that are busy; false where nothing is busy.</summary>
    bool BeBusy();
}

/// <summary>What every destination must do, whatever stands at its other end.</summary>
public abstract class DestinationConformance
{
    internal static readonly SentCohort Cohort = new("abc-1", "Power “users”", "Who use it daily", new ProjectId(3), Instant.FromUtc(2026, 3, 10, 12, 0));

    internal abstract Task<IDestinationUnderTest> CreateAsync();

    [Fact]
    public async Task Members_are_added_and_taken_out_as_the_pages_say()
    {
        await using var end = await CreateAsync();
        await AcceptAsync(end, Page(1, PageAction.Add, "ann", "bob", "이서연"));
        await AcceptAsync(end, Page(2, PageAction.Remove, "bob"));
        await AcceptAsync(end, Page(3, PageAction.Add, "cleo"));
        end.Held(Cohort.RemoteId).Order(StringComparer.Ordinal).ShouldBe(["ann", "cleo", "이서연"]);
        end.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Taking_a_page_again_changes_nothing()
    {
        await using var end = await CreateAsync();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await AcceptAsync(end, Page(1, PageAction.Add, "ann", "bob"));
        }

        for (var attempt = 0; attempt < 3; attempt++)
        {
            await AcceptAsync(end, Page(2, PageAction.Remove, "bob", "nobody"));
        }

        end.Held(Cohort.RemoteId).ShouldBe(["ann"]);
    }

    [Fact]
    public async Task A_whole_cohort_comes_in_pages_and_may_begin_again()
    {
        await using var end = await CreateAsync();
        await AcceptAsync(end, Page(1, PageAction.Replace, "ann") with { Count = 3 });
        await AcceptAsync(end, Page(1, PageAction.Replace, "bob") with { Count = 3, Number = 2 });
        await AcceptAsync(end, Page(1, PageAction.Replace, "bob") with { Count = 3, Number = 2 });
        await AcceptAsync(end, Page(1, PageAction.Replace, "cleo") with { Count = 3, Number = 3 });
        end.Held(Cohort.RemoteId).Order(StringComparer.Ordinal).ShouldBe(["ann", "bob", "cleo"]);
    }

    [Fact]
    public async Task The_largest_page_is_taken()
    {
        await using var end = await CreateAsync();
        var ids = Enumerable.Range(0, Math.Min(end.Destination.MaximumPage, 5000)).Select(number => $"person-{number}").ToArray();
        await AcceptAsync(end, Page(1, PageAction.Add, ids));
        end.Held(Cohort.RemoteId).Count.ShouldBe(ids.Length);
        end.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Trying_the_connection_sends_nobody()
    {
        await using var end = await CreateAsync();
        (await end.Destination.TestAsync(default)).ShouldBeOfType<Taken>();
        end.Held(Cohort.RemoteId).ShouldBeEmpty();
        end.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Wrong_keys_stop_it_and_are_not_repeated()
    {
        await using var end = await CreateAsync();
        if (end.WithWrongKeys() is { } wrong)
        {
            await using (wrong)
            {
                foreach (var answer in new[] { await wrong.TestAsync(default), await wrong.SendAsync(Cohort, Page(1, PageAction.Add, "ann"), default) })
                {
                    answer.ShouldBeOfType<Stopped>().Advice.ShouldBe(SyncAdvice.RenewKeys);
                    answer.Detail.ShouldNotContain("wrong-key");
                }
            }
        }
    }

    [Fact]
    public async Task Whoever_is_busy_is_tried_again()
    {
        await using var end = await CreateAsync();
        await end.Destination.DeclareAsync(Cohort, default);
        if (end.BeBusy())
        {
            (await end.Destination.SendAsync(Cohort, Page(1, PageAction.Add, "ann"), default)).ShouldBeOfType<TryAgain>();
            await AcceptAsync(end, Page(1, PageAction.Add, "ann"));
            end.Held(Cohort.RemoteId).ShouldBe(["ann"]);
        }
    }

    internal static MemberPage Page(int run, PageAction action, params string[] ids) =>
        new(run, action, 1, 1, [.. ids.Select(id => new SentMember(IdentifierKind.ExternalId, id, null, null))]);

    private static async Task AcceptAsync(IDestinationUnderTest end, MemberPage page)
    {
        (await end.Destination.DeclareAsync(Cohort, default)).ShouldBeOfType<Taken>();
        (await end.Destination.SendAsync(Cohort, page, default)).ShouldBeOfType<Taken>();
    }
}
