using System.Collections.Immutable;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Cohorts;

/// <summary>Which cohorts a definition names, wherever a filter may stand.</summary>
internal static class CohortReferences
{
    public static ImmutableHashSet<CohortId> Of(CohortDefinition definition) => [.. In(definition)];

    public static IEnumerable<CohortId> In(Predicate? predicate) => predicate switch
    {
        CohortPredicate cohort => [cohort.Cohort],
        AllPredicate all => all.Of.SelectMany(In),
        AnyPredicate any => any.Of.SelectMany(In),
        NotPredicate not => In(not.Of),
        DidPredicate did => In(did.Event.Filter),
        _ => [],
    };

    private static IEnumerable<CohortId> In(CohortDefinition definition) => definition switch
    {
        FilterCohort filter => In(filter.Where),
        PointCohort point => In(point.Point),
        _ => [],
    };

    private static IEnumerable<CohortId> In(ReportPoint point) => point switch
    {
        InsightsPoint { Query: var query } => In(query.Filter).Concat(query.Metrics.SelectMany(metric => In(metric.Event.Filter))),
        FunnelPoint { Query: var query } => In(query.Filter).Concat(query.Steps.SelectMany(step => In(step.Filter))),
        RetentionPoint { Query: var query } => In(query.Filter).Concat(In(query.Birth.Filter)).Concat(In(query.Return.Filter)),
        FlowPoint { Query: var query } => In(query.Filter).Concat(In(query.Anchor.Filter)),
        _ => [],
    };
}
