using System.Collections.Immutable;
using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests.Oracle;

/// <summary>An attempt: per step what satisfied it, null where it was not reached, and as which of the steps given.</summary>
internal sealed record OracleAttempt(string Person, Happening?[] Path, int[] Lanes, Instant? OverAt, Happening? ExcludedBy)
{
    /// <summary>The session of the entry; −1 for none, or where sessions play no part.</summary>
    public int Session { get; init; } = -1;

    public int Filled => Path.Count(step => step is not null);
}

/// <content>Funnels.</content>
internal sealed partial class OracleReports
{
    public FunnelResult Funnel(FunnelQuery query)
    {
        var window = query.Range.Resolve(context.Calendar, context.Now);
        var edges = query.TrendUnit is { } unit ? context.Calendar.BucketEdges(window, unit) : [];
        var intervals = Enumerable.Range(0, Math.Max(0, edges.Count - 1)).Select(index => new TimeWindow(Instant.Max(window.Start, edges[index]), Instant.Min(window.End, edges[index + 1]))).ToList();
        List<OracleAttempt> In(TimeWindow range, Func<Segment, bool>? isMeant) => Counted(query, range, isMeant);

        var shown = new List<(Segment Segment, Func<Segment, bool>? IsMeant)> { (Segment.Overall, null) };
        var folded = 0;
        if (!query.Breakdowns.IsEmpty)
        {
            var ranked = RankedSegments(query, window);
            foreach (var segment in ranked.Take(query.Limit))
            {
                shown.Add((segment, its => its == segment));
            }

            var rest = ranked.Skip(query.Limit).ToHashSet();
            folded = rest.Count;
            if (folded > 0)
            {
                shown.Add((Segment.Other, rest.Contains));
            }
        }

        var segments = shown.Select(one =>
        {
            var attempts = In(window, one.IsMeant);
            return new FunnelSegment(one.Segment, Steps(query, attempts))
            {
                Trend = [.. intervals.Select(interval => In(interval, one.IsMeant)).Select(some => Enumerable.Range(0, query.Steps.Length).Select(step => (long)some.Count(attempt => attempt.Path[step] is not null)).ToImmutableArray())],
                Times = query.TimeToConvert is { } pair ? Times(pair, attempts) : null,
            };
        }).ToList();
        return new FunnelResult([.. segments.Select(segment => segment.Segment == Segment.Overall ? segment : segment with { Confidence = Confidence(segment, segments[0], query.Control is { } control ? segments.Find(one => one.Segment == control && control != Segment.Overall) : null, query.Control is not null) })], folded)
        {
            Intervals = [.. edges.SkipLast(1)],
            FirstIncompleteInterval = edges.Skip(1).Count(end => end + (query.Window.IsSessions || query.Counting == FunnelCounting.Sessions ? Duration.Zero : query.Window.Length) <= context.Now),
        };
    }

    private List<Segment> RankedSegments(FunnelQuery query, TimeWindow range) => Rank(People()
        .SelectMany(person => Attempts(query, [.. person], range))
        .SelectMany(attempt => SegmentsOf(query, attempt))
        .Distinct()
        .Select(segment => (segment, (double)Counted(query, range, its => its == segment).Count))
        .Where(segment => segment.Item2 > 0));

    /// <summary>The attempts that count, of those whose segment is meant (null: of all together).</summary>
    private List<OracleAttempt> Counted(FunnelQuery query, TimeWindow range, Func<Segment, bool>? isMeant)
    {
        var counted = new List<OracleAttempt>();
        foreach (var person in People())
        {
            var attempts = Attempts(query, [.. person], range).Where(attempt => isMeant is null || SegmentsOf(query, attempt).Any(isMeant));
            counted.AddRange((query.Counting == FunnelCounting.Uniques ? attempts.Take(1) : attempts).Where(attempt => Passes(query, attempt, query.Filter)));
        }

        return counted;
    }

