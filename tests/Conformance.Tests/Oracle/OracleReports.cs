using System.Collections.Immutable;
using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests.Oracle;

/// <summary>The reports, evaluated as the words of the queries say, with no thought of speed.</summary>
internal sealed partial class OracleReports(OracleEvents events, QueryContext context, Func<int, HashSet<string>> cohorts)
{
    private readonly List<Happening> _all = events.Happenings();

    public FunnelResult Funnel(FunnelQuery query)
    {
        var attempts = Attempts(query);
        return Fold(
            query.Breakdowns, query.Limit, attempts,
            attempt => SegmentsOf(attempt.Path[0], query.Breakdowns, query.Steps[0], query.Filter),
            some => Steps(query, some),
            (segments, folded) => new FunnelResult([.. segments.Select(segment => new FunnelSegment(segment.Key, segment.Value))], folded));
    }

    /// <summary>Per person the attempt that counts.</summary>
    public List<(string Person, List<Happening> Path)> Attempts(FunnelQuery query)
    {
        var window = query.Range.Resolve(context.Calendar, context.Now);
        var found = new List<(string, List<Happening>)>();
        foreach (var person in People())
        {
            var steps = query.Steps.Select(step => person.Where(happening => Match(happening, step, query.Filter)).ToList()).ToArray();
            var entries = steps[0].Where(happening => window.Contains(happening.Time)).ToList();
            if (entries.Count == 0)
            {
                continue;
            }

            var tried = (query.ReEntry == ReEntry.FirstEntry ? entries.Take(1) : entries)
                .Select((entry, order) => (Order: order, Path: Attempt(query, steps, entry, [.. person])))
                .ToList();
            var best = tried.OrderByDescending(attempt => attempt.Path.Count).ThenBy(attempt => attempt.Path[^1].Time).ThenByDescending(attempt => attempt.Order).First();
            found.Add((person.Key, best.Path));
        }

        return found;
    }

    private List<Happening> Attempt(FunnelQuery query, List<Happening>[] steps, Happening entry, List<Happening> person)
    {
        var path = new List<Happening> { entry };
        var session = query.Window.IsSessions ? SessionOf(person, entry.Time) : 0;
        foreach (var step in steps.Skip(1))
        {
            var next = step.FirstOrDefault(happening =>
                happening.Time >= path[^1].Time - FunnelQuery.Grace
                && !path.Contains(happening)
                && (query.Window.IsSessions
                    ? session >= 0 && SessionOf(person, happening.Time) is var its && its >= session && its < session + query.Window.Count
                    : happening.Time <= entry.Time + query.Window.Length));
            if (next is null)
            {
                break;
            }

            path.Add(next);
        }

        return path;
    }

    private int SessionOf(List<Happening> person, Instant time)
    {
        var sessions = new List<(Instant Start, Instant End)>();
        foreach (var happening in person.Where(happening => !context.Sessions.ExcludedEvents.Contains(happening.Name)))
        {
            if (sessions.Count == 0
                || happening.Time - sessions[^1].End > context.Sessions.Timeout
                || context.Calendar.DateOf(happening.Time) != context.Calendar.DateOf(sessions[^1].End))
            {
                sessions.Add((happening.Time, happening.Time));
            }

            sessions[^1] = (sessions[^1].Start, happening.Time);
        }

        return sessions.FindIndex(session => time >= session.Start && time <= session.End);
    }

    private static ImmutableArray<FunnelStep> Steps(FunnelQuery query, List<(string Person, List<Happening> Path)> attempts)
    {
        var steps = ImmutableArray.CreateBuilder<FunnelStep>();
        for (var step = 0; step < query.Steps.Length; step++)
        {
            var reached = attempts.Where(attempt => attempt.Path.Count > step).ToList();
            var before = step == 0 ? 0 : attempts.Count(attempt => attempt.Path.Count > step - 1);
            double? Mean(Func<List<Happening>, Happening> from) => step == 0 || reached.Count == 0
                ? null
                : reached.Sum(attempt => (attempt.Path[step].Time - from(attempt.Path).Time).TotalMilliseconds) / 1000.0 / reached.Count;
            steps.Add(new FunnelStep(
                reached.Count,
                step == 0 ? 1 : before == 0 ? null : (double)reached.Count / before,
                attempts.Count == 0 ? null : (double)reached.Count / attempts.Count,
                Mean(path => path[step - 1]),
                Mean(path => path[0])));
        }

        return steps.ToImmutable();
    }

