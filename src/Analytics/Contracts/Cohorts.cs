using System.Collections.Immutable;
using NodaTime;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>A cohort as listed.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Unique within the project.</param>
/// <param name="Description">Free text; may be empty.</param>
/// <param name="Definition">Who belongs.</param>
/// <param name="Words">The definition in words (English).</param>
/// <param name="Size">Members at <paramref name="ComputedAt"/>.</param>
/// <param name="ComputedAt">When membership was last computed; changes together with the members.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="IsArchived">Hidden from lists and pickers; still computed while something uses it.</param>
public sealed record Cohort(
    CohortId Id,
    string Name,
    string Description,
    CohortDefinition Definition,
    string Words,
    int Size,
    Instant ComputedAt,
    Instant CreatedAt,
    bool IsArchived);

/// <summary>A member, since when and why.</summary>
/// <param name="Person">Who.</param>
/// <param name="Since">When they entered, to the second: when it was seen, or the cohort was made. Null for somebody who is no member any more.</param>
/// <param name="Why">
/// The conditions that hold, with what they come to; of a point of a report the events that led there. Empty for a fixed list.
/// </param>
public sealed record CohortMember(PersonNumber Person, Instant? Since, ImmutableArray<ConditionFact> Why);

/// <summary>What a full computation of a cohort said of the members that were kept live.</summary>
/// <param name="At">When they were compared.</param>
/// <param name="MissingCount">Persons who should have been members.</param>
/// <param name="ExcessCount">Members who should not have been.</param>
public sealed record CohortComparison(Instant At, int MissingCount, int ExcessCount)
{
    /// <summary>Whether there was no difference.</summary>
    public bool IsEqual => MissingCount + ExcessCount == 0;
}

/// <summary>A cohort's size at one moment.</summary>
public sealed record CohortSize(Instant At, int Size);

/// <summary>
/// Groups of people by definition. Dynamic ones are live: whoever enters or leaves by an event, a profile update, a merge, an
/// erasure or the passing of time is seen to within two seconds.
/// </summary>
public interface ICohorts
{
    /// <summary>All cohorts of a project, newest first.</summary>
    Task<IReadOnlyList<Cohort>> ListAsync(ProjectId project, bool includeArchived, CancellationToken cancellationToken);

    /// <summary>One cohort; null when there is none.</summary>
    Task<Cohort?> FindAsync(ProjectId project, CohortId cohort, CancellationToken cancellationToken);

    /// <summary>Makes a dynamic cohort and computes it before returning.</summary>
    Task<Outcome<Cohort>> CreateAsync(ProjectId project, string name, string description, CohortDefinition definition, CancellationToken cancellationToken);

    /// <summary>Makes a static cohort of these people; <paramref name="origin"/> says in words where they came from.</summary>
    Task<Outcome<Cohort>> CreateStaticAsync(ProjectId project, string name, string origin, PersonSet members, CancellationToken cancellationToken);

    /// <summary>Adds to and takes from a static cohort; whoever is in both sets is in it afterwards.</summary>
    Task<Outcome<Cohort>> ChangeMembersAsync(ProjectId project, CohortId cohort, PersonSet added, PersonSet removed, CancellationToken cancellationToken);

    /// <summary>Changes name, description and, for dynamic cohorts, the definition (null keeps it).</summary>
    Task<Outcome<Cohort>> ChangeAsync(ProjectId project, CohortId cohort, string name, string description, CohortDefinition? definition, CancellationToken cancellationToken);

    /// <summary>Archives or restores a cohort.</summary>
    Task<Outcome<Cohort>> ArchiveAsync(ProjectId project, CohortId cohort, bool isArchived, CancellationToken cancellationToken);

    /// <summary>Who would belong, without making anything.</summary>
    Task<Outcome<PersonSet>> PreviewAsync(ProjectId project, CohortDefinition definition, CancellationToken cancellationToken);

    /// <summary>The members as last computed; empty for an unknown cohort. Answered from memory.</summary>
    PersonSet MembersOf(ProjectId project, CohortId cohort);

    /// <summary>Since when and why some persons belong, in the given order.</summary>
    Task<IReadOnlyList<CohortMember>> ExplainAsync(ProjectId project, CohortId cohort, IReadOnlyList<PersonNumber> persons, CancellationToken cancellationToken);

    /// <summary>Sizes over time, oldest first: one per computation that changed it, thinned to one a day beyond a week.</summary>
    Task<IReadOnlyList<CohortSize>> HistoryAsync(ProjectId project, CohortId cohort, CancellationToken cancellationToken);

    /// <summary>
    /// Compares the members with a full computation, heals any difference and reports it; null for an unknown cohort. A fixed
    /// list has nothing to be compared with.
    /// </summary>
    Task<CohortComparison?> CompareAsync(ProjectId project, CohortId cohort, CancellationToken cancellationToken);

    /// <summary>The last comparison of a cohort; null when there was none yet.</summary>
    Task<CohortComparison?> LastComparisonAsync(ProjectId project, CohortId cohort, CancellationToken cancellationToken);

    /// <summary>Computes a cohort now.</summary>
    Task<Outcome<Cohort>> RefreshAsync(ProjectId project, CohortId cohort, CancellationToken cancellationToken);

    /// <summary>Changes as they happen, from the call on. Each reader has its own queue; a slow reader loses nothing.</summary>
    IAsyncEnumerable<MembershipChange> ChangesAsync(ProjectId project, CancellationToken cancellationToken);
}