    /// <summary>A person's attempts that begin in a range, in the order in which they count.</summary>
    public List<OracleAttempt> Attempts(FunnelQuery query, List<Happening> person, TimeWindow range)
    {
        var definition = query.Sessions ?? context.Sessions;
        var sessions = new OracleSessions(person, definition, context.Calendar, context.Lexicon, (happening, selector) => Match(happening, selector, null));
        var sessionCount = query.Counting == FunnelCounting.Sessions ? 1 : query.Window.IsSessions ? query.Window.Count : 0;
        var lanes = query.Steps.Concat(query.Exclusions.Select(exclusion => exclusion.Event)).Select(selector => Lane(person, sessions, selector)).ToList();
        var entryLanes = query.Order == StepOrder.Any && !query.Anchored.Contains(0)
            ? Enumerable.Range(0, query.Steps.Length).TakeWhile(step => !query.Anchored.Contains(step)).ToList()
            : [0];
        var entries = entryLanes.SelectMany(lane => lanes[lane].Select(happening => (Lane: lane, Happening: happening)))
            .Where(entry => KeyOf(query, entry.Happening) is not null)
            .OrderBy(entry => entry.Happening.Time)
            .DistinctBy(entry => entry.Happening)
            .Where(entry => range.Contains(entry.Happening.Time))
            .ToList();
        var areSpans = definition is not PropertySessions;
        int SessionOf(Happening happening) => sessionCount == 0 ? -1 : Session(sessions, happening);
        (string? Key, int Session) GroupOf(Happening happening) => (KeyOf(query, happening), areSpans ? 0 : SessionOf(happening));
        var served = new HashSet<Happening>(ReferenceEqualityComparer.Instance);
        var attempts = new List<OracleAttempt>();
        OracleAttempt Try((int Lane, Happening Happening) entry) => Attempt(query, lanes, entry, served, happening =>
        {
            var first = SessionOf(entry.Happening);
            var its = SessionOf(happening);
            var isInTime = sessionCount == 0 ? happening.Time <= entry.Happening.Time + query.Window.Length : first >= 0 && its >= first && its < first + sessionCount;
            return isInTime && GroupOf(happening) == GroupOf(entry.Happening);
        }) with { Session = SessionOf(entry.Happening) };

        if (query.ReEntry == ReEntry.Optimized)
        {
            attempts = [.. entries.Where(entry => query.Counting != FunnelCounting.Sessions || SessionOf(entry.Happening) >= 0).Select(Try)];
            attempts = Share(query, attempts, entries.ConvertAll(entry => entry.Happening));
            return query.Counting == FunnelCounting.Sessions ? [.. attempts.DistinctBy(attempt => attempt.Session)] : attempts;
        }

        var openUntil = new Dictionary<(string?, int), Instant>();
        var sessionsCounted = new HashSet<int>();
        foreach (var entry in entries)
        {
            var group = GroupOf(entry.Happening);
            if (served.Contains(entry.Happening) || (openUntil.TryGetValue(group, out var until) && entry.Happening.Time < until)
                || (query.Counting == FunnelCounting.Sessions && (SessionOf(entry.Happening) < 0 || !sessionsCounted.Add(SessionOf(entry.Happening)))))
            {
                continue;
            }

            var attempt = Try(entry);
            attempts.Add(attempt);
            foreach (var step in attempt.Path.Append(attempt.ExcludedBy).OfType<Happening>())
            {
                served.Add(step);
            }

            // Not over by itself: the next may begin when the window is past.
            var first = SessionOf(entry.Happening);
            openUntil[group] = attempt.OverAt ?? (sessionCount == 0
                ? entry.Happening.Time + query.Window.Length + Duration.FromMilliseconds(1)
                : first < 0 ? entry.Happening.Time
                : areSpans ? sessions.All[Math.Min(first + sessionCount, sessions.All.Count) - 1].End + Duration.FromMilliseconds(1)
                : Instant.MaxValue);
        }

        return attempts;
    }