    public RetentionResult Retention(RetentionQuery query)
    {
        var births = Births(query);
        return Fold(
            query.Breakdowns, query.Limit, births,
            birth => SegmentsOf(birth.Event, query.Breakdowns, query.Birth, query.Filter),
            some => Table(query, some),
            (segments, folded) => new RetentionResult([.. segments.Select(segment => segment.Value with { Segment = segment.Key })], folded));
    }

    /// <summary>Per person and row the birth and the buckets of all returns.</summary>
    public List<(string Person, int Row, Happening Event, HashSet<long> Returns)> Births(RetentionQuery query)
    {
        var window = query.Range.Resolve(context.Calendar, context.Now);
        var edges = context.Calendar.BucketEdges(window, query.Unit);
        var unit = Unit(query);
        var births = new List<(string, int, Happening, HashSet<long>)>();
        foreach (var person in People())
        {
            var born = person.Where(happening => Match(happening, query.Birth, query.Filter)).ToList();
            if (query.BirthKind == RetentionBirth.FirstEver)
            {
                born = [.. born.Take(1)];
            }

            for (var row = 0; row + 1 < edges.Count; row++)
            {
                var birth = born.FirstOrDefault(happening => window.Contains(happening.Time) && happening.Time >= edges[row] && happening.Time < edges[row + 1]);
                if (birth is null)
                {
                    continue;
                }

                var returns = person.Where(happening => happening.Time >= birth.Time && happening != birth && Match(happening, query.Return, query.Filter));
                var buckets = returns.Select(happening => query.Alignment == RetentionAlignment.Rolling
                    ? (long)Math.Floor((happening.Time - birth.Time) / unit)
                    : CalendarDistance(edges[row], happening.Time, query.Unit));
                births.Add((person.Key, row, birth, [.. buckets.Concat(query.CountBirthAsReturn ? [0L] : [])]));
            }
        }

        return births;
    }

    public static bool IsRetained(RetentionQuery query, HashSet<long> returns, int bucket) =>
        query.Criterion == RetentionCriterion.On ? returns.Contains(bucket) : returns.Any(returned => returned >= bucket);

    public int CompleteBuckets(RetentionQuery query, int row)
    {
        var edges = context.Calendar.BucketEdges(query.Range.Resolve(context.Calendar, context.Now), query.Unit);
        var complete = 0;
        while (complete < query.Buckets && (query.Alignment == RetentionAlignment.Rolling
            ? edges[row + 1] + (Unit(query) * (complete + 1))
            : Forward(edges[row], query.Unit, complete + 1)) <= context.Now)
        {
            complete++;
        }

        return complete;
    }

