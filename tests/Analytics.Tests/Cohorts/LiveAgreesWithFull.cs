using System.Collections.Immutable;
using CsCheck;
using NodaTime;
using Rondo.Engine;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Profiles;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;
using Shouldly;
using Xunit;

namespace Rondo.Analytics.Tests.Cohorts;

/// <summary>
/// Whatever happens, and however time passes over the edges of windows, in a zone with summer time: live members are those of a
/// full computation, for every form of cohort. That full computations are right, Conformance.Tests shows against the oracle.
/// </summary>
public sealed class LiveAgreesWithFull
{
    /// <summary>Three days before summer time begins in Berlin.</summary>
    private static readonly Instant Start = Instant.FromUtc(2026, 3, 26, 9, 30);

    private static readonly EventSelector A = new("A");
    private static readonly EventSelector B = new("B");

    private static readonly Gen<TrackedEvent> GenEvent =
        from name in AnyOf("A", "A", "B", "B", "C", WellKnownEvents.PushSend)
        from user in AnyOf("", "u1", "u2", "u3", "u4")
        from device in AnyOf("", "", "d1", "d2", "d3")
        from minutes in Gen.Frequency((6, Gen.Const(0)), (3, Gen.Int[1, 300]), (2, Gen.Int[300, 12 * 24 * 60]), (1, Gen.Int[-50, -1]))
        from insertId in AnyOf(null, null, "k1", "k2")
        from value in AnyOf("x", "y", "z")
        from number in Gen.Int[0, 5]
        select new TrackedEvent
        {
            Name = name,
            DistinctId = user.Length > 0 ? user : device.Length > 0 ? DeviceIds.DistinctIdOf(device) : "u4",
            UserId = user.Length > 0 || device.Length == 0 ? (user.Length > 0 ? user : "u4") : null,
            DeviceId = device.Length > 0 ? device : null,
            // For now an age, not a time: when it is sent is not known yet.
            Time = Instant.FromUnixTimeSeconds(minutes * 60L),
            InsertId = insertId,
            Properties = [new Property("p", PropertyValue.Of(value)), new Property("n", PropertyValue.Of((double)number))],
        };

    private static readonly Gen<ProfileUpdate> GenUpdate =
        from id in AnyOf("u1", "u2", "u5", "$device:d1")
        from how in AnyOf(ProfileOperator.Set, ProfileOperator.Set, ProfileOperator.Set, ProfileOperator.Unset, ProfileOperator.Delete)
        from plan in AnyOf("x", "y")
        from day in Gen.Int[22, 31]
        select new ProfileUpdate
        {
            DistinctId = id,
            Operator = how,
            Properties = how == ProfileOperator.Delete ? [] : [new Property("plan", PropertyValue.Of(plan)), new Property("since", PropertyValue.Of($"2026-03-{day}T08:15:00Z"))],
            Time = Start,
        };

    private static readonly Gen<Act> GenAct = Gen.Frequency(
        (8, Gen.Select(GenEvent.Array[1, 5], GenUpdate.Array[0, 1], (events, updates) => (Act)new Send(events, updates))),
        (4, AnyOf(1, 25, 30, 60, 61, 14 * 60, 24 * 60, 3 * 24 * 60).Select(minutes => (Act)new Pass(Duration.FromMinutes(minutes)))),
        (1, AnyOf("u1", "u2", "d1").Select(id => (Act)new Erase(id))),
        (1, Gen.Const((Act)new Seal())),
        (1, Gen.Const((Act)new Restart())));

    private abstract record Act;

    private sealed record Send(TrackedEvent[] Events, ProfileUpdate[] Updates) : Act;

    private sealed record Pass(Duration Time) : Act;

    private sealed record Erase(string Id) : Act;

    private sealed record Seal : Act;

    private sealed record Restart : Act;

    [Fact]
    public Task On_every_form_of_cohort() => GenAct.Array[4, 14].SampleAsync(RunAsync, iter: 40, threads: 1);

    private static async Task RunAsync(Act[] acts)
    {
        await using var live = await LiveWorld.CreateAsync();
        live.World.Clock.SetUtcNow(Start.ToDateTimeOffset());
        await live.World.Projects.ChangeAsync(live.Project, "Music", "Europe/Berlin", IsoDayOfWeek.Monday, default);
        var made = new List<CohortId>();
        foreach (var definition in Definitions(made))
        {
            made.Add(await live.MakeAsync(definition));
        }

        for (var index = 0; index < acts.Length; index++)
        {
            await DoAsync(live, acts[index]);
            await live.CaughtUpAsync();
            await CompareAsync(live, made, $"after act {index}, {acts[index]}");
        }

        foreach (var cohort in made)
        {
            (await live.World.Cohorts.CompareAsync(live.Project, cohort, default))!.IsEqual.ShouldBeTrue();
        }
    }

    private static async Task DoAsync(LiveWorld live, Act act)
    {
        var now = Instant.FromDateTimeOffset(live.World.Clock.GetUtcNow());
        switch (act)
        {
            case Send send:
                var events = send.Events.Select(tracked => tracked with { Time = now - Duration.FromSeconds(tracked.Time.ToUnixTimeSeconds()) }).ToList();
                await live.World.Ingestion.AcceptAsync(live.Project, events, send.Updates, default);
                break;
            case Pass pass:
                live.World.Clock.Advance(pass.Time.ToTimeSpan());
                break;
            case Erase erase:
                await live.World.People.EraseAsync(live.Project, [erase.Id], default);
                break;
            case Seal:
                await ((EventStore)await live.World.Get<IEventStores>().OpenAsync(live.Project, default)).SealAsync(default);
                break;
            case Restart:
                await live.StopAsync();
                await live.StartAsync();
                break;
        }
    }