    private static OracleAttempt Attempt(FunnelQuery query, List<List<Happening>> lanes, (int Lane, Happening Happening) entry, HashSet<Happening> served, Func<Happening, bool> mayServe)
    {
        var count = query.Steps.Length;
        var path = new Happening?[count];
        path[0] = entry.Happening;
        var done = new HashSet<int> { entry.Lane };
        var laneOf = Enumerable.Range(0, count).ToArray();
        laneOf[0] = entry.Lane;
        Happening? Next(int lane, Instant time) => lanes[lane].FirstOrDefault(happening =>
            happening.Time >= time - FunnelQuery.Grace && !path.Contains(happening) && !served.Contains(happening) && mayServe(happening));

        for (var at = 0; at + 1 < count;)
        {
            var time = path[at]!.Time;
            var step = at + 1;
            Happening? next;
            if (query.Order == StepOrder.Any)
            {
                var block = Block(query, step);
                var lane = block.Where(one => !done.Contains(one)).OrderBy(one => Next(one, time)?.Time ?? Instant.MaxValue).First();
                next = Next(lane, time);
                done.Add(lane);
                laneOf[step] = lane;
            }
            else
            {
                var required = Enumerable.Range(step, count - step).First(one => !query.Optional.Contains(one));
                var target = Next(required, time);
                bool IsBefore(Happening? optional) => optional is not null && optional != target && (target is null || optional.Time <= target.Time);
                step = Enumerable.Range(step, required - step).FirstOrDefault(one => IsBefore(Next(one, time)), required);
                next = Next(step, time);
            }

            var exclusion = query.Exclusions
                .Select((one, number) => one.From < step && (one.To ?? count - 1) > at ? Next(count + number, time) : null)
                .OfType<Happening>()
                .Where(happening => next is null || happening.Time < next.Time)
                .MinBy(happening => happening.Time);
            if (exclusion is not null)
            {
                return new OracleAttempt(entry.Happening.Person, path, laneOf, exclusion.Time, exclusion);
            }

            if (next is null)
            {
                return new OracleAttempt(entry.Happening.Person, path, laneOf, null, null);
            }

            path[step] = next;
            at = step;
        }

        return new OracleAttempt(entry.Happening.Person, path, laneOf, path.Max(step => step?.Time ?? Instant.MinValue), null);
    }

    /// <summary>The steps that may come at a place: itself when anchored, else all unanchored ones beside it.</summary>
    private static List<int> Block(FunnelQuery query, int place)
    {
        if (query.Anchored.Contains(place))
        {
            return [place];
        }

        var (first, last) = (place, place);
        while (first > 0 && !query.Anchored.Contains(first - 1))
        {
            first--;
        }

        while (last + 1 < query.Steps.Length && !query.Anchored.Contains(last + 1))
        {
            last++;
        }

        return [.. Enumerable.Range(first, last - first + 1)];
    }

    /// <summary>Best first; an event that two attempts use at one step stays with the better.</summary>
    private static List<OracleAttempt> Share(FunnelQuery query, List<OracleAttempt> attempts, List<Happening> entries)
    {
        int Reached(OracleAttempt attempt) => Enumerable.Range(0, query.Steps.Length).Last(step => attempt.Path[step] is not null && !query.Optional.Contains(step));
        List<OracleAttempt> BestFirst(List<OracleAttempt> some) =>
        [
            .. some.OrderByDescending(Reached).ThenByDescending(attempt => attempt.Filled)
                .ThenBy(attempt => attempt.Path.Last(step => step is not null)!.Time)
                .ThenByDescending(attempt => entries.IndexOf(attempt.Path[0]!)),
        ];
        var taken = new List<(int Step, Happening Happening)>();
        var shared = new List<OracleAttempt>();
        foreach (var attempt in BestFirst(attempts))
        {
            var kept = attempt.Path.Select((happening, step) => step > 0 && taken.Any(other => other.Step == step && ReferenceEquals(other.Happening, happening))).ToList();
            var length = kept.IndexOf(true) is >= 0 and var cut ? cut : attempt.Path.Length;
            var path = attempt.Path.Select((happening, step) => step < length ? happening : null).ToArray();
            taken.AddRange(path.Select((happening, step) => (step, happening)).Where(one => one.happening is not null)!);
            shared.Add(attempt with { Path = path });
        }

        return BestFirst(shared);
    }

    /// <summary>The held values of a happening; null when one is not set.</summary>
    private string? KeyOf(FunnelQuery query, Happening happening)
    {
        var held = query.HoldConstant.Select(property => events.ValueOf(happening, property.Source, property.Property, context).ToText()).ToList();
        return held.Contains(null) ? null : string.Join('\u0001', held);
    }

