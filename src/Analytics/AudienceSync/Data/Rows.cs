using NodaTime;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.AudienceSync.Data;

/// <summary>A connection as stored.</summary>
internal sealed class ConnectionRow
{
    public int Id { get; set; }

    public required int ProjectId { get; set; }

    public required string Name { get; set; }

    /// <summary>The settings as JSON, without keys.</summary>
    public required string Settings { get; set; }

    /// <summary>The keys as JSON, encrypted; null when there are none.</summary>
    public required string? Secrets { get; set; }

    public required Instant CreatedAt { get; set; }
}

/// <summary>A sync as stored. What it sent is in <see cref="MemberRow"/>.</summary>
internal sealed class SyncRow
{
    public int Id { get; set; }

    public required int ProjectId { get; set; }

    public required int ConnectionId { get; set; }

    public required int CohortId { get; set; }

    /// <summary>Null for an export that happens once.</summary>
    public required long? IntervalMilliseconds { get; set; }

    /// <summary>The mapping as JSON.</summary>
    public required string Mapping { get; set; }

    public required SyncState State { get; set; }

    /// <summary>The cohort's id at the other side; never changes.</summary>
    public required string RemoteId { get; set; }

    /// <summary>The name the other side was last told; null before the first time.</summary>
    public string? DeclaredName { get; set; }

    /// <summary>Whether the next run compares and sends everyone.</summary>
    public required bool IsFullWanted { get; set; }

    public required Instant CreatedAt { get; set; }

    public Instant? LastCompletedAt { get; set; }

    /// <summary>When every member's identifier was last compared.</summary>
    public Instant? ComparedAt { get; set; }

    /// <summary>Not to be looked at before; null: as soon as possible.</summary>
    public Instant? NextAt { get; set; }

    public Instant? TroubleAt { get; set; }

    public string? TroubleMessage { get; set; }

    public SyncAdvice? TroubleAdvice { get; set; }

    /// <summary>Attempts that failed since one went well.</summary>
    public required int FailureCount { get; set; }
}

/// <summary>What is known of one identifier at the other side.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
internal enum MemberState
{
    /// <summary>To be added; may have arrived already, when an answer was lost.</summary>
    Adding = 1,

    /// <summary>There.</summary>
    Held = 2,

    /// <summary>To be taken out; may be gone already.</summary>
    Removing = 3,

    /// <summary>A member without an identifier.</summary>
    Unmatched = 4,

    /// <summary>A member whom the other side refused.</summary>
    Refused = 5,
}

/// <summary>
/// One identifier that a sync has sent or will send. It is the sent-state and the outbox in one: a change is written here
/// before it is sent, and settled here when the other side has answered.
/// </summary>
internal sealed class MemberRow
{
    public required int SyncId { get; set; }

    public required int Person { get; set; }

    /// <summary>Empty for a member that has none.</summary>
    public required string Identifier { get; set; }

    public required IdentifierKind Kind { get; set; }

    public required MemberState State { get; set; }

    public required AuditReason Reason { get; set; }
}

/// <summary>One run: from a plan to both sides being the same, however many attempts it takes.</summary>
internal sealed class RunRow
{
    public int Id { get; set; }

    public required int SyncId { get; set; }

    public required Instant StartedAt { get; set; }

    public Instant? EndedAt { get; set; }

    public required bool IsFull { get; set; }

    /// <summary>Pages of members to add, as counted when it was planned.</summary>
    public required int PageCount { get; set; }

    /// <summary>Pages of members to take out.</summary>
    public required int RemovalPageCount { get; set; }

    /// <summary>Pages of members to add that were answered.</summary>
    public required int AnsweredPages { get; set; }

    /// <summary>Pages of members to take out that were answered.</summary>
    public required int AnsweredRemovalPages { get; set; }

    /// <summary>Whether everything that the run is to send is written down. Nothing is sent before, nothing is planned after.</summary>
    public required bool IsPlanned { get; set; }

    public required int Added { get; set; }

    public required int Removed { get; set; }

    public required int Skipped { get; set; }

    public required int Attempts { get; set; }

    public string? Error { get; set; }
}

/// <summary>A line of the record of who was sent.</summary>
internal sealed class AuditRow
{
    public long Id { get; set; }

    public required int RunId { get; set; }

    public required Instant At { get; set; }

    public required string DistinctId { get; set; }

    public required string Identifier { get; set; }

    public required AuditOperation Operation { get; set; }

    public required AuditReason Reason { get; set; }

    public string? Detail { get; set; }
}

/// <summary>A key with which another product pushes cohorts in; only its hash is kept.</summary>
internal sealed class ReceivingKeyRow
{
    public int Id { get; set; }

    public required int ProjectId { get; set; }

    public required string Name { get; set; }

    /// <summary>Who pushes: the name in the path.</summary>
    public required string Partner { get; set; }

    public required byte[] Hash { get; set; }

    /// <summary>The hash of the key that the partner itself must send; null takes any.</summary>
    public byte[]? PartnerHash { get; set; }

    public required Instant CreatedAt { get; set; }

    public Instant? LastUsedAt { get; set; }
}

/// <summary>A cohort that another product pushes in.</summary>
internal sealed class ReceivedCohortRow
{
    public required int ProjectId { get; set; }

    public required string Partner { get; set; }

    /// <summary>Its id at the partner.</summary>
    public required string RemoteId { get; set; }

    public required int CohortId { get; set; }

    /// <summary>The name as the partner last told it.</summary>
    public required string RemoteName { get; set; }

    public required Instant ChangedAt { get; set; }

    /// <summary>Ids that were pushed and belong to nobody here, as last counted.</summary>
    public required long UnknownCount { get; set; }

    /// <summary>The run of pages that is to take the members' place; null between such runs.</summary>
    public string? Session { get; set; }

    /// <summary>Pages of that run that have come.</summary>
    public required int SessionPages { get; set; }

    /// <summary>Members of those pages, as a cohort's are written.</summary>
    public byte[]? SessionMembers { get; set; }
}
