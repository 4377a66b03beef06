using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Segments;

/// <summary>The cohorts that a filter names: they must exist, and are shown by name.</summary>
internal static class CohortReferences
{
    /// <summary>One problem when a filter names a cohort that does not exist.</summary>
    public static IEnumerable<Problem> Problems(Predicate where, IReadOnlyList<Cohort> cohorts, string field) =>
        Of(where).Where(id => cohorts.All(cohort => cohort.Id != id)).Distinct().Select(id => new Problem(field, $"names cohort {id}, which does not exist"));

    /// <summary>A filter in words (English).</summary>
    public static string Words(Predicate where, IReadOnlyList<Cohort> cohorts) =>
        Wording.Of(where, id => cohorts.FirstOrDefault(cohort => cohort.Id == id)?.Name);

    /// <summary>All cohorts of a project, archived ones too.</summary>
    public static Task<IReadOnlyList<Cohort>> AllAsync(this ICohorts cohorts, ProjectId project, CancellationToken cancellationToken) =>
        cohorts.ListAsync(project, includeArchived: true, cancellationToken);

    private static IEnumerable<CohortId> Of(Predicate? predicate) => predicate switch
    {
        AllPredicate all => all.Of.SelectMany(Of),
        AnyPredicate any => any.Of.SelectMany(Of),
        NotPredicate not => Of(not.Of),
        CohortPredicate cohort => [cohort.Cohort],
        DidPredicate did => Of(did.Event),
        FigurePredicate figure => Of(figure.Event),
        SequencePredicate sequence => sequence.Steps.SelectMany(Of),
        _ => [],
    };

    private static IEnumerable<CohortId> Of(EventSelector selector) => Of(selector.Filter).Concat(selector.AnyOf.IsDefault ? [] : selector.AnyOf.SelectMany(Of));
}