    /// <summary>The happenings that can be a step, or those that stand for the edges of sessions.</summary>
    private List<Happening> Lane(List<Happening> person, OracleSessions sessions, EventSelector selector)
    {
        if (selector.Event is not (WellKnownEvents.SessionStart or WellKnownEvents.SessionEnd))
        {
            return [.. person.Where(happening => Match(happening, selector, null))];
        }

        return Edges(person, sessions, selector.Event).Where(edge => Match(edge, selector with { Event = edge.Name }, null)).ToList();
    }

    /// <summary>The beginnings or ends of a person's sessions.</summary>
    private static IEnumerable<Happening> Edges(List<Happening> person, OracleSessions sessions, string name)
    {
        var isStart = name == WellKnownEvents.SessionStart;
        return sessions.All.Select((session, number) => (session, Of: person.Where(happening => sessions.Of(happening) == number).ToList()))
            .Where(one => one.Of.Count > 0 && (isStart || one.session.IsClosed))
            .Select(one => (isStart ? one.Of[0] : one.Of[^1]) with
            {
                Edge = name,
                Of = isStart ? one.Of[0] : one.Of[^1],
                Session = (one.session.IsClosed ? (one.session.End - one.session.Start).TotalSeconds : null, one.Of.Count(sessions.Counts)),
            })
            .OrderBy(edge => person.IndexOf(edge.Of!));
    }

    private static int Session(OracleSessions sessions, Happening happening) => sessions.Of(happening.Of ?? happening);

    /// <summary>The segments of an attempt: the combinations of what each breakdown gives at the event it is attributed to.</summary>
    private HashSet<Segment> SegmentsOf(FunnelQuery query, OracleAttempt attempt)
    {
        IEnumerable<ImmutableArray<SegmentPart>> combinations = [[]];
        foreach (var breakdown in query.Breakdowns)
        {
            List<SegmentPart> PartsAt(int step) => [.. events.SegmentsOf(
                    attempt.Path[step]!, [breakdown], context, cohorts, Matching(query.Steps[attempt.Lanes[step]], null, query.Sessions))
                .Select(segment => new SegmentPart(segment.Kind, segment.Value))];
            var steps = Enumerable.Range(0, attempt.Path.Length).Where(step => attempt.Path[step] is not null).ToList();
            bool IsDefined(int step) => PartsAt(step) is not [{ Kind: SegmentKind.NotSet }];
            int? at = breakdown.IsByCohort || OracleEvents.IsOfPerson(breakdown.Source, breakdown.Property, context) ? 0 : query.Attribution switch
            {
                StepAttribution.AtStep => attempt.Path[query.AttributedStep] is null ? null : query.AttributedStep,
                StepAttribution.FirstDefined => steps.Where(IsDefined).Select(step => (int?)step).FirstOrDefault(),
                _ => steps.Where(IsDefined).Select(step => (int?)step).LastOrDefault(),
            };
            var parts = at is { } step ? PartsAt(step) : [SegmentPart.NotSet];
            combinations = combinations.SelectMany(before => parts.Select(part => before.Add(part))).ToList();
        }

        return [.. combinations.Select(parts => Segment.Of(parts))];
    }

    private static Happening? Attributed(FunnelQuery query, OracleAttempt attempt, Func<Happening, bool> isDefined) => query.Attribution switch
    {
        StepAttribution.AtStep => attempt.Path[query.AttributedStep],
        StepAttribution.FirstDefined => attempt.Path.FirstOrDefault(happening => happening is not null && isDefined(happening)),
        _ => attempt.Path.LastOrDefault(happening => happening is not null && isDefined(happening)),
    };

    private bool Passes(FunnelQuery query, OracleAttempt attempt, Predicate? filter) => filter switch
    {
        null => true,
        AllPredicate all => all.Of.All(part => Passes(query, attempt, part)),
        AnyPredicate any => any.Of.Any(part => Passes(query, attempt, part)),
        NotPredicate not => !Passes(query, attempt, not.Of),
        PropertyPredicate property when !OracleEvents.IsOfPerson(property.Source, property.Property, context) => PropertyMatch.Matches(
            Attributed(query, attempt, happening => events.ValueOf(happening, property.Source, property.Property, context).IsSet) is { } step ? events.ValueOf(step, property.Source, property.Property, context) : PropertyValue.Null, property, context),
        _ => events.Matches(attempt.Path[0]!, filter, context, cohorts),
    };

