using System.Collections.Immutable;
using NodaTime;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>
/// A place in a project's stream of membership changes. Later changes have greater numbers; they are not consecutive. The
/// default (0) is before everything.
/// </summary>
public readonly record struct MembershipVersion(long Value) : IComparable<MembershipVersion>
{
    /// <inheritdoc/>
    public int CompareTo(MembershipVersion other) => Value.CompareTo(other.Value);

    /// <summary>The number.</summary>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Who entered and left one cohort at one moment.</summary>
/// <param name="Version">Its place in the stream.</param>
/// <param name="Cohort">Which cohort.</param>
/// <param name="At">When it was seen.</param>
/// <param name="Entered">Ascending, none twice.</param>
/// <param name="Left">Ascending, none twice; nobody of <paramref name="Entered"/>. A device that is merged leaves, and the user enters.</param>
public sealed record MembershipChange(MembershipVersion Version, CohortId Cohort, Instant At, ImmutableArray<PersonNumber> Entered, ImmutableArray<PersonNumber> Left);

/// <summary>A stretch of the stream.</summary>
/// <param name="Changes">Oldest first; may be empty.</param>
/// <param name="Next">Where to read on: everything up to here was looked at.</param>
/// <param name="IsGapless">
/// False when changes after the asked version are no longer kept: then nothing is returned, and the reader takes each whole
/// membership anew (<see cref="IMemberships.CurrentOf"/>) and goes on from its version.
/// </param>
public sealed record MembershipPage(ImmutableArray<MembershipChange> Changes, MembershipVersion Next, bool IsGapless);

/// <summary>A whole membership.</summary>
/// <param name="Version">Every change up to here is in it, and none after.</param>
/// <param name="ComputedAt">The moment it is true of.</param>
/// <param name="Members">Who belongs.</param>
public sealed record CohortMembership(MembershipVersion Version, Instant ComputedAt, PersonSet Members);

/// <summary>
/// Who belongs to the cohorts of a project, and every change of it in order. Changes are durable before anybody sees them, and
/// kept for <see cref="AnalyticsOptions.MembershipChangeRetention"/>, but no more than <see cref="AnalyticsOptions.MembershipChangesKept"/>; making a cohort is its first change, also when nobody belongs. A reader keeps its <see cref="MembershipVersion"/> and
/// reads on from it after a restart. Thread-safe.
/// </summary>
/// <remarks>
/// A person's number is never given to another. <see cref="IEventStore.DistinctIdsOf"/> turns it into the id, also when a
/// device has been merged since; the id of somebody erased is gone, so a reader that must still name them elsewhere keeps what it said.
/// </remarks>
public interface IMemberships
{
    /// <summary>The members of a cohort now; null for an unknown cohort. Answered from memory.</summary>
    CohortMembership? CurrentOf(ProjectId project, CohortId cohort);

    /// <summary>The changes after a version, without waiting.</summary>
    /// <param name="project">Whose cohorts.</param>
    /// <param name="cohort">Only this one's changes; null for those of every cohort.</param>
    /// <param name="after">Where the reader is.</param>
    /// <param name="limit">Most changes to return; 1 or more. A change names all persons of one cohort at one moment, a new cohort's everyone.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    Task<MembershipPage> ReadAsync(ProjectId project, CohortId? cohort, MembershipVersion after, int limit, CancellationToken cancellationToken);

    /// <summary>Completes as soon as there is a change of the project after a version.</summary>
    Task WaitAsync(ProjectId project, MembershipVersion after, CancellationToken cancellationToken);
}
