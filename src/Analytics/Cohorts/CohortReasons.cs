using System.Collections.Immutable;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Analytics.Cohorts;

/// <summary>
/// Why somebody belongs: what the conditions of the cohort come to for them now. Worked out when it is asked for, so it needs no
/// memory and is never older than the members.
/// </summary>
internal static class CohortReasons
{
    /// <summary>For each of the persons, in the given order, the conditions that hold.</summary>
    public static async Task<IReadOnlyList<ImmutableArray<ConditionFact>>> OfAsync(IEventStore store, CohortDefinition definition, IReadOnlyList<PersonNumber> persons, QueryContext context, CancellationToken cancellationToken)
    {
        if (ConditionsOf(definition) is not { } conditions)
        {
            return [.. persons.Select(_ => ImmutableArray<ConditionFact>.Empty)];
        }

        using var excerpt = await store.ExcerptAsync(persons, cancellationToken);
        return [.. excerpt.FactsOf(conditions, persons, context).Select(facts => facts.Where(fact => fact.Holds).ToImmutableArray())];
    }

    /// <summary>Of a point of a report, the events that brought people there; null where nothing can be said of one person.</summary>
    private static Predicate? ConditionsOf(CohortDefinition definition) => definition switch
    {
        FilterCohort filter => filter.Where,
        PointCohort { Point: var point } => point switch
        {
            InsightsPoint { Query: var query, Metric: var metric } => query.Metrics[metric].People ?? (query.Metrics[metric].Event is { } selector ? Did([selector], query.Range, query.Filter) : null),
            FunnelPoint funnel => Did(funnel.Query.Steps.Take(funnel.Step + 1), funnel.Query.Range, funnel.Query.Filter),
            RetentionPoint retention => Did([retention.Query.Birth, retention.Query.Return], retention.Query.Range, retention.Query.Filter),
            FrequencyPoint frequency => Did([frequency.Query.Event], frequency.Query.Range, frequency.Query.Filter),
            FlowPoint flow => Did([flow.Query.Anchor], flow.Query.Range, flow.Query.Filter),
            FlowPathPoint flow => Did([flow.Query.Anchor], flow.Query.Range, flow.Query.Filter),
            _ => null,
        },
        _ => null,
    };

    /// <summary>The first event happened in the range; what follows it may have happened later.</summary>
    private static AllPredicate Did(IEnumerable<EventSelector> selectors, DateRange range, Predicate? filter) =>
        new([.. selectors.Select((selector, index) => new DidPredicate(
            filter is null || index > 0 ? selector : selector with { Filter = selector.Filter is null ? filter : new AllPredicate([selector.Filter, filter]) },
            CountComparison.AtLeast,
            1,
            index == 0 ? range : null))]);
}