    private ImmutableArray<FunnelStep> Steps(FunnelQuery query, List<OracleAttempt> attempts)
    {
        var steps = ImmutableArray.CreateBuilder<FunnelStep>();
        for (var step = 0; step < query.Steps.Length; step++)
        {
            var reached = attempts.Where(attempt => attempt.Path[step] is not null).ToList();
            var before = Enumerable.Range(0, step).Where(one => !query.Optional.Contains(one)).Select(one => attempts.Count(attempt => attempt.Path[one] is not null)).LastOrDefault();
            double? Mean(Func<OracleAttempt, Happening> from) => step == 0 || reached.Count == 0
                ? null
                : reached.Sum(attempt => (attempt.Path[step]!.Time - from(attempt).Time).TotalMilliseconds) / 1000.0 / reached.Count;
            steps.Add(new FunnelStep(
                reached.Count,
                step == 0 ? 1 : before == 0 ? null : (double)reached.Count / before,
                attempts.Count == 0 ? null : (double)reached.Count / attempts.Count,
                Mean(attempt => attempt.Path.Take(step).Last(happening => happening is not null)!),
                Mean(attempt => attempt.Path[0]!))
            {
                Sum = query.Sum is { } sum
                    ? reached.Select(attempt => events.ValueOf(attempt.Path[step]!, sum.Source, sum.Property, context)).Where(value => value.Kind == PropertyKind.Number).Sum(value => value.Number)
                    : null,
            });
        }

        return steps.ToImmutable();
    }

    private static FunnelTimes Times(StepPair pair, List<OracleAttempt> attempts)
    {
        var seconds = attempts.Select(attempt => (From: attempt.Path[pair.From], To: pair.To is { } to ? attempt.Path[to] : attempt.Path[^1]))
            .Where(pair => pair.From is not null && pair.To is not null)
            .Select(pair => (pair.To!.Time - pair.From!.Time).TotalSeconds)
            .Order()
            .ToList();
        double? At(double share)
        {
            var place = share * (seconds.Count - 1);
            return seconds.Count == 0 ? null : seconds[(int)Math.Floor(place)] + ((seconds[(int)Math.Ceiling(place)] - seconds[(int)Math.Floor(place)]) * (place - Math.Floor(place)));
        }

        var edges = TimeToConvertBuckets.Edges;
        return new FunnelTimes(
            seconds.Count, seconds.Count == 0 ? null : seconds.Average(), At(0), At(1), At(0.25), At(0.5), At(0.75), At(0.9),
            [.. edges.Select((edge, index) => (long)seconds.Count(one => (index == 0 || one >= edge) && (index + 1 == edges.Length || one < edges[index + 1])))]);
    }

    /// <summary>Against all together, or against a chosen segment, the two of them being the whole.</summary>
    private static double? Confidence(FunnelSegment segment, FunnelSegment overall, FunnelSegment? control, bool hasControl) => !hasControl
        ? Confidence(segment.Steps[0].Count, segment.Steps[^1].Count, overall.Steps[0].Count, overall.Steps[^1].Count)
        : control is null || control.Segment == segment.Segment ? null
        : Confidence(segment.Steps[0].Count, segment.Steps[^1].Count, segment.Steps[0].Count + control.Steps[0].Count, segment.Steps[^1].Count + control.Steps[^1].Count);

    /// <summary>The hypergeometric probabilities one by one, from factorials.</summary>
    private static double? Confidence(long entries, long conversions, long all, long allConversions)
    {
        if (entries < Significance.FewestEntries || entries > all || conversions > allConversions || entries - conversions > all - allConversions)
        {
            return null;
        }

        double LogChoose(long of, long some) => LogFactorial(of) - LogFactorial(some) - LogFactorial(of - some);
        double LogFactorial(long number) => Enumerable.Range(1, (int)number).Sum(one => Math.Log(one));
        double At(long k) => k > allConversions || entries - k > all - allConversions ? 0 : Math.Exp(LogChoose(allConversions, k) + LogChoose(all - allConversions, entries - k) - LogChoose(all, entries));
        var below = Enumerable.Range(0, (int)conversions).Sum(k => At(k));
        var above = Enumerable.Range((int)conversions + 1, (int)(entries - conversions)).Sum(k => At(k));
        return Math.Max(below, above);
    }
}
