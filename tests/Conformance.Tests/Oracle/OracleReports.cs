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
}
