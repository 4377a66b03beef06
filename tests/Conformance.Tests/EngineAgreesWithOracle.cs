using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Conformance.Tests.Oracle;
using Rondo.Engine;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Conformance.Tests;

/// <summary>The engine gives the oracle's answer on random data, whatever the parts, threads, merges and retries.</summary>
public sealed partial class EngineAgreesWithOracle
{
    private const long Iterations = 250;

    /// <summary>How a world is laid out: after which batches a part is sealed, whether the store is reopened, threads.</summary>
    private static readonly Gen<(bool[] SealAfter, bool Reopen, int Threads, int FanIn)> GenLayout =
        Gen.Select(Gen.Bool.Array[8], Gen.Bool, Gen.Int[1, 3], Gen.Int[2, 4]);

    [Fact]
    public Task On_insights() => Check(RandomWorld.GenInsights, (store, query, context) => store.InsightsAsync(query, context, default), (oracle, query) => oracle.Insights(query), Show, mayOverlap: true);

    [Fact]
    public Task On_funnels() => Check(RandomWorld.GenFunnel, (store, query, context) => store.FunnelAsync(query, context, default), (oracle, query) => oracle.Funnel(query), Show);

    [Fact]
    public Task On_plain_funnels() => Check(RandomWorld.GenPlainFunnel, (store, query, context) => store.FunnelAsync(query, context, default), (oracle, query) => oracle.Funnel(query), Show);

    [Fact]
    public Task On_funnels_with_everything_there_is() => Check(RandomWorld.GenRichFunnel, (store, query, context) => store.FunnelAsync(query, context, default), (oracle, query) => oracle.Funnel(query), Show);

    [Fact]
    public Task On_retention() => Check(RandomWorld.GenRetention, (store, query, context) => store.RetentionAsync(query, context, default), (oracle, query) => oracle.Retention(query), Show, mayOverlap: true);

    [Fact]
    public Task On_frequency() => Check(RandomWorld.GenFrequency, (store, query, context) => store.FrequencyAsync(query, context, default), (oracle, query) => oracle.Frequency(query), Show, mayOverlap: true);

    [Fact]
    public Task On_flows() => Check(RandomWorld.GenFlow, (store, query, context) => store.FlowAsync(query, context, default), (oracle, query) => oracle.Flow(query), Show);

    [Fact]
    public Task On_flows_with_everything_there_is() => Check(RandomWorld.GenRichFlow, (store, query, context) => store.FlowAsync(query, context, default), (oracle, query) => oracle.Flow(query), Show);

    [Fact]
    public Task On_people() => Check<Predicate, IEnumerable<string>>(
        RandomWorld.GenPersonFilter,
        async (store, where, context) => store.DistinctIdsOf(await store.PeopleWhereAsync(where, context, default)),
        (oracle, where) => oracle.Where(where),
        people => string.Join(' ', people.Order(StringComparer.Ordinal)),
        mayOverlap: true);

    [Fact]
    public Task On_the_people_behind_every_number_of_insights() => CheckPoints(
        RandomWorld.GenInsights.Select(query => query with { Metrics = [.. query.Metrics.Where(metric => !metric.IsFormula).Select(OfPeople)] }),
        async (store, query, context) =>
        {
            var result = await store.InsightsAsync(query, context, default);
            return result.Series.SelectMany(series => Enumerable.Range(-1, result.Buckets.Length + 1).Select(bucket => (
                (ReportPoint)new InsightsPoint(query, series.Metric, series.Segment, bucket < 0 ? null : result.Buckets[bucket]),
                (long)(bucket < 0 ? series.Total : series.Values[bucket]).GetValueOrDefault())).Take(12));
        });

    /// <summary>The same metric, made to count people.</summary>
    private static Metric OfPeople(Metric metric) => metric with
    {
        Measure = metric.Measure is < Measure.Sum and not (Measure.Total or Measure.Sessions) && metric.Event is not null ? metric.Measure : Measure.Uniques,
        Property = null,
        PerPerson = null,
        Percentile = null,
        Rolling = null,
        Cumulative = false,
    };

