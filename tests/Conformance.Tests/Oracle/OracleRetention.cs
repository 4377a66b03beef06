using System.Collections.Immutable;
using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests.Oracle;

/// <summary>A person born in a row, with every return and the unit it falls in.</summary>
internal sealed record OracleBirth(string Person, int Row, Happening Event, List<(long Unit, Happening? Event)> Returns);

/// <content>Retention and its frequency view.</content>
internal sealed partial class OracleReports
{
    public RetentionResult Retention(RetentionQuery query)
    {
        var births = Births(query);
        var segments = new List<RetentionSegment> { Table(query, Segment.Overall, births, births) };
        if (query.Breakdowns.IsEmpty)
        {
            return new RetentionResult([.. segments], 0);
        }

        var isByBirth = query.BreakdownOn == RetentionEvent.Birth;
        HashSet<Segment> SegmentsOf(Happening happening) => this.SegmentsOf(happening, query.Breakdowns, isByBirth ? query.Birth : query.Return, query.Filter);
        OracleBirth Only(OracleBirth birth, Func<Segment, bool> isMeant) => birth with { Returns = [.. birth.Returns.Where(back => back.Event is not null && SegmentsOf(back.Event).Any(isMeant))] };
        List<OracleBirth> Of(Func<Segment, bool> isMeant) => isByBirth
            ? [.. births.Where(birth => SegmentsOf(birth.Event).Any(isMeant))]
            : births.ConvertAll(birth => Only(birth, isMeant));
        var ranked = Rank((isByBirth ? births.Select(birth => birth.Event) : births.SelectMany(birth => birth.Returns.Select(back => back.Event).OfType<Happening>()))
            .SelectMany(SegmentsOf)
            .Distinct()
            .Select(segment => (segment, Weight: (double)Of(its => its == segment).Count(birth => isByBirth || Enumerable.Range(0, query.BucketCount()).Any(bucket => IsRetained(query, birth, bucket)))))
            .Where(segment => segment.Weight > 0));
        segments.AddRange(ranked.Take(query.Limit).Select(segment => Table(query, segment, Of(its => its == segment), isByBirth ? Of(its => its == segment) : births)));
        var rest = ranked.Skip(query.Limit).ToHashSet();
        if (rest.Count > 0)
        {
            segments.Add(Table(query, Segment.Other, Of(rest.Contains), isByBirth ? Of(rest.Contains) : births));
        }

        return new RetentionResult([.. segments], rest.Count);
    }

    /// <summary>Per person and row the birth and all returns.</summary>
    private List<OracleBirth> Births(RetentionQuery query)
    {
        var window = query.Range.Resolve(context.Calendar, context.Now);
        var edges = context.Calendar.BucketEdges(window, query.Unit);
        var unit = Unit(query);
        var births = new List<OracleBirth>();
        foreach (var person in People())
        {
            var born = Of([.. person], query.Birth, query.Filter).ToList();
            born = query.BirthKind switch
            {
                RetentionBirth.FirstEver => [.. born.Take(1)],
                RetentionBirth.FirstInRange => [.. born.Where(happening => window.Contains(happening.Time)).Take(1)],
                _ => born,
            };
            for (var row = 0; row + 1 < edges.Count; row++)
            {
                var birth = born.FirstOrDefault(happening => window.Contains(happening.Time) && happening.Time >= edges[row] && happening.Time < edges[row + 1]);
                if (birth is null)
                {
                    continue;
                }

                var returns = Of([.. person], query.Return, query.Filter).Where(happening => IsNotBefore(birth, happening) && (happening != birth || query.Criterion == RetentionCriterion.Streak));
                births.Add(new OracleBirth(person.Key, row, birth,
                [
                    .. returns.Select(happening => (
                        query.Alignment == RetentionAlignment.Rolling ? (long)Math.Floor((happening.Time - birth.Time) / unit) : CalendarDistance(edges[row], happening.Time, query.Unit),
                        (Happening?)happening)),
                    .. query.CountBirthAsReturn ? [(0L, (Happening?)null)] : Array.Empty<(long, Happening?)>(),
                ]));
            }
        }

        return births;
    }

