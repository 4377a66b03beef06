using System.Collections.Immutable;
using Rondo.Model.Queries;

namespace Rondo.Conformance.Tests.Oracle;

/// <content>Insights.</content>
internal sealed partial class OracleReports
{
    public InsightsResult Insights(InsightsQuery query)
    {
        var window = query.Range.Resolve(context.Calendar, context.Now);
        var edges = context.Calendar.BucketEdges(window, query.Unit);
        var series = ImmutableArray.CreateBuilder<InsightsSeries>();
        var folded = ImmutableArray.CreateBuilder<int>();
        for (var metric = 0; metric < query.Metrics.Length; metric++)
        {
            var selector = query.Metrics[metric].Event;
            var matching = Matching(selector, query.Filter).Where(happening => window.Contains(happening.Time)).ToList();
            long Measured(IEnumerable<Happening> some) => query.Metrics[metric].Measure == Measure.Total
                ? some.Count()
                : some.Select(happening => happening.Person).Where(person => person.Length > 0).Distinct().Count();
            InsightsSeries Line(Segment segment, List<Happening> some) => new(
                metric, segment, [.. Enumerable.Range(0, edges.Count - 1).Select(bucket => Measured(some.Where(happening => happening.Time >= edges[bucket] && happening.Time < edges[bucket + 1])))], Measured(some));
            series.Add(Line(Segment.Overall, matching));
            if (query.Breakdowns.IsEmpty)
            {
                folded.Add(0);
                continue;
            }

            var placed = matching.Select(happening => (Happening: happening, Segments: SegmentsOf(happening, query.Breakdowns, selector, query.Filter))).ToList();
            List<Happening> In(Func<HashSet<Segment>, bool> isMeant) => [.. placed.Where(one => isMeant(one.Segments)).Select(one => one.Happening)];
            var ranked = Rank(placed.SelectMany(one => one.Segments).Distinct().Select(segment => (segment, (double)Measured(In(segments => segments.Contains(segment))))).Where(segment => segment.Item2 > 0));
            series.AddRange(ranked.Take(query.Limit).Select(segment => Line(segment, In(segments => segments.Contains(segment)))));
            var rest = ranked.Skip(query.Limit).ToHashSet();
            if (rest.Count > 0)
            {
                series.Add(Line(Segment.Other, In(segments => segments.Overlaps(rest))));
            }

            folded.Add(rest.Count);
        }

        return new InsightsResult
        {
            Buckets = [.. edges.Take(edges.Count - 1)],
            FirstIncompleteBucket = edges.Skip(1).Count(end => end <= context.Now),
            Series = series.ToImmutable(),
            FoldedSegments = folded.ToImmutable(),
        };
    }
}
