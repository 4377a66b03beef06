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

    /// <summary>The persons that match a filter on persons.</summary>
    public HashSet<string> Where(Predicate predicate)
    {
        var everyone = events.Everyone();
        return predicate switch
        {
            AllPredicate all => all.Of.Aggregate(everyone, (people, part) => [.. people.Intersect(Where(part))]),
            AnyPredicate any => [.. any.Of.SelectMany(Where)],
            NotPredicate not => [.. everyone.Except(Where(not.Of))],
            PropertyPredicate property => [.. everyone.Where(person => PropertyMatch.Matches(events.ValueOf(person, property.Source, property.Property, context), property, context))],
            CohortPredicate cohort => [.. everyone.Where(person => cohorts(cohort.Cohort.Value).Contains(person) == cohort.IsMember)],
            DidPredicate did => [.. everyone.Where(person => Holds(did, Times(did, person)))],
            FigurePredicate figure => [.. everyone.Where(person => Holds(figure, person))],
            SequencePredicate sequence => [.. Counted(sequence.ToFunnel(), sequence.ToFunnel().Range.Resolve(context.Calendar, context.Now), null).Where(attempt => attempt.Path[^1] is not null == (sequence.Outcome == SequenceOutcome.Completed)).Select(attempt => attempt.Person)],
            _ => throw new InvalidOperationException("not a filter on persons"),
        };
    }

    private bool Holds(FigurePredicate figure, string person)
    {
        var window = figure.During?.Resolve(context.Calendar, context.Now) ?? TimeWindow.Always;
        var some = Matching(figure.Event, null).Where(happening => happening.Person == person && window.Contains(happening.Time)).ToList();
        var values = Values(figure.Property, some).Select(value => figure.Buckets is null ? value.ToText() + value.Kind : figure.Buckets.LabelOf(value, context.Calendar)).OfType<string>().Distinct().Count();
        var figures = Numbers(figure.Property, some);
        double? of = figure.Measure == Measure.DistinctValues ? values == 0 ? null : values : figures.Count == 0 ? null : Of(new Metric(figure.Event, figure.Measure) { Percentile = figure.Percentile }, figures);
        return of is { } number && figure.Comparison switch
        {
            FigureComparison.AtLeast => number >= figure.Number,
            FigureComparison.AtMost => number <= figure.Number,
            FigureComparison.Exactly => number == figure.Number,
            FigureComparison.GreaterThan => number > figure.Number,
            _ => number < figure.Number,
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

    private IEnumerable<Happening> Matching(EventSelector selector, Predicate? global, SessionDefinition? sessions = null) =>
        WellKnownEvents.IsSessionEdge(selector.Event)
            ? People().SelectMany(person => Of([.. person], selector, global, sessions)).OrderBy(happening => happening.Time)
            : _all.Where(happening => Match(happening, selector, global));

    /// <summary>What of one person's happenings a selector means, the edges of sessions included.</summary>
    private IEnumerable<Happening> Of(List<Happening> person, EventSelector selector, Predicate? global, SessionDefinition? sessions = null) =>
        WellKnownEvents.IsSessionEdge(selector.Event)
            ? Edges(person, new OracleSessions(person, sessions ?? context.Sessions, context.Calendar, context.Lexicon, (happening, other) => Match(happening, other, null)), selector.Event!)
                .Where(edge => Match(edge, selector with { Event = edge.Name }, global))
            : person.Where(happening => Match(happening, selector, global));

    private bool Match(Happening happening, EventSelector selector, Predicate? global) => events.Matches(happening, selector, global, context, cohorts);

    /// <summary>The segments of an event that a selector and a filter let through; automatic buckets look at all such events.</summary>
    private HashSet<Segment> SegmentsOf(Happening happening, ImmutableArray<Breakdown> breakdowns, EventSelector selector, Predicate? global) =>
        events.SegmentsOf(happening, breakdowns, context, cohorts, Matching(selector, global));

    private static List<Segment> Rank(IEnumerable<(Segment Segment, double Weight)> weights) =>
        [.. weights.OrderByDescending(segment => segment.Weight).ThenBy(segment => segment.Segment.Label, StringComparer.Ordinal).Select(segment => segment.Segment)];
}