    /// <summary>The beginning of a session comes before everything of its instant, its end after everything.</summary>
    private static bool IsNotBefore(Happening birth, Happening happening) =>
        happening.Time > birth.Time
        || (happening.Time == birth.Time && happening.Edge == birth.Edge)
        || (happening.Time == birth.Time && birth.Edge != WellKnownEvents.SessionEnd && happening.Edge != WellKnownEvents.SessionStart);

    private static bool IsIn(RetentionQuery query, long unit, int bucket) => unit >= query.BucketEdges()[bucket] && unit < query.BucketEdges()[bucket + 1];

    private static bool IsRetained(RetentionQuery query, OracleBirth birth, int bucket) => query.Criterion switch
    {
        RetentionCriterion.Streak => Enumerable.Range(0, bucket + 1).All(one => birth.Returns.Any(back => IsIn(query, back.Unit, one))),
        _ => birth.Returns.Any(back => IsLookedAt(query, back.Unit, bucket)),
    };

    /// <summary>Whether a return in a unit matters for a bucket.</summary>
    private static bool IsLookedAt(RetentionQuery query, long unit, int bucket) => query.Criterion switch
    {
        RetentionCriterion.OnOrAfter => unit >= query.BucketEdges()[bucket],
        RetentionCriterion.OnOrBefore => unit < query.BucketEdges()[bucket + 1],
        _ => IsIn(query, unit, bucket),
    };

    private int CompleteBuckets(RetentionQuery query, int row)
    {
        var edges = context.Calendar.BucketEdges(query.Range.Resolve(context.Calendar, context.Now), query.Unit);
        var complete = 0;
        while (complete < query.BucketCount() && (query.Alignment == RetentionAlignment.Rolling
            ? edges[row + 1] + (Unit(query) * query.BucketEdges()[complete + 1])
            : Forward(edges[row], query.Unit, query.BucketEdges()[complete + 1])) <= context.Now)
        {
            complete++;
        }

        return complete;
    }

    private RetentionSegment Table(RetentionQuery query, Segment segment, List<OracleBirth> births, List<OracleBirth> born)
    {
        var edges = context.Calendar.BucketEdges(query.Range.Resolve(context.Calendar, context.Now), query.Unit);
        var buckets = Enumerable.Range(0, query.BucketCount()).ToList();
        var rows = Enumerable.Range(0, edges.Count - 1).Select(row =>
        {
            var its = births.Where(birth => birth.Row == row).ToList();
            double Sum(int bucket) => its.Where(birth => IsRetained(query, birth, bucket))
                .SelectMany(birth => birth.Returns.Where(back => back.Event is not null && IsLookedAt(query, back.Unit, bucket)))
                .Select(back => events.ValueOf(back.Event!, query.SumSource, query.SumProperty!, context))
                .Where(value => value.Kind == PropertyKind.Number)
                .Sum(value => value.Number);
            return new RetentionRow(
                edges[row],
                born.Count(birth => birth.Row == row),
                [.. buckets.Select(bucket => (long)its.Count(birth => IsRetained(query, birth, bucket)))],
                CompleteBuckets(query, row)) { Sums = query.SumProperty is null ? [] : [.. buckets.Select(Sum)] };
        }).ToImmutableArray();
        ImmutableArray<double?> Weighted(Func<RetentionRow, int, double?> valueOf, Func<RetentionRow, double> weightOf) => [.. buckets.Select(bucket =>
        {
            var complete = rows.Where(row => row.CompleteBuckets > bucket && valueOf(row, bucket) is not null).ToList();
            var weights = complete.Sum(weightOf);
            return weights == 0 ? (double?)null : complete.Sum(row => valueOf(row, bucket)!.Value * row.Size) / weights;
        })];
        return new RetentionSegment(segment, rows, Weighted((row, bucket) => row.Retained[bucket], row => (double)row.Size * row.Size))
        {
            AverageCount = Weighted((row, bucket) => row.Retained[bucket], row => row.Size),
            AverageSum = query.SumProperty is null ? [] : Weighted((row, bucket) => row.Sums[bucket], row => row.Size),
            AverageSumPerPerson = query.SumProperty is null ? [] : Weighted((row, bucket) => row.Retained[bucket] == 0 ? null : row.Sums[bucket] / row.Retained[bucket], row => row.Size),
        };
    }