    private RetentionSegment Table(RetentionQuery query, List<(string Person, int Row, Happening Event, HashSet<long> Returns)> births)
    {
        var edges = context.Calendar.BucketEdges(query.Range.Resolve(context.Calendar, context.Now), query.Unit);
        var rows = Enumerable.Range(0, edges.Count - 1).Select(row =>
        {
            var born = births.Where(birth => birth.Row == row).ToList();
            return new RetentionRow(
                edges[row], born.Count,
                [.. Enumerable.Range(0, query.Buckets).Select(bucket => (long)born.Count(birth => IsRetained(query, birth.Returns, bucket)))],
                CompleteBuckets(query, row));
        }).ToImmutableArray();
        var average = Enumerable.Range(0, query.Buckets).Select(bucket =>
        {
            var complete = rows.Where(row => row.CompleteBuckets > bucket).ToList();
            var squares = complete.Sum(row => (double)row.Size * row.Size);
            return squares == 0 ? (double?)null : complete.Sum(row => (double)row.Retained[bucket] * row.Size) / squares;
        });
        return new RetentionSegment(Segment.Overall, rows, [.. average]);
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

    /// <summary>Per person the node names by column.</summary>
    public List<(string Person, Dictionary<int, string?> Path)> Paths(FlowQuery query)
    {
        var window = query.Range.Resolve(context.Calendar, context.Now);
        var paths = new List<(string, Dictionary<int, string?>)>();
        foreach (var person in People())
        {
            var timeline = person.ToList();
            var anchor = timeline.FindIndex(happening => window.Contains(happening.Time) && Match(happening, query.Anchor, query.Filter));
            if (anchor < 0)
            {
                continue;
            }

            var path = new Dictionary<int, string?> { [0] = timeline[anchor].Name };
            Walk(query, timeline[anchor], timeline.Skip(anchor + 1), 1, query.StepsAfter, path);
            Walk(query, timeline[anchor], timeline.Take(anchor).Reverse(), -1, query.StepsBefore, path);
            paths.Add((person.Key, path));
        }

        return paths;
    }

    private static void Walk(FlowQuery query, Happening anchor, IEnumerable<Happening> others, int direction, int count, Dictionary<int, string?> path)
    {
        var names = others
            .Where(happening => (direction > 0 ? happening.Time - anchor.Time : anchor.Time - happening.Time) <= query.Window.Length)
            .Select(happening => happening.Name)
            .Where(name => !query.Hidden.Contains(name) && !WellKnownEvents.NotActivity.Contains(name))
            .ToList();
        if (query.CollapseRepeats)
        {
            names = [.. names.Where((name, index) => name != (index == 0 ? anchor.Name : names[index - 1]))];
        }

        for (var step = 1; step <= Math.Min(count, names.Count + 1); step++)
        {
            path[direction * step] = step <= names.Count ? names[step - 1] : null;
        }
    }

    public FlowResult Flow(FlowQuery query)
    {
        var paths = Paths(query);
        var nodes = paths.SelectMany(path => path.Path.Keys.Select(column => NodeAt(query, paths, path.Path, column))).GroupBy(node => node).Select(node => new FlowNode(node.Key, node.Count()));
        var links = paths.SelectMany(path => path.Path.Keys.Where(column => path.Path.ContainsKey(column + 1)).Select(column => (From: NodeAt(query, paths, path.Path, column), To: NodeAt(query, paths, path.Path, column + 1))))
            .GroupBy(link => link).Select(link => new FlowLink(link.Key.From, link.Key.To, link.Count()));
        return new FlowResult(paths.Count, [.. nodes], [.. links]);
    }

    private FlowNodeKey NodeAt(FlowQuery query, List<(string Person, Dictionary<int, string?> Path)> paths, Dictionary<int, string?> path, int column)
    {
        if (column == 0)
        {
            return new FlowNodeKey(0, FlowNodeKind.Anchor, query.Anchor.Event);
        }

        if (path[column] is not { } name)
        {
            return new FlowNodeKey(column, FlowNodeKind.DropOff, null);
        }

        return TopNames(query, paths, column).Contains(name) ? new FlowNodeKey(column, FlowNodeKind.Event, name) : new FlowNodeKey(column, FlowNodeKind.Other, null);
    }

    private readonly Dictionary<int, List<string>> _topNames = [];

    private List<string> TopNames(FlowQuery query, List<(string Person, Dictionary<int, string?> Path)> paths, int column)
    {
        if (!_topNames.TryGetValue(column, out var names))
        {
            names = [.. paths.Select(path => path.Path.GetValueOrDefault(column)).OfType<string>().GroupBy(name => name).OrderByDescending(name => name.Count()).ThenBy(name => name.Key, StringComparer.Ordinal).Take(query.Top).Select(name => name.Key)];
            _topNames.Add(column, names);
        }

        return names;
    }

    /// <summary>The persons that match a filter on persons.</summary>
    public HashSet<string> Where(Predicate predicate)
    {
        var everyone = events.Everyone();
        return predicate switch
        {
            AllPredicate all => all.Of.Aggregate(everyone, (people, part) => [.. people.Intersect(Where(part))]),
            AnyPredicate any => [.. any.Of.SelectMany(Where)],
            NotPredicate not => [.. everyone.Except(Where(not.Of))],
            PropertyPredicate property => [.. everyone.Where(person => PropertyMatch.Matches(events.Profile(person, property.Property), property, context.Calendar))],
            CohortPredicate cohort => [.. everyone.Where(person => cohorts(cohort.Cohort.Value).Contains(person) == cohort.IsMember)],
            DidPredicate did => [.. everyone.Where(person => Holds(did, Times(did, person)))],
            _ => throw new InvalidOperationException("not a filter on persons"),
        };
    }

    private int Times(DidPredicate did, string person)
    {
        var window = did.During?.Resolve(context.Calendar, context.Now) ?? TimeWindow.Always;
        return Matching(did.Event, null).Count(happening => happening.Person == person && window.Contains(happening.Time));
    }

    private static bool Holds(DidPredicate did, int times) => did.Comparison switch
    {
        CountComparison.AtLeast => times >= did.Count,
        CountComparison.AtMost => times <= did.Count,
        _ => times == did.Count,
    };

    private IEnumerable<IGrouping<string, Happening>> People() => _all.Where(happening => happening.Person.Length > 0).GroupBy(happening => happening.Person);

    private IEnumerable<Happening> Matching(EventSelector selector, Predicate? global) => _all.Where(happening => Match(happening, selector, global));

    private bool Match(Happening happening, EventSelector selector, Predicate? global) => events.Matches(happening, selector, global, context, cohorts);

    /// <summary>The segments of an event that a selector and a filter let through; automatic buckets look at all such events.</summary>
    private HashSet<Segment> SegmentsOf(Happening happening, ImmutableArray<Breakdown> breakdowns, EventSelector selector, Predicate? global) =>
        events.SegmentsOf(happening, breakdowns, context, cohorts, Matching(selector, global));

    private static List<Segment> Rank(IEnumerable<(Segment Segment, double Weight)> weights) =>
        [.. weights.OrderByDescending(segment => segment.Weight).ThenBy(segment => segment.Segment.Label, StringComparer.Ordinal).Select(segment => segment.Segment)];

    private static TResult Fold<TItem, TSegment, TResult>(
        ImmutableArray<Breakdown> breakdowns,
        int limit,
        List<TItem> items,
        Func<TItem, HashSet<Segment>> segmentsOf,
        Func<List<TItem>, TSegment> compute,
        Func<List<KeyValuePair<Segment, TSegment>>, int, TResult> result)
    {
        var segments = new List<KeyValuePair<Segment, TSegment>> { new(Segment.Overall, compute(items)) };
        if (breakdowns.IsEmpty)
        {
            return result(segments, 0);
        }

        var placed = items.Select(item => (Item: item, Segments: segmentsOf(item))).ToList();
        var ranked = Rank(placed.SelectMany(item => item.Segments).GroupBy(segment => segment).Select(group => (group.Key, (double)group.Count())));
        segments.AddRange(ranked.Take(limit).Select(segment => new KeyValuePair<Segment, TSegment>(segment, compute([.. placed.Where(item => item.Segments.Contains(segment)).Select(item => item.Item)]))));
        var rest = ranked.Skip(limit).ToHashSet();
        if (rest.Count > 0)
        {
            segments.Add(new(Segment.Other, compute([.. placed.Where(item => item.Segments.Overlaps(rest)).Select(item => item.Item)])));
        }

        return result(segments, rest.Count);
    }
}
