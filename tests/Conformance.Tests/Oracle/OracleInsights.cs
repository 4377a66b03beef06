using System.Collections.Immutable;
using NodaTime;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests.Oracle;

/// <content>Insights: every figure is worked out from the events of its own bucket and segment.</content>
internal sealed partial class OracleReports
{
    public InsightsResult Insights(InsightsQuery query)
    {
        var window = query.Range.Resolve(context.Calendar, context.Now);
        var shown = Enumerable.Range(0, query.Metrics.Length).Select(metric => OwnerOf(query, metric) is var owner and >= 0 ? Ranked(query, owner, window) : []).ToList();
        var past = query.Past?.Of(window, context.Calendar);
        return new InsightsResult
        {
            Buckets = [.. Edges(query, window).SkipLast(1)],
            FirstIncompleteBucket = Edges(query, window).Skip(1).Count(end => end <= context.Now),
            Series = SeriesOf(query, window, shown),
            FoldedSegments = [.. shown.Select(segments => Math.Max(0, segments.Count - query.Limit))],
            PastBuckets = past is { } earlier ? [.. Edges(query, earlier).SkipLast(1)] : [],
            Past = past is { } stretch ? SeriesOf(query, stretch, shown) : [],
        };
    }

    // What is asked again for every bucket is remembered, so that a report of many buckets stays bearable.
    private readonly Dictionary<TimeWindow, IReadOnlyList<Instant>> _bucketEdges = [];
    private readonly Dictionary<Metric, List<Happening>> _happenings = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(Metric, int), HashSet<Segment>> _places = [];
    private readonly Dictionary<string, OracleSessions> _sessions = [];

    private IReadOnlyList<Instant> Edges(InsightsQuery query, TimeWindow window)
    {
        if (!_bucketEdges.TryGetValue(window, out var edges))
        {
            _bucketEdges.Add(window, edges = context.Calendar.BucketEdges(window, query.Unit));
        }

        return edges;
    }

    private List<Happening> HappeningsOf(InsightsQuery query, Metric metric)
    {
        if (!_happenings.TryGetValue(metric, out var found))
        {
            _happenings.Add(metric, found = [.. Matching(metric.Event!, query.Filter)]);
        }

        return found;
    }

    private HashSet<Segment> PlacesOf(InsightsQuery query, Metric metric, Happening happening)
    {
        if (!_places.TryGetValue((metric, happening.Arrival), out var segments))
        {
            _places.Add((metric, happening.Arrival), segments = SegmentsOf(happening, query.Breakdowns, metric.Event!, query.Filter));
        }

        return segments;
    }

    private ImmutableArray<InsightsSeries> SeriesOf(InsightsQuery query, TimeWindow window, List<List<Segment>> shown) =>
        [.. Enumerable.Range(0, query.Metrics.Length).SelectMany(metric =>
        {
            var named = shown[metric].Take(query.Limit).ToList();
            IEnumerable<Segment> lines = [Segment.Overall, .. named, .. shown[metric].Count > query.Limit ? [Segment.Other] : Array.Empty<Segment>()];
            return lines.Select(line => new InsightsSeries(
                metric,
                line,
                [.. Enumerable.Range(0, Edges(query, window).Count - 1).Select(bucket => Shown(query, metric, new Place(line, named), bucket, window))],
                Raw(query, metric, new Place(line, named), null, window)));
        })];

    /// <summary>The metric whose segments a metric shows.</summary>
    private static int OwnerOf(InsightsQuery query, int metric) => query.Metrics[metric] switch
    {
        { Formula: { } formula } => Formula.Parse(formula).Value!.Metrics.Cast<int?>().FirstOrDefault(named => query.Metrics[named!.Value].Event is not null) ?? -1,
        { Event: not null } => metric,
        _ => -1,
    };

    private List<Segment> Ranked(InsightsQuery query, int metric, TimeWindow window)
    {
        if (query.Breakdowns.IsEmpty)
        {
            return [];
        }

        var definition = query.Metrics[metric];
        var placed = HappeningsOf(query, definition).Where(happening => window.Contains(happening.Time))
            .Select(happening => (Happening: happening, Segments: PlacesOf(query, definition, happening))).ToList();
        return Rank(placed.SelectMany(one => one.Segments).Distinct()
            .Select(segment => (Segment: segment, Weight: WeightOf(definition, definition.PersonSegment == PersonSegment.All
                ? placed.Where(one => one.Segments.Contains(segment)).Select(one => one.Happening)
                : placed.GroupBy(one => one.Happening.Person).Select(person => definition.PersonSegment == PersonSegment.First ? person.First() : person.Last()).Where(one => one.Segments.Contains(segment)).Select(one => one.Happening))))
            .Where(segment => segment.Weight is not null)
            .Select(segment => (segment.Segment, segment.Weight!.Value)));
    }

