using CsCheck;
using NodaTime;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests;

/// <content>What live cohorts stand on: some persons taken out of the store are answered for as by the whole store.</content>
public sealed partial class EngineAgreesWithOracle
{
    /// <summary>A bit for each number of a person, and how far to move the clock.</summary>
    private static readonly Gen<(ulong Chosen, int[] Hours)> GenChoice = Gen.Select(Gen.ULong, Gen.Int[1, 24 * 40].Array[4]);

    /// <summary>Random filters, some of whose weeks became hours or "since": they move at other moments.</summary>
    private static readonly Gen<Predicate> GenMovingFilter = Gen.Select(RandomWorld.GenPersonFilter, Gen.Int[0, 3], (where, kind) => Moving(where, kind));

    [Fact]
    public Task On_some_persons_taken_out() => CheckSame(Gen.Select(GenMovingFilter, GenChoice), async (store, asked, context) =>
    {
        var (where, choice) = asked;
        return await CompareAsync(store, choice.Chosen, new FilterCohort(where), await store.PeopleWhereAsync(where, context, default), context);
    });

    [Fact]
    public Task On_some_persons_at_points_of_insights() => CheckPointsOfSome(RandomWorld.GenInsights, async (store, query, context) =>
    {
        var result = await store.InsightsAsync(query, context, default);
        return result.Series.Where(series => !query.Metrics[series.Metric].IsFormula)
            .SelectMany(series => result.Buckets.Take(3).Select(bucket => (Instant?)bucket).Append(null).Select(bucket => (ReportPoint)new InsightsPoint(query, series.Metric, series.Segment, bucket)));
    });

    [Fact]
    public Task On_some_persons_at_points_of_funnels() => CheckPointsOfSome(RandomWorld.GenRichFunnel, async (store, query, context) =>
    {
        var result = await store.FunnelAsync(query, context, default);
        return result.Segments.SelectMany(segment => PointsOf(query, segment, result.Intervals)).Select(point => point.Point);
    });

    [Fact]
    public Task On_some_persons_at_points_of_retention() => CheckPointsOfSome(RandomWorld.GenRetention, async (store, query, context) =>
        (await store.RetentionAsync(query, context, default)).Segments.SelectMany(segment => segment.Rows.Take(3).Select(row => (Instant?)row.Start).Append(null)
            .SelectMany(row => Enum.GetValues<RetentionOutcome>().Select(outcome => (ReportPoint)new RetentionPoint(query, row, 0, outcome, segment.Segment)))));

    [Fact]
    public Task On_some_persons_at_points_of_frequency() => CheckPointsOfSome(RandomWorld.GenFrequency, async (store, query, context) =>
        (await store.FrequencyAsync(query, context, default)).Segments.SelectMany(segment => segment.Rows.Take(3).SelectMany(row => Enumerable.Range(1, 3).Select(count => (ReportPoint)new FrequencyPoint(query, row.Start, count, segment.Segment)))));

    [Fact]
    public Task On_some_persons_at_points_of_flows() => CheckPointsOfSome(RandomWorld.GenRichFlow, async (store, query, context) =>
    {
        var result = await store.FlowAsync(query, context, default);
        return result.Nodes.Select(node => (ReportPoint)new FlowPoint(query, node.Key, null))
            .Concat(result.Links.Select(link => new FlowPoint(query, link.From, link.To)))
            .Concat(result.Segments.SelectMany(segment => segment.Nodes.Take(3).Select(node => new FlowPoint(query, node.Key, null) { Segment = segment.Segment })))
            .Concat(result.Paths.Select(path => new FlowPathPoint(query, path.Nodes)));
    });