    private static async Task CompareAsync(LiveWorld live, List<CohortId> made, string when)
    {
        var store = await live.World.Get<IEventStores>().OpenAsync(live.Project, default);
        var full = new Dictionary<CohortId, PersonSet>();
        var context = await live.World.Get<Rondo.Analytics.Projects.ProjectDirectory>().ContextAsync(live.Project, default) with { CohortMembers = cohort => full[cohort] };
        foreach (var (cohort, definition) in made.Zip(Definitions(made)))
        {
            full[cohort] = definition is FilterCohort filter
                ? await store.PeopleWhereAsync(filter.Where, context, default)
                : await store.PeopleAtAsync(((PointCohort)definition).Point, context, default);
            Show(live.World.Cohorts.MembersOf(live.Project, cohort)).ShouldBe(Show(full[cohort]), $"{when}, at {context.Now}: {Rondo.Analytics.Contracts.Wording.Of(definition, _ => null)}");
        }
    }

    private static string Show(PersonSet persons) => string.Join(' ', persons.Select(person => person.Value));

    /// <summary>One of every form; chains name those before them.</summary>
    private static IEnumerable<CohortDefinition> Definitions(List<CohortId> made)
    {
        yield return Who(new DidPredicate(A, CountComparison.AtLeast, 2, DateRange.Last(3, CalendarUnit.Day)));
        yield return Who(new DidPredicate(A, CountComparison.Exactly, 0, DateRange.Last(2, CalendarUnit.Day)));
        yield return Who(new DidPredicate(new EventSelector(null), CountComparison.AtMost, 1, DateRange.Last(5, CalendarUnit.Hour)));
        yield return Who(new DidPredicate(A with { FirstTime = true }, CountComparison.AtLeast, 1, DateRange.Last(1, CalendarUnit.Week)));
        yield return Who(new AllPredicate([new CohortPredicate(made[0], true), new NotPredicate(Is("plan", "x"))]));
        yield return Who(new AnyPredicate([new CohortPredicate(made[4], true), new CohortPredicate(made[1], true)]));
        yield return Who(new CohortPredicate(made[5], false));
        yield return Who(new FigurePredicate(B, Measure.Sum, new PropertyName(PropertySource.Event, "n"), FigureComparison.GreaterThan, 3, DateRange.Last(36, CalendarUnit.Hour)));
        yield return Who(new FigurePredicate(A, Measure.DistinctValues, new PropertyName(PropertySource.Event, BuiltInProperties.Time), FigureComparison.AtLeast, 2, DateRange.Last(1, CalendarUnit.Month)) { Buckets = new DateBuckets(DatePart.Day) });
        yield return Who(new SequencePredicate([A, B], new ConversionWindow(2, WindowUnit.Hour), SequenceOutcome.NotCompleted, DateRange.Last(2, CalendarUnit.Day)));
        yield return Who(new PropertyPredicate(PropertySource.User, "since", PropertyOperator.InTheLast, [PropertyValue.Of(2.0), PropertyValue.Of("day")]));
        yield return Who(new PropertyPredicate(PropertySource.Expression, """datedif(user["since"], today(), "D")""", PropertyOperator.AtLeast, [PropertyValue.Of(3.0)]));
        yield return Who(new DidPredicate(new EventSelector("C", new PropertyPredicate(PropertySource.Event, BuiltInProperties.Time, PropertyOperator.InTheLast, [PropertyValue.Of(7.0), PropertyValue.Of("hour")])), CountComparison.AtLeast, 1, null));
        yield return At(new FunnelPoint(new FunnelQuery { Steps = [A, B], Range = DateRange.Last(3, CalendarUnit.Day) }, 1, FunnelOutcome.DroppedOff, Segment.Overall));
        yield return At(new FunnelPoint(new FunnelQuery { Steps = [A, B], Range = DateRange.Last(3, CalendarUnit.Day), Window = new ConversionWindow(1, WindowUnit.Session) }, 1, FunnelOutcome.Converted, Segment.Overall));
        yield return At(new RetentionPoint(new RetentionQuery { Birth = A, Return = B, Range = DateRange.Last(6, CalendarUnit.Day), Unit = CalendarUnit.Day, Buckets = 2, Alignment = RetentionAlignment.Rolling }, null, 1, RetentionOutcome.NotRetained, Segment.Overall));
        yield return At(new FlowPoint(new FlowQuery { Anchor = A, Range = DateRange.Last(2, CalendarUnit.Day), Top = 1 }, new FlowNodeKey(1, FlowNodeKind.Event, "B"), null));
        yield return At(new InsightsPoint(new InsightsQuery { Metrics = [new Metric(A)], Range = DateRange.Last(2, CalendarUnit.Day), Breakdowns = [new Breakdown(PropertySource.Event, "p")], Limit = 1 }, 0, Segment.Of([new SegmentPart(SegmentKind.Value, "x")]), null));
        yield return At(new InsightsPoint(new InsightsQuery { Metrics = [new Metric(A)], Range = DateRange.Last(2, CalendarUnit.Day), Breakdowns = [new Breakdown(PropertySource.Event, "p")], Limit = 1 }, 0, Segment.Other, null));
        yield return At(new InsightsPoint(new InsightsQuery { Metrics = [new Metric(null) { Cohort = made[0] }], Range = DateRange.Last(2, CalendarUnit.Day) }, 0, Segment.Overall, null));
    }

    private static FilterCohort Who(Predicate where) => new(where);

    private static PointCohort At(ReportPoint point) => new(point);

    private static PropertyPredicate Is(string property, string value) => new(PropertySource.User, property, PropertyOperator.Equals, [PropertyValue.Of(value)]);

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
