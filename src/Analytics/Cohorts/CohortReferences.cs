using System.Collections.Immutable;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Analytics.Cohorts;

/// <summary>Which cohorts a definition names, wherever a filter may stand.</summary>
internal static class CohortReferences
{
    public static ImmutableHashSet<CohortId> Of(CohortDefinition definition) => [.. In(definition)];

    /// <summary>Every cohort after those it names. Cycles are refused when a definition is made.</summary>
    public static IReadOnlyList<CohortId> InOrderOfUse(IReadOnlyDictionary<CohortId, CohortDefinition> definitions)
    {
        var waiting = definitions.Keys.ToHashSet();
        var ordered = new List<CohortId>(definitions.Count);
        foreach (var cohort in definitions.Keys.OrderBy(cohort => cohort.Value))
        {
            Visit(cohort);
        }

        return ordered;

        // Taking a cohort out before its references makes sure that this ends.
        void Visit(CohortId cohort)
        {
            if (waiting.Remove(cohort))
            {
                foreach (var reference in Of(definitions[cohort]))
                {
                    Visit(reference);
                }

                ordered.Add(cohort);
            }
        }
    }

    public static IEnumerable<CohortId> In(Predicate? predicate) => predicate switch
    {
        CohortPredicate cohort => [cohort.Cohort],
        AllPredicate all => all.Of.SelectMany(In),
        AnyPredicate any => any.Of.SelectMany(In),
        NotPredicate not => In(not.Of),
        DidPredicate did => In(did.Event),
        FigurePredicate figure => In(figure.Event),
        SequencePredicate sequence => sequence.Steps.SelectMany(In),
        _ => [],
    };

    private static IEnumerable<CohortId> In(EventSelector selector) =>
        In(selector.Filter).Concat(selector.AnyOf.IsDefault ? [] : selector.AnyOf.SelectMany(In));

    private static IEnumerable<CohortId> In(Metric metric) =>
        (metric.Event is null ? [] : In(metric.Event)).Concat(In(metric.People)).Concat(metric.Cohort is { } cohort ? [cohort] : []);

    private static IEnumerable<CohortId> In(ImmutableArray<Breakdown> breakdowns) =>
        breakdowns.SelectMany(breakdown => breakdown.Cohorts.IsDefault ? [] : breakdown.Cohorts);

    private static IEnumerable<CohortId> In(CohortDefinition definition) => definition switch
    {
        FilterCohort filter => In(filter.Where),
        PointCohort point => In(point.Point),
        _ => [],
    };

    private static IEnumerable<CohortId> In(FlowQuery query) =>
        In(query.Filter).Concat(query.Then.Select(anchor => anchor.Event).Concat(query.Exclusions.Select(exclusion => exclusion.Event)).Append(query.Anchor).SelectMany(In)).Concat(In(query.Breakdowns)).Concat(In(query.Sessions));

    private static IEnumerable<CohortId> In(SessionDefinition? sessions) =>
        sessions is EventSessions events ? In(events.Start).Concat(In(events.End)) : [];

    private static IEnumerable<CohortId> In(ReportPoint point) => point switch
    {
        InsightsPoint { Query: var query } => In(query.Filter).Concat(query.Metrics.SelectMany(In)).Concat(In(query.Breakdowns)),
        FunnelPoint { Query: var query } => In(query.Filter).Concat(query.Steps.Concat(query.Exclusions.Select(exclusion => exclusion.Event)).SelectMany(In)).Concat(In(query.Breakdowns)).Concat(In(query.Sessions)),
        RetentionPoint { Query: var query } => In(query.Filter).Concat(In(query.Birth)).Concat(In(query.Return)).Concat(In(query.Breakdowns)),
        FrequencyPoint { Query: var query } => In(query.Filter).Concat(In(query.Event)).Concat(In(query.Breakdowns)),
        FlowPoint { Query: var query } => In(query),
        FlowPathPoint { Query: var query } => In(query),
        _ => [],
    };
}