    public FrequencyResult Frequency(FrequencyQuery query)
    {
        var window = query.Range.Resolve(context.Calendar, context.Now);
        var periods = context.Calendar.BucketEdges(window, query.Period);
        List<Instant> Parts(int period) => [.. context.Calendar.BucketEdges(new TimeWindow(periods[period], periods[period + 1]), query.Within).SkipLast(1)];
        var columns = Enumerable.Range(0, periods.Count - 1).Max(period => Parts(period).Count);
        var matching = Matching(query.Event, query.Filter).Where(happening => happening.Person.Length > 0 && window.Contains(happening.Time)).ToList();
        FrequencySegment Line(Segment segment, List<Happening> some)
        {
            var rows = Enumerable.Range(0, periods.Count - 1).Select(period =>
            {
                var active = some.Where(happening => happening.Time >= periods[period] && happening.Time < periods[period + 1]).GroupBy(happening => happening.Person)
                    .Select(person => person.Select(happening => Parts(period).FindLastIndex(start => start <= happening.Time)).Distinct().Count())
                    .ToList();
                return new FrequencyRow(periods[period], active.Count, [.. Enumerable.Range(1, columns).Select(count => (long)active.Count(its => query.Comparison == CountComparison.Exactly ? its == count : its >= count))]);
            }).ToImmutableArray();
            var complete = rows.Where((_, period) => periods[period + 1] <= context.Now).ToList();
            var all = complete.Sum(row => row.Size);
            return new FrequencySegment(segment, rows, [.. Enumerable.Range(0, columns).Select(column => all == 0 ? (double?)null : (double)complete.Sum(row => row.Counts[column]) / all)]);
        }

        var segments = new List<FrequencySegment> { Line(Segment.Overall, matching) };
        var rest = new HashSet<Segment>();
        if (!query.Breakdowns.IsEmpty)
        {
            HashSet<Segment> Of(Happening happening) => SegmentsOf(happening, query.Breakdowns, query.Event, query.Filter);
            List<Happening> In(Func<Segment, bool> isMeant) => [.. matching.Where(happening => Of(happening).Any(isMeant))];
            var ranked = Rank(matching.SelectMany(Of).Distinct().Select(segment => (segment, (double)Line(segment, In(its => its == segment)).Rows.Sum(row => row.Size))));
            segments.AddRange(ranked.Take(query.Limit).Select(segment => Line(segment, In(its => its == segment))));
            rest = [.. ranked.Skip(query.Limit)];
            if (rest.Count > 0)
            {
                segments.Add(Line(Segment.Other, In(rest.Contains)));
            }
        }

        return new FrequencyResult([.. segments], rest.Count, periods.Skip(1).Count(end => end <= context.Now));
    }

    private static Duration Unit(RetentionQuery query) => Duration.FromDays(query.Unit switch { CalendarUnit.Day => 1, CalendarUnit.Week => 7, _ => 30 });

    private Instant Forward(Instant start, CalendarUnit unit, int count)
    {
        for (; count > 0; count--)
        {
            start = context.Calendar.Next(start, unit);
        }

        return start;
    }

    private long CalendarDistance(Instant start, Instant time, CalendarUnit unit)
    {
        long distance = 0;
        for (var next = context.Calendar.Next(start, unit); next <= time; next = context.Calendar.Next(next, unit))
        {
            distance++;
        }

        return distance;
    }
}
