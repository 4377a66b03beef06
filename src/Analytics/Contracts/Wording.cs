using Rondo.Analytics.Words;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>
/// Questions, filters and cohorts as English sentences. Names of events, properties, values and cohorts stand between
/// “ and ”, so that a page can set them apart. <c>cohortName</c> gives a cohort's name, null for one that is gone.
/// </summary>
public static class Wording
{
    /// <summary>A filter on persons or events, to follow "where" or "who": <c>did “Checkout” at least 3 times in the last 30 days and “plan” is “Pro”</c>.</summary>
    public static string Of(Predicate predicate, Func<CohortId, string?> cohortName) => PredicateWords.Of(predicate, cohortName);

    /// <summary>The people of a cohort: <c>People who …</c>.</summary>
    public static string Of(CohortDefinition definition, Func<CohortId, string?> cohortName) => definition switch
    {
        FilterCohort filter => PredicateWords.People(filter.Where, cohortName),
        PointCohort point => PointWords.Of(point.Point, cohortName),
        StaticCohort fixedList => $"A fixed list: {fixedList.Origin}",
        _ => throw new InvalidOperationException($"{definition.GetType().Name} is not a kind of cohort."),
    };

    /// <summary>A reason why somebody belongs: <c>did “Checkout” at least 3 times in the last 30 days: 5 times</c>.</summary>
    public static string Of(ConditionFact fact, Func<CohortId, string?> cohortName) => ReasonWords.Of(fact, cohortName);

    /// <summary>The people behind a point of a report: <c>People who …</c>.</summary>
    public static string Of(ReportPoint point, Func<CohortId, string?> cohortName) => PointWords.Of(point, cohortName);

    /// <summary>The question of an Insights report.</summary>
    public static string Of(InsightsQuery query, Func<CohortId, string?> cohortName) => QueryWords.Of(query, cohortName);

    /// <summary>The question of a Funnels report.</summary>
    public static string Of(FunnelQuery query, Func<CohortId, string?> cohortName) => FunnelWords.Of(query, cohortName);

    /// <summary>The question of a Retention report.</summary>
    public static string Of(RetentionQuery query, Func<CohortId, string?> cohortName) => RetentionWords.Of(query, cohortName);

    /// <summary>The question of the frequency view.</summary>
    public static string Of(FrequencyQuery query, Func<CohortId, string?> cohortName) => RetentionWords.Of(query, cohortName);

    /// <summary>The question of a Flows report.</summary>
    public static string Of(FlowQuery query, Func<CohortId, string?> cohortName) => FlowWords.Of(query, cohortName);

    /// <summary>Which events: <c>“Checkout” where “plan” is “Pro”</c>, or <c>any event</c>.</summary>
    public static string Of(EventSelector selector, Func<CohortId, string?> cohortName) => PredicateWords.Of(selector, cohortName);
}
