using NodaTime;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>Names a sync within its server; a positive number. The default (0) names none.</summary>
public readonly record struct SyncId(int Value)
{
    /// <summary>The number.</summary>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What the other side knows a person by.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
public enum IdentifierKind
{
    /// <summary>The id that the customer gave: Braze's external id.</summary>
    ExternalId = 1,

    /// <summary>A name under a label.</summary>
    Alias = 2,

    /// <summary>A device of somebody anonymous.</summary>
    DeviceId = 3,
}

/// <summary>How members are named to the other side.</summary>
/// <param name="Kind">What the other side knows them by.</param>
/// <param name="Property">The profile property that holds it; null takes the distinct id.</param>
/// <param name="AliasLabel">The label of aliases; required with them.</param>
/// <param name="IncludesDevices">Whether people who never signed in are sent by their device id. Only with external ids from the distinct id.</param>
public sealed record IdentityMapping(IdentifierKind Kind = IdentifierKind.ExternalId, string? Property = null, string? AliasLabel = null, bool IncludesDevices = false);

/// <summary>Where a sync stands.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
public enum SyncState
{
    /// <summary>Runs when it is due.</summary>
    Active = 1,

    /// <summary>Stopped by somebody, or because trying again cannot help.</summary>
    Paused = 2,

    /// <summary>An export that was to happen once has happened.</summary>
    Finished = 3,

    /// <summary>Takes everyone out at the other side and ends then.</summary>
    Leaving = 4,
}

/// <summary>What somebody should do about trouble. A closed set, so that pages can say it in any language.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
public enum SyncAdvice
{
    /// <summary>Nothing: it is tried again.</summary>
    Wait = 1,

    /// <summary>The keys are not accepted: make new ones at the other side and put them in.</summary>
    RenewKeys = 2,

    /// <summary>The address is wrong, or nothing there speaks this protocol.</summary>
    CorrectAddress = 3,

    /// <summary>The other side refuses what it is sent, for everyone.</summary>
    ReadAnswer = 4,

    /// <summary>The cohort is gone: remove the sync.</summary>
    RemoveSync = 5,

    /// <summary>The address is in a private network, which this server is not allowed to call.</summary>
    AllowAddress = 6,

    /// <summary>Somebody paused it: resume when ready.</summary>
    Resume = 7,
}

/// <summary>A sync to be made.</summary>
/// <param name="Cohort">Whom to send.</param>
/// <param name="Connection">Where to.</param>
/// <param name="Interval">How often it is brought up to date, 1 s to 31 days; null exports once.</param>
/// <param name="Mapping">How members are named.</param>
public sealed record NewSync(CohortId Cohort, ConnectionId Connection, Duration? Interval, IdentityMapping Mapping);

/// <summary>A cohort that is kept the same at another place.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Cohort">Whom it sends.</param>
/// <param name="Connection">Where to.</param>
/// <param name="Interval">How often; null for once.</param>
/// <param name="Mapping">How members are named.</param>
/// <param name="State">Where it stands.</param>
/// <param name="RemoteId">The cohort's id at the other side.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Counts">Who is there and who is not.</param>
/// <param name="LastCompletedAt">When both sides were last the same; null when never yet.</param>
/// <param name="BehindSince">Since when something has been waiting to be sent; null when nothing is.</param>
/// <param name="NextAt">When it is looked at next; null when it is not.</param>
/// <param name="Trouble">What went wrong last; null when the last attempt went well.</param>
public sealed record CohortSync(
    SyncId Id,
    CohortId Cohort,
    ConnectionId Connection,
    Duration? Interval,
    IdentityMapping Mapping,
    SyncState State,
    string RemoteId,
    Instant CreatedAt,
    SyncCounts Counts,
    Instant? LastCompletedAt,
    Instant? BehindSince,
    Instant? NextAt,
    SyncTrouble? Trouble);

/// <summary>The people of a sync.</summary>
/// <param name="Held">At the other side, as far as its answers tell.</param>
/// <param name="Waiting">Planned to be added or taken out.</param>
/// <param name="Unmatched">Members without what the other side would know them by.</param>
/// <param name="Refused">Members whom the other side refused.</param>
public sealed record SyncCounts(int Held, int Waiting, int Unmatched, int Refused);

/// <summary>What went wrong.</summary>
/// <param name="At">When.</param>
/// <param name="Message">What the other side said, in words; never holds a key.</param>
/// <param name="Advice">What to do.</param>
public sealed record SyncTrouble(Instant At, string Message, SyncAdvice Advice);

/// <summary>How far sending once has come.</summary>
/// <param name="Id">Its number; grows.</param>
/// <param name="StartedAt">When it was planned.</param>
/// <param name="EndedAt">When both sides were the same; null while it is not through.</param>
/// <param name="IsFull">Whether everyone was sent again.</param>
/// <param name="Added">Members added.</param>
/// <param name="Removed">Members taken out.</param>
/// <param name="Skipped">Members not sent: no identifier, refused, or there through somebody else.</param>
/// <param name="Attempts">How often it was taken up.</param>
/// <param name="Error">What stopped the last attempt; null when none did.</param>
public sealed record SyncRun(int Id, Instant StartedAt, Instant? EndedAt, bool IsFull, int Added, int Removed, int Skipped, int Attempts, string? Error);

/// <summary>What was done about a member.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
public enum AuditOperation
{
    /// <summary>Put into the cohort at the other side.</summary>
    Add = 1,

    /// <summary>Taken out of it.</summary>
    Remove = 2,

    /// <summary>Nothing; the reason says why.</summary>
    NoOp = 3,
}

/// <summary>Why a member was added, removed or left. A closed set.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
public enum AuditReason
{
    /// <summary>Entered the cohort.</summary>
    Entered = 1,

    /// <summary>Left the cohort.</summary>
    Left = 2,

    /// <summary>The identifier changed.</summary>
    IdentifierChanged = 3,

    /// <summary>Everyone was sent again.</summary>
    SentAgain = 4,

    /// <summary>The profile does not hold the identifier.</summary>
    NoIdentifier = 5,

    /// <summary>Never signed in, and devices are not sent.</summary>
    Anonymous = 6,

    /// <summary>Somebody else in the cohort has the same identifier.</summary>
    SameIdentifier = 7,

    /// <summary>The other side refused this member.</summary>
    Refused = 8,
}

/// <summary>A line of the record of who was sent.</summary>
/// <param name="Run">Which run did it.</param>
/// <param name="At">When the other side had answered.</param>
/// <param name="DistinctId">The person; empty when erased since.</param>
/// <param name="Identifier">What was sent; empty when there was nothing to send.</param>
/// <param name="Operation">What was done.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">The other side's words, where it refused.</param>
public sealed record AuditLine(int Run, Instant At, string DistinctId, string Identifier, AuditOperation Operation, AuditReason Reason, string? Detail);

/// <summary>How many of a set can be named to the other side.</summary>
/// <param name="Members">All of them.</param>
/// <param name="Matched">Those with an identifier.</param>
public sealed record MatchCount(int Members, int Matched);

/// <summary>Keeps cohorts the same at other places. Thread-safe.</summary>
public interface ICohortSyncs
{
    /// <summary>All of a project, newest first.</summary>
    Task<IReadOnlyList<CohortSync>> ListAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>One; null when there is none.</summary>
    Task<CohortSync?> FindAsync(ProjectId project, SyncId sync, CancellationToken cancellationToken);

    /// <summary>How many of these people could be sent.</summary>
    Task<Outcome<MatchCount>> MatchAsync(ProjectId project, PersonSet people, IdentityMapping mapping, CancellationToken cancellationToken);

    /// <summary>Makes one; it begins at once. Refused when the cohort already goes there.</summary>
    Task<Outcome<CohortSync>> CreateAsync(ProjectId project, NewSync sync, CancellationToken cancellationToken);

    /// <summary>Changes how often it runs; null only for one that was made so.</summary>
    Task<Outcome<CohortSync>> ChangeIntervalAsync(ProjectId project, SyncId sync, Duration interval, CancellationToken cancellationToken);

    /// <summary>Stops it until it is resumed; what is on its way arrives.</summary>
    Task<Outcome<CohortSync>> PauseAsync(ProjectId project, SyncId sync, CancellationToken cancellationToken);

    /// <summary>Goes on where it was.</summary>
    Task<Outcome<CohortSync>> ResumeAsync(ProjectId project, SyncId sync, CancellationToken cancellationToken);

    /// <summary>Runs it now; <paramref name="isFull"/> compares everyone's identifier and sends everyone again.</summary>
    Task<Outcome<CohortSync>> RunAsync(ProjectId project, SyncId sync, bool isFull, CancellationToken cancellationToken);

    /// <summary>Ends it. With <paramref name="takesMembersOut"/> the other side's cohort is emptied first.</summary>
    Task<Outcome<CohortSync>> RemoveAsync(ProjectId project, SyncId sync, bool takesMembersOut, CancellationToken cancellationToken);

    /// <summary>The newest runs, newest first.</summary>
    Task<IReadOnlyList<SyncRun>> RunsAsync(ProjectId project, SyncId sync, int limit, CancellationToken cancellationToken);

    /// <summary>Who was added, removed and skipped, and why, oldest first; of one run, or (null) of all that are kept.</summary>
    IAsyncEnumerable<AuditLine> AuditAsync(ProjectId project, SyncId sync, int? run, CancellationToken cancellationToken);
}