    [Fact]
    public Task On_when_time_alone_may_change_something() => CheckSame(Gen.Select(GenMovingFilter, GenChoice), async (store, asked, context) =>
    {
        var (where, choice) = asked;
        using var whole = await store.ExcerptAsync(null, default);
        var next = whole.NextChanges(new FilterCohort(where), context).ToDictionary(change => change.Person, change => change.At);
        using var some = await store.ExcerptAsync(Chosen(choice.Chosen), default);
        var wrong = new List<string>();
        wrong.AddRange(some.NextChanges(new FilterCohort(where), context).Where(change => next.GetValueOrDefault(change.Person) != change.At).Select(change => $"{change} of some, {next.GetValueOrDefault(change.Person)} of all"));
        var now = await store.PeopleWhereAsync(where, context, default);
        var moments = choice.Hours.Select(hours => context.Now + Duration.FromHours(hours)).Concat(next.Values).Concat(next.Values.Select(at => at - Duration.FromMilliseconds(1))).Where(moment => moment >= context.Now).Distinct();
        foreach (var moment in moments)
        {
            var then = await store.PeopleWhereAsync(where, context with { Now = moment }, default);
            wrong.AddRange(now.Except(then).Or(then.Except(now)).Where(person => !next.TryGetValue(person, out var at) || at > moment).Select(person => $"{person} changed by {moment}"));
        }

        return (string.Join('\n', wrong), string.Empty);
    });

    private static Task CheckPointsOfSome<TQuery>(Gen<TQuery> genQuery, Func<IEventStore, TQuery, QueryContext, Task<IEnumerable<ReportPoint>>> pointsOf) => CheckSame(Gen.Select(genQuery, GenChoice), async (store, asked, context) =>
    {
        var (query, choice) = asked;
        var (one, other) = (new List<string>(), new List<string>());
        foreach (var point in (await pointsOf(store, query, context)).Where(PointScope.IsPersonal).Take(12))
        {
            var (some, all) = await CompareAsync(store, choice.Chosen, new PointCohort(point), await store.PeopleAtAsync(point, context, default), context);
            one.Add(some);
            other.Add(all);
        }

        return (string.Join('\n', one), string.Join('\n', other));
    });

    private static async Task<(string One, string Other)> CompareAsync(IEventStore store, ulong bits, CohortDefinition definition, PersonSet expected, QueryContext context)
    {
        var chosen = Chosen(bits);
        using var some = await store.ExcerptAsync(chosen, default);
        using var whole = await store.ExcerptAsync(null, default);
        return (
            $"{Show(some.MembersOf(definition, context))} of {Show(whole.MembersOf(definition, context))}",
            $"{Show(expected.Where(chosen.Contains))} of {Show(expected)}");
    }

    private static string Show(IEnumerable<PersonNumber> persons) => string.Join(' ', persons.Select(person => person.Value));

    private static List<PersonNumber> Chosen(ulong bits) => [.. Enumerable.Range(0, 64).Where(bit => (bits & (1UL << bit)) != 0).Select(bit => new PersonNumber(bit))];

    private static Predicate Moving(Predicate where, int kind) => where switch
    {
        AllPredicate all => new AllPredicate([.. all.Of.Select((part, index) => Moving(part, kind + index))]),
        AnyPredicate any => new AnyPredicate([.. any.Of.Select((part, index) => Moving(part, kind + index))]),
        NotPredicate not => new NotPredicate(Moving(not.Of, kind)),
        DidPredicate { During: { } during } did => did with { During = Moving(during, kind) },
        FigurePredicate { During: { } during } figure => figure with { During = Moving(during, kind) },
        SequencePredicate { During: { } during } sequence => sequence with { During = Moving(during, kind) },
        PropertyPredicate { Source: PropertySource.Expression } property when kind == 1 => property with { Property = """if(user["plan"] == "x", today(), "2026-04-02")""" },
        _ => where,
    };

    private static DateRange Moving(DateRange range, int kind) => (range, kind % 4) switch
    {
        (LastRange last, 0) => DateRange.Last(last.Count * 5, CalendarUnit.Hour),
        (LastRange last, 1) => new SinceRange(new LocalDate(2026, 3, 20).PlusDays(last.Count)),
        (LastRange last, 2) => DateRange.Last(Math.Max(1, last.Count / 5), CalendarUnit.Month),
        _ => range,
    };
}
