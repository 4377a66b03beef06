using Rondo.Engagement.Contracts;
using Rondo.Engagement.Segments;
using Rondo.Engagement.Subscriptions;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Engagement.Tests.Segments;

public sealed class ReachTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The set algebra over all people and the rules for one profile must never disagree: review, ledger and segment show one number.</summary>
    [Fact]
    public async Task Reach_over_everybody_is_the_sum_of_the_rules_for_each()
    {
        await using var world = await World.OpenAsync();
        PropertyValue?[] tokenLists = [null, World.List(), World.List("t1"), World.List("t1", "t2"), PropertyValue.Of("single"), PropertyValue.Of(3)];
        PropertyValue?[] emails = [null, PropertyValue.Of("a@example.org"), PropertyValue.Of("b@example.org"), PropertyValue.Of("nonsense"), PropertyValue.Of(true)];
        PropertyValue?[] bouncedEmails = [null, PropertyValue.Of("a@example.org"), PropertyValue.Of("old@example.org")];
        PropertyValue?[] states = [null, PropertyValue.Of("subscribed"), PropertyValue.Of("opted_in"), PropertyValue.Of("unsubscribed")];
        var random = new Random(20261123);
        for (var index = 0; index < 300; index++)
        {
            var properties = new List<(string, PropertyValue)> { ("n", PropertyValue.Of(index)) };
            Add(properties, "$android_devices", tokenLists[random.Next(tokenLists.Length)]);
            Add(properties, "$email", emails[random.Next(emails.Length)]);
            Add(properties, "email_bounced", bouncedEmails[random.Next(bouncedEmails.Length)]);
            Add(properties, "push_subscribe", states[random.Next(states.Length)]);
            Add(properties, "email_subscribe", states[random.Next(states.Length)]);
            await world.SetAsync($"p{index}", [.. properties]);
        }

        var store = await world.StoreAsync();
        var reach = (await world.Get<ISegments>().ReachAsync(world.Id, World.Everyone, Token)).Value!;
        reach.People.ShouldBe(300);
        foreach (var channel in reach.Channels)
        {
            var each = Enumerable.Range(0, 300).Select(index => Reachability.Of(store.FindProfile($"p{index}")!, channel.Channel)).ToList();
            channel.Reachable.ShouldBe(each.Count(person => person.Reason is null), $"{channel.Channel}");
            foreach (var reason in Enum.GetValues<UnreachableReason>())
            {
                channel.Unreachable.GetValueOrDefault(reason).ShouldBe(each.Count(person => person.Reason == reason), $"{channel.Channel} {reason}");
            }

            (channel.Reachable + channel.Unreachable.Values.Sum()).ShouldBe(300);
            channel.Reachable.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public async Task A_segment_is_kept_changed_and_archived()
    {
        await using var world = await World.OpenAsync();
        await world.AddPeopleAsync(["ada", "bob"]);
        await world.SetAsync("ada", ("plan", PropertyValue.Of("paid")));
        var segments = world.Get<ISegments>();
        var paid = new PropertyPredicate(PropertySource.User, "plan", PropertyOperator.Equals, [PropertyValue.Of("paid")]);
        var made = (await segments.CreateAsync(world.Id, "Paying", "", paid, Token)).Value!;
        made.Words.ShouldContain("paid");
        (await segments.CreateAsync(world.Id, "Paying", "", paid, Token)).Problems.ShouldHaveSingleItem().Field.ShouldBe("name");
        (await segments.CreateAsync(world.Id, " ", "", paid, Token)).Problems.ShouldHaveSingleItem().Field.ShouldBe("name");
        (await segments.CreateAsync(world.Id, "Bad", "", new CohortPredicate(new Model.Cohorts.CohortId(99), true), Token)).Problems.ShouldHaveSingleItem().Rule.ShouldContain("99");
        (await segments.ReachAsync(world.Id, new PropertyPredicate(PropertySource.Event, "plan", PropertyOperator.IsSet, []), Token)).IsAccepted.ShouldBeFalse();

        world.Advance(TimeSpan.FromMinutes(1));
        var changed = (await segments.ChangeAsync(world.Id, made.Id, "Free", "who pay nothing", new NotPredicate(paid), Token)).Value!;
        changed.ChangedAt.ShouldBeGreaterThan(made.ChangedAt);
        (await segments.ReachAsync(world.Id, changed.Where, Token)).Value!.People.ShouldBe(1);
        (await segments.ArchiveAsync(world.Id, made.Id, true, Token)).Value!.IsArchived.ShouldBeTrue();
        (await segments.ListAsync(world.Id, false, Token)).ShouldBeEmpty();
        (await segments.ListAsync(world.Id, true, Token)).ShouldHaveSingleItem().Name.ShouldBe("Free");
        (await segments.ChangeAsync(world.Id, 99, "X", "", paid, Token)).IsAccepted.ShouldBeFalse();
    }

    /// <summary>One filter tree, two evaluations: over all people (engine) and for one person (live).</summary>
    [Fact]
    public async Task A_filter_means_the_same_for_one_person_as_over_everybody()
    {
        await using var world = await World.OpenAsync();
        for (var index = 0; index < 40; index++)
        {
            await world.SetAsync($"p{index}", ("plan", PropertyValue.Of(index % 3 == 0 ? "paid" : "free")), ("age", PropertyValue.Of(index)), ("tags", World.List($"t{index % 4}", "all")));
            for (var play = 0; play < index % 5; play++)
            {
                await world.TrackAsync($"p{index}", "Play Song", ("genre", PropertyValue.Of(play % 2 == 0 ? "jazz" : "rock")));
            }
        }

        var cohort = (await world.Get<Rondo.Analytics.Contracts.ICohorts>().CreateAsync(
            world.Id, "Young", "", new Model.Cohorts.FilterCohort(Is("age", PropertyOperator.LessThan, PropertyValue.Of(20))), Token)).Value!;
        Predicate[] leaves =
        [
            Is("plan", PropertyOperator.Equals, PropertyValue.Of("paid")),
            Is("plan", PropertyOperator.DoesNotEqual, PropertyValue.Of("paid")),
            Is("tags", PropertyOperator.Contains, PropertyValue.Of("T1")),
            Is("missing", PropertyOperator.IsNotSet),
            Is("age", PropertyOperator.Between, PropertyValue.Of(5), PropertyValue.Of(25)),
            new CohortPredicate(cohort.Id, true),
            new CohortPredicate(cohort.Id, false),
            new DidPredicate(new EventSelector("Play Song"), CountComparison.AtLeast, 3, DateRange.Last(7, CalendarUnit.Day)),
            new DidPredicate(new EventSelector("Play Song"), CountComparison.Exactly, 0, null),
            new DidPredicate(new EventSelector("Play Song", new PropertyPredicate(PropertySource.Event, "genre", PropertyOperator.Equals, [PropertyValue.Of("rock")])), CountComparison.AtMost, 1, null),
        ];
        var store = await world.StoreAsync();
        var context = await world.Get<Rondo.Analytics.Contracts.IProjects>().ContextAsync(world.Id, Token);
        var random = new Random(20261123);
        for (var round = 0; round < 60; round++)
        {
            var where = Draw(random, leaves, 3);
            var everybody = await store.PeopleWhereAsync(where, context, Token);
            var live = new LiveMatch(store, context);
            for (var index = 0; index < 40; index++)
            {
                (await live.MatchesAsync(where, $"p{index}", Token)).ShouldBe(everybody.Contains(store.FindPerson($"p{index}")!.Value), $"p{index}: {where}");
            }
        }
    }

    private static Predicate Draw(Random random, Predicate[] leaves, int depth) => depth == 0 ? leaves[random.Next(leaves.Length)] : random.Next(4) switch
    {
        0 => new AllPredicate([.. Enumerable.Range(0, random.Next(3)).Select(_ => Draw(random, leaves, depth - 1))]),
        1 => new AnyPredicate([.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Draw(random, leaves, depth - 1))]),
        2 => new NotPredicate(Draw(random, leaves, depth - 1)),
        _ => leaves[random.Next(leaves.Length)],
    };

    private static PropertyPredicate Is(string property, PropertyOperator op, params PropertyValue[] values) => new(PropertySource.User, property, op, [.. values]);

    private static void Add(List<(string, PropertyValue)> properties, string name, PropertyValue? value)
    {
        if (value is { } set)
        {
            properties.Add((name, set));
        }
    }
}