    /// <summary>How large a segment is; null when nothing is in it.</summary>
    private double? WeightOf(Metric metric, IEnumerable<Happening> some)
    {
        var numbers = metric.Property is null ? 0 : Numbers(metric.Property, some).Count;
        return metric switch
        {
            { PerPerson: not null } or { Measure: Measure.Uniques or Measure.DailyActive or Measure.WeeklyActive or Measure.MonthlyActive or Measure.CumulativeUniques } => Some(some.Select(happening => happening.Person).Where(person => person.Length > 0).Distinct().Count()),
            { Measure: Measure.Average or Measure.Median or Measure.Percentile } => Some(numbers),
            { Measure: Measure.Sum or Measure.Minimum or Measure.Maximum } when numbers == 0 => null,
            { Measure: Measure.Sum or Measure.Minimum or Measure.Maximum } => Measured(metric, some),
            _ => Some((int)Measured(metric, some)!.Value),
        };
    }

    private static double? Some(int count) => count == 0 ? null : count;

    private double? Shown(InsightsQuery query, int metric, Place place, int bucket, TimeWindow window)
    {
        var definition = query.Metrics[metric];
        if (definition.Rolling is { } width)
        {
            return Enumerable.Range(bucket - width + 1, width).Select(at => Raw(query, metric, place, at, window)).Average();
        }

        if (bucket < 0 && (definition.Cumulative || definition.Measure == Measure.CumulativeUniques))
        {
            return null;
        }

        return definition.Cumulative && bucket > 0
            ? Enumerable.Range(0, bucket + 1).Sum(at => Raw(query, metric, place, at, window) ?? 0)
            : Raw(query, metric, place, bucket, window);
    }

    /// <summary>The figure of a bucket, counted from the first of the range, or (null) of the range.</summary>
    private double? Raw(InsightsQuery query, int metric, Place place, int? bucket, TimeWindow window)
    {
        var definition = query.Metrics[metric];
        if (definition.Formula is { } formula)
        {
            return Formula.Parse(formula).Value!.Evaluate(named => bucket is { } at ? Shown(query, named, place, at, window) : Raw(query, named, place, null, window));
        }

        var count = Edges(query, window).Count - 1;
        if (definition.Cohort is { } cohort)
        {
            return SizeOf(cohort, query, bucket, window);
        }

        if (definition.People is { } where)
        {
            return OfPeople(definition, Where(where));
        }

        var span = SpanOf(query, definition, bucket ?? (definition.Measure is Measure.DailyActive or Measure.WeeklyActive or Measure.MonthlyActive ? count - 1 : null), window);
        var some = HappeningsOf(query, definition).Where(happening => span.Contains(happening.Time)).ToList();
        if (definition.PersonSegment != PersonSegment.All)
        {
            some = [.. some.GroupBy(happening => happening.Person).Select(person => definition.PersonSegment == PersonSegment.First ? person.First() : person.Last())];
        }

        return Measured(definition, some.Where(happening => place.Holds(() => PlacesOf(query, definition, happening))));
    }

    /// <summary>The instants that a bucket looks at.</summary>
    private TimeWindow SpanOf(InsightsQuery query, Metric metric, int? bucket, TimeWindow window)
    {
        if (bucket is not { } at)
        {
            return window;
        }

        var (start, end) = (EdgeAt(query, window, at), EdgeAt(query, window, at + 1));
        if (metric.Measure is Measure.DailyActive or Measure.WeeklyActive or Measure.MonthlyActive)
        {
            var last = context.Calendar.DateOf(Instant.Min(end, window.End) - Duration.Epsilon);
            var days = metric.Measure switch { Measure.DailyActive => 1, Measure.WeeklyActive => 7, _ => 30 };
            return new TimeWindow(context.Calendar.StartOf(last.PlusDays(1 - days)), context.Calendar.StartOf(last.PlusDays(1)));
        }

        return metric.Measure == Measure.CumulativeUniques ? new TimeWindow(window.Start, Instant.Min(end, window.End))
            : at < 0 ? new TimeWindow(start, end)
            : new TimeWindow(Instant.Max(start, window.Start), Instant.Min(end, window.End));
    }

    private Instant EdgeAt(InsightsQuery query, TimeWindow window, int bucket)
    {
        var edges = Edges(query, window);
        var edge = edges[Math.Max(0, bucket)];
        for (; bucket < 0; bucket++)
        {
            edge = context.Calendar.StartOf(edge - Duration.Epsilon, query.Unit);
        }

        return edge;
    }

    private double? Measured(Metric metric, IEnumerable<Happening> some) => metric switch
    {
        { PerPerson: { } inner } => Of(metric, [.. some.Where(happening => happening.Person.Length > 0).GroupBy(happening => happening.Person).Select(person => Inner(inner, metric.Property, [.. person])).OfType<double>()]),
        { Measure: Measure.Total } => some.Count(),
        { Measure: Measure.Sessions } => some.Where(happening => happening.Person.Length > 0)
            .Select(happening => (happening.Person, Session: Session(SessionsOf(happening.Person), happening))).Where(one => one.Session >= 0).Distinct().Count(),
        { Measure: Measure.DistinctValues } => Values(metric.Property!, some).Distinct().Count(),
        { Measure: >= Measure.Sum } => Of(metric, Numbers(metric.Property!, some)),
        _ => some.Select(happening => happening.Person).Where(person => person.Length > 0).Distinct().Count(),
    };