    [Fact]
    public Task On_the_people_behind_every_number_of_funnels() => CheckPoints(RandomWorld.GenRichFunnel.Select(query => query with { Counting = FunnelCounting.Uniques }), async (store, query, context) =>
    {
        var result = await store.FunnelAsync(query, context, default);
        return result.Segments.SelectMany(segment => PointsOf(query, segment, result.Intervals)).Take(60);
    });

    private static readonly string[] ErasedIds = ["u1", "u2", "u3", "$device:d1", "$device:d2", "nobody-known"];

    /// <summary>Persons who are erased, each after some batch.</summary>
    private static readonly Gen<(string Id, int After)[]> GenErasures =
        Gen.Select(Gen.Int[0, ErasedIds.Length - 1].Select(index => ErasedIds[index]), Gen.Int[0, 7]).Array[1, 3];

    [Fact]
    public Task After_persons_were_erased_wherever_their_events_lay() => Gen.Select(RandomWorld.GenBatches, GenLayout, RandomWorld.GenSetting, RandomWorld.GenInsights, GenErasures).SampleAsync(
        async (batches, layout, setting, query, erasures) =>
        {
            var directory = Directory.CreateTempSubdirectory("rondo-oracle-").FullName;
            try
            {
                var events = new OracleEvents();
                var options = new EngineOptions { QueryThreads = layout.Threads, SealAfterRows = 12, SealAfter = TimeSpan.FromDays(1), CompactionFanIn = layout.FanIn };
                var store = EventStore.Open(directory, options, TimeProvider.System, NullLogger.Instance);
                for (var index = 0; index < batches.Length; index++)
                {
                    events.Append(batches[index]);
                    await store.AppendAsync(batches[index], default);
                    if (layout.SealAfter[index])
                    {
                        await store.SealAsync(default);
                    }

                    foreach (var (id, _) in erasures.Where(erasure => erasure.After == index))
                    {
                        events.Erase(id);
                        await store.EraseAsync([id], default);
                    }
                }

                if (layout.Reopen)
                {
                    await store.DisposeAsync();
                    store = EventStore.Open(directory, options, TimeProvider.System, NullLogger.Instance);
                }

                await using (store)
                {
                    var context = new QueryContext { Calendar = setting.Calendar, Now = setting.Now, Lexicon = RandomWorld.Lexicon, CohortMembers = _ => PersonSet.Empty };
                    Show(await store.InsightsAsync(query, context, default)).ShouldBe(Show(new OracleReports(events, context, _ => []).Insights(query)));
                    store.DistinctIdsOf(await store.EveryoneAsync(default)).Order(StringComparer.Ordinal).ShouldBe(events.Everyone().Order(StringComparer.Ordinal));
                }
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        },
        iter: Iterations,
        threads: 2);

    private static IEnumerable<(ReportPoint Point, long Count)> PointsOf(FunnelQuery query, FunnelSegment segment, IReadOnlyList<NodaTime.Instant> intervals)
    {
        for (var step = 0; step < segment.Steps.Length; step++)
        {
            yield return (new FunnelPoint(query, step, FunnelOutcome.Converted, segment.Segment), segment.Steps[step].Count);
            if (step > 0 && !query.Optional.Contains(step - 1) && !query.Optional.Contains(step))
            {
                yield return (new FunnelPoint(query, step, FunnelOutcome.DroppedOff, segment.Segment), segment.Steps[step - 1].Count - segment.Steps[step].Count);
            }
        }

        for (var interval = 0; interval < intervals.Count; interval += 3)
        {
            yield return (new FunnelPoint(query, 1, FunnelOutcome.Converted, segment.Segment) { Interval = intervals[interval] }, segment.Trend[interval][1]);
        }

        for (var bucket = 0; bucket < (segment.Times?.Buckets.Length ?? 0); bucket += 4)
        {
            yield return (new FunnelPoint(query, 0, FunnelOutcome.Converted, segment.Segment) { TimeBucket = bucket }, segment.Times!.Buckets[bucket]);
        }
    }

    [Fact]
    public Task On_the_people_behind_every_number_of_retention() => CheckPoints(RandomWorld.GenRetention, async (store, query, context) =>
        (await store.RetentionAsync(query, context, default)).Segments.SelectMany(segment => segment.Rows.SelectMany(row => row.Retained.SelectMany((retained, bucket) => new[]
        {
            ((ReportPoint)new RetentionPoint(query, row.Start, bucket, RetentionOutcome.Retained, segment.Segment), retained),
            (new RetentionPoint(query, row.Start, bucket, RetentionOutcome.NotRetained, segment.Segment), row.Size - retained),
        }))).Take(40));

    [Fact]
    public Task On_the_people_behind_every_number_of_frequency() => CheckPoints(RandomWorld.GenFrequency, async (store, query, context) =>
        (await store.FrequencyAsync(query, context, default)).Segments.SelectMany(segment => segment.Rows.SelectMany(row => row.Counts.Take(8).Select((count, column) =>
            ((ReportPoint)new FrequencyPoint(query, row.Start, column + 1, segment.Segment), count)))).Take(40));

    [Fact]
    public Task On_the_people_behind_every_number_of_flows() => CheckPoints(RandomWorld.GenRichFlow.Select(query => query with { Counting = FunnelCounting.Uniques }), async (store, query, context) =>
    {
        var result = await store.FlowAsync(query, context, default);
        IEnumerable<(ReportPoint Point, long Count)> Of(Segment segment, IEnumerable<FlowNode> nodes, IEnumerable<FlowLink> links) =>
            nodes.Select(node => ((ReportPoint)new FlowPoint(query, node.Key, null) { Segment = segment }, node.Count))
                .Concat(links.Select(link => ((ReportPoint)new FlowPoint(query, link.From, link.To) { Segment = segment }, link.Count)));
        return Of(Segment.Overall, result.Nodes, result.Links).Take(30)
            .Concat(result.Segments.SelectMany(segment => Of(segment.Segment, segment.Nodes, segment.Links)).Take(20))
            .Concat(result.Paths.Select(path => ((ReportPoint)new FlowPathPoint(query, path.Nodes), path.Count)).Take(10));
    });

    private static Task CheckPoints<TQuery>(Gen<TQuery> genQuery, Func<IEventStore, TQuery, QueryContext, Task<IEnumerable<(ReportPoint Point, long Count)>>> ask) => Check(
        genQuery,
        async (store, query, context) =>
        {
            var differences = new List<string>();
            foreach (var (point, count) in await ask(store, query, context))
            {
                var people = await store.PeopleAtAsync(point, context, default);
                if (people.Count != count)
                {
                    differences.Add($"{point}: {count} in the report, {people.Count} people");
                }
            }

            return differences;
        },
        (_, _) => [],
        differences => string.Join('\n', differences),
        mayOverlap: false);

    private static Task Check<TQuery, TResult>(
        Gen<TQuery> genQuery,
        Func<IEventStore, TQuery, QueryContext, Task<TResult>> ask,
        Func<OracleReports, TQuery, TResult> expect,
        Func<TResult, string> show,
        bool mayOverlap = false) =>
        Gen.Select(RandomWorld.GenBatches, GenLayout, RandomWorld.GenSetting, RandomWorld.GenProject(mayOverlap), genQuery).SampleAsync(
            async (batches, layout, setting, project, query) =>
            {
                var directory = Directory.CreateTempSubdirectory("rondo-oracle-").FullName;
                try
                {
                    var events = new OracleEvents();
                    var options = new EngineOptions { QueryThreads = layout.Threads, SealAfterRows = 12, SealAfter = TimeSpan.FromDays(1), CompactionFanIn = layout.FanIn };
                    var store = EventStore.Open(directory, options, TimeProvider.System, NullLogger.Instance);
                    for (var index = 0; index < batches.Length; index++)
                    {
                        events.Append(batches[index]);
                        await store.AppendAsync(batches[index], default);
                        if (layout.SealAfter[index])
                        {
                            await store.SealAsync(default);
                        }
                    }

                    if (layout.Reopen)
                    {
                        await store.DisposeAsync();
                        store = EventStore.Open(directory, options, TimeProvider.System, NullLogger.Instance);
                    }

                    await using (store)
                    {
                        var cohort = new HashSet<string> { "u1", "u3", "$device:d2" };
                        var second = new HashSet<string> { "u2", "u3" };
                        PersonSet MembersOf(HashSet<string> ids) => PersonSet.Of(ids.Select(store.FindPerson).OfType<PersonNumber>());
                        var context = new QueryContext { Calendar = setting.Calendar, Now = setting.Now, Sessions = project.Sessions, Lexicon = project.Lexicon, CohortMembers = id => MembersOf(id.Value == 1 ? cohort : second), CohortDefinition = RandomWorld.DefinitionOf };
                        var oracle = new OracleReports(events, context, id => [.. (id == 1 ? cohort : second).Select(events.PersonOf)]);
                        show(await ask(store, query, context)).ShouldBe(show(expect(oracle, query)));
                    }
                }
                finally
                {
                    Directory.Delete(directory, recursive: true);
                }
            },
            iter: Iterations,
            threads: 2);

    private static string Show(InsightsResult result) =>
        $"{result.Buckets.Length} {result.FirstIncompleteBucket} folded {string.Join(',', result.FoldedSegments)}\n"
        + string.Join('\n', result.Series.Concat(result.Past).Select(series => $"{series.Metric} {series.Segment.Label}: {string.Join(' ', series.Values.Select(Figure))} = {Figure(series.Total)}"))
        + string.Join(' ', result.PastBuckets);

    /// <summary>Sums of broken numbers depend on the order in their last digits.</summary>
    private static string Figure(double? value) => value is { } number ? Math.Round(number, 9).ToString("G10", System.Globalization.CultureInfo.InvariantCulture) : "none";

    private static string Show(FunnelResult result) => $"folded {result.FoldedSegments}\n" + string.Join('\n', result.Segments.Select(segment =>
        $"{segment.Segment.Label}: " + string.Join(" | ", segment.Steps.Select(step => $"{step.Count} {step.ConversionFromPrevious:f6} {step.ConversionFromFirst:f6} {step.AverageSecondsFromPrevious:f3} {step.AverageSecondsFromFirst:f3} {step.Sum:f6}"))
        + $" trend {string.Join(" | ", segment.Trend.Select(interval => string.Join(' ', interval)))} sure {segment.Confidence:f6} {Show(segment.Times)}")) + $" {result.FirstIncompleteInterval} of {string.Join(' ', result.Intervals)}";

    private static string Show(FunnelTimes? times) => times is null ? string.Empty
        : $"times {times.Count} {times.Average:f4} {times.Minimum:f3} {times.Maximum:f3} {times.P25:f4} {times.Median:f4} {times.P75:f4} {times.P90:f4} {string.Join(' ', times.Buckets)}";

    private static string Show(RetentionResult result) => $"folded {result.FoldedSegments}\n" + string.Join('\n', result.Segments.Select(segment =>
        $"{segment.Segment.Label}: " + string.Join(" | ", segment.Rows.Select(row => $"{row.Start} {row.Size}: {string.Join(' ', row.Retained)} ({row.CompleteBuckets}) {string.Join(' ', row.Sums.Select(sum => $"{sum:f6}"))}"))
        + $" avg {Show(segment.Average)} {Show(segment.AverageCount)} {Show(segment.AverageSum)} {Show(segment.AverageSumPerPerson)}"));

    private static string Show(FrequencyResult result) => $"folded {result.FoldedSegments} {result.FirstIncompletePeriod}\n" + string.Join('\n', result.Segments.Select(segment =>
        $"{segment.Segment.Label}: " + string.Join(" | ", segment.Rows.Select(row => $"{row.Start} {row.Size}: {string.Join(' ', row.Counts)}")) + $" avg {Show(segment.Average)}"));

    private static string Show(IEnumerable<double?> numbers) => string.Join(' ', numbers.Select(number => number is null ? "none" : $"{number:f6}"));

    private static string Show(FlowResult result) => $"{result.Entered} {result.Completed} {Show(result.Nodes, result.Links)}"
        + $"\npaths {string.Join('\n', result.Paths.Select(path => $"{path.Count}: {string.Join(", ", path.Nodes)}"))} folded {result.FoldedSegments}"
        + string.Concat(result.Segments.Select(segment => $"\n{segment.Segment.Label} {segment.Entered}\n{Show(segment.Nodes, segment.Links)}"));

    private static string Show(IEnumerable<FlowNode> nodes, IEnumerable<FlowLink> links) =>
        string.Join('\n', nodes.Select(node => $"{node.Key} {node.Count}").Order(StringComparer.Ordinal))
        + string.Join('\n', links.Select(link => $"{link.From} -> {link.To} {link.Count}").Order(StringComparer.Ordinal));
}
