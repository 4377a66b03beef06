using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>
/// An event as a client sent it, translated from its dialect and not yet judged. A decoder fills it in; the pipeline may
/// change it while working. Ids that were absent are null.
/// </summary>
public sealed class SubmittedEvent
{
    /// <summary>The public token it carried; ignored where the request itself names the project.</summary>
    public string? Token { get; set; }

    /// <summary>The event's name.</summary>
    public string? Name { get; set; }

    /// <summary>The id that was sent; the empty text says that the event belongs to nobody.</summary>
    public string? DistinctId { get; set; }

    /// <summary>The anonymous device.</summary>
    public string? DeviceId { get; set; }

    /// <summary>The identified user.</summary>
    public string? UserId { get; set; }

    /// <summary>The key against duplicates.</summary>
    public string? InsertId { get; set; }

    /// <summary>When it happened; null when it was not said, or not as a time.</summary>
    public Instant? Time { get; set; }

    /// <summary>Whether something stood where the time belongs that is no time.</summary>
    public bool IsTimeInvalid { get; set; }

    /// <summary>Whether the client asks that the event be dropped.</summary>
    public bool IsIgnored { get; set; }

    /// <summary>Length of the record as it was sent; 0 when unknown.</summary>
    public int SizeBytes { get; set; }

    /// <summary>The other properties. A repeated name counts with its last value.</summary>
    public List<Property> Properties { get; init; } = [];

    /// <summary>What made the record unreadable; null for a readable one.</summary>
    public Fault? Fault { get; set; }
}

/// <summary>One operator of a profile update with its operands.</summary>
public sealed record ProfileOperation(ProfileOperator Operator, IReadOnlyList<Property> Properties);

/// <summary>A profile update as a client sent it; all of its operations are taken, or none.</summary>
public sealed class SubmittedProfileUpdate
{
    /// <summary>The public token it carried.</summary>
    public string? Token { get; set; }

    /// <summary>Whose profile.</summary>
    public string? DistinctId { get; set; }

    /// <summary>When the change was made; null means on arrival.</summary>
    public Instant? Time { get; set; }

    /// <summary>Whether something stood where the time belongs that is no time.</summary>
    public bool IsTimeInvalid { get; set; }

    /// <summary>Do not touch <c>$last_seen</c>.</summary>
    public bool IgnoreTime { get; set; }

    /// <summary>Take the id literally.</summary>
    public bool IgnoreAlias { get; set; }

    /// <summary>Length of the record as it was sent; 0 when unknown.</summary>
    public int SizeBytes { get; set; }

    /// <summary>What to do, in the order it was written.</summary>
    public List<ProfileOperation> Operations { get; init; } = [];

    /// <summary>What made the record unreadable; null for a readable one.</summary>
    public Fault? Fault { get; set; }
}

/// <summary>Why a record could not be read.</summary>
/// <param name="Reason">The reason it is counted under.</param>
/// <param name="Field">The field by its path in the record; empty for the record itself.</param>
/// <param name="Message">A whole sentence for the sender.</param>
public sealed record Fault(DropReason Reason, string Field, string Message);

/// <summary>What one way in asks of an event.</summary>
public sealed record IntakeRules
{
    /// <summary>Client SDKs: time and insert id may be missing, and events may only be a few days old.</summary>
    public static IntakeRules Track { get; } = new() { IsRecentOnly = true };

    /// <summary>Servers that want to hear of every fault.</summary>
    public static IntakeRules StrictImport { get; } = new() { IsStrict = true, MarksImported = true };

    /// <summary>Older importers: as much is taken as can be.</summary>
    public static IntakeRules LenientImport { get; } = new() { MarksImported = true };

    /// <summary>Our own message events.</summary>
    public static IntakeRules Internal { get; } = new() { KeepsTime = true };

    /// <summary>Whether time, distinct id and a well-formed insert id are required, and times far ahead refused.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Whether older events are dropped.</summary>
    public bool IsRecentOnly { get; init; }

    /// <summary>Whether <c>$import</c> is put on every event.</summary>
    public bool MarksImported { get; init; }

    /// <summary>Whether a time ahead of our clock is kept; otherwise it becomes now.</summary>
    public bool KeepsTime { get; init; }
}

/// <summary>One record that was not taken.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Reason">Why.</param>
/// <param name="Field">The field by its path in the record; empty for the record itself.</param>
/// <param name="Message">A whole sentence for the sender.</param>
/// <param name="Key">The event's insert id or the update's distinct id, when it could be read.</param>
public sealed record RefusedRecord(int Index, DropReason Reason, string Field, string Message, string? Key)
{
    /// <summary>
    /// Whether the record was well formed and dropped all the same: the token is unknown, the event too old, or the client
    /// asked for it. A client SDK is not told, so that it does not send it for ever.
    /// </summary>
    public bool IsSilent => Reason is DropReason.UnknownToken or DropReason.TooOld or DropReason.Ignored or DropReason.DroppedByLexicon;
}

/// <summary>What became of a request.</summary>
/// <param name="AcceptedCount">Records that are now durable.</param>
/// <param name="Refused">The others, by index.</param>
public sealed record IntakeReport(int AcceptedCount, IReadOnlyList<RefusedRecord> Refused)
{
    /// <summary>Whether at least one record was well formed, stored or not.</summary>
    public bool HasValid => AcceptedCount > 0 || Refused.Any(record => record.IsSilent);
}

/// <summary>The way in for records that other systems send: every one is judged, the good ones are kept, each drop is counted.</summary>
public interface IIntake
{
    /// <summary>Takes events; durable when the task completes.</summary>
    /// <param name="project">The project the request was authenticated for; null when each event names it by token.</param>
    /// <param name="events">In the order sent; they are not to be used afterwards.</param>
    /// <param name="rules">What this way in asks.</param>
    /// <param name="cancellationToken">Cancels waiting; what was already handed to the store stays.</param>
    /// <exception cref="StoreUnavailableException">The store cannot write; the sender should try again later.</exception>
    Task<IntakeReport> AcceptEventsAsync(Project? project, IReadOnlyList<SubmittedEvent> events, IntakeRules rules, CancellationToken cancellationToken);

    /// <summary>Takes profile updates; durable when the task completes.</summary>
    /// <param name="project">The project the request was authenticated for; null when each update names it by token.</param>
    /// <param name="updates">In the order sent; they are not to be used afterwards.</param>
    /// <param name="cancellationToken">Cancels waiting; what was already handed to the store stays.</param>
    /// <exception cref="StoreUnavailableException">The store cannot write; the sender should try again later.</exception>
    Task<IntakeReport> AcceptProfileUpdatesAsync(Project? project, IReadOnlyList<SubmittedProfileUpdate> updates, CancellationToken cancellationToken);

    /// <summary>Counts records that were refused before they could be read one by one, such as a broken body.</summary>
    void CountRefused(ProjectId project, DropReason reason, int recordCount);

    /// <summary>An id that stands in for a missing one: the same for the same address within a project, and not to be turned back.</summary>
    string DistinctIdOfAddress(string token, System.Net.IPAddress address);
}