    private OracleSessions SessionsOf(string person)
    {
        if (!_sessions.TryGetValue(person, out var sessions))
        {
            _sessions.Add(person, sessions = new OracleSessions([.. _all.Where(other => other.Person == person)], context.Sessions, context.Calendar, context.Lexicon, (happening, selector) => Match(happening, selector, null)));
        }

        return sessions;
    }

    private double? Inner(PerPerson inner, PropertyName? property, List<Happening> events) => inner switch
    {
        PerPerson.Count => events.Count,
        PerPerson.DistinctValues => Values(property!, events).Distinct().Count() is var count and > 0 ? count : null,
        _ when Numbers(property!, events) is [] => null,
        PerPerson.Sum => Numbers(property!, events).Sum(),
        PerPerson.Average => Numbers(property!, events).Average(),
        PerPerson.Minimum => Numbers(property!, events).Min(),
        _ => Numbers(property!, events).Max(),
    };

    private static double? Of(Metric metric, List<double> numbers) => metric.Measure switch
    {
        Measure.Sum => numbers.Sum(),
        _ when numbers.Count == 0 => null,
        Measure.Average => numbers.Average(),
        Measure.Minimum => numbers.Min(),
        Measure.Maximum => numbers.Max(),
        Measure.Median => PercentileOf(numbers, 50),
        _ => PercentileOf(numbers, metric.Percentile!.Value),
    };

    private static double PercentileOf(List<double> numbers, double percentile)
    {
        var sorted = numbers.Order().ToList();
        var place = percentile / 100 * (sorted.Count - 1);
        var (below, above) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
        return below + ((above - below) * (place - Math.Floor(place)));
    }

    private List<PropertyValue> Values(PropertyName property, IEnumerable<Happening> some) => [.. some
        .Select(happening => events.ValueOf(happening, property.Source, property.Property, context))
        .SelectMany(value => value.Kind == PropertyKind.List ? value.Items.AsEnumerable() : [value])
        .Where(value => value.IsSet)];

    private List<double> Numbers(PropertyName property, IEnumerable<Happening> some) => [.. some
        .Select(happening => events.ValueOf(happening, property.Source, property.Property, context))
        .Where(value => value.Kind == PropertyKind.Number)
        .Select(value => value.Number)];

    private double? OfPeople(Metric metric, HashSet<string> people)
    {
        if (metric.Property is not { } property)
        {
            return people.Count;
        }

        var values = people.Select(person => events.ValueOf(person, property.Source, property.Property, context)).ToList();
        return metric.Measure == Measure.DistinctValues
            ? values.SelectMany(value => value.Kind == PropertyKind.List ? value.Items.AsEnumerable() : [value]).Where(value => value.IsSet).Distinct().Count()
            : Of(metric, [.. values.Where(value => value.Kind == PropertyKind.Number).Select(value => value.Number)]);
    }

    private double? SizeOf(CohortId cohort, InsightsQuery query, int? bucket, TimeWindow window)
    {
        var sizes = Edges(query, window).Count - 1;
        if (bucket is null)
        {
            return Enumerable.Range(0, sizes).Select(at => SizeOf(cohort, query, at, window)).LastOrDefault(size => size is not null);
        }

        if (EdgeAt(query, window, bucket.Value) >= context.Now)
        {
            return null;
        }

        return MembersAt(cohort, Instant.Min(Instant.Min(EdgeAt(query, window, bucket.Value + 1), window.End), context.Now))?.Count;
    }

    /// <summary>The members of a cohort as of a moment, as if nothing had happened since.</summary>
    private HashSet<string>? MembersAt(CohortId cohort, Instant moment) => context.CohortDefinition(cohort) switch
    {
        null => null,
        StaticCohort => cohorts(cohort.Value),
        var definition => new OracleReports(events.Before(moment), context with { Now = moment < context.Now ? moment - Duration.Epsilon : moment }, inner => MembersAt(new CohortId(inner), moment) ?? cohorts(inner)).MembersOf(definition),
    };

    private HashSet<string> MembersOf(CohortDefinition definition) => definition switch
    {
        FilterCohort filter => Where(filter.Where),
        _ => throw new InvalidOperationException("the oracle knows no people of a point"),
    };

    /// <summary>A line of a report: which events count in it.</summary>
    private sealed record Place(Segment Line, List<Segment> Named)
    {
        public bool Holds(Func<HashSet<Segment>> segments) => Line.Kind switch
        {
            SegmentKind.Overall => true,
            SegmentKind.Other => segments().Any(segment => !Named.Contains(segment)),
            _ => segments().Contains(Line),
        };
    }
}
