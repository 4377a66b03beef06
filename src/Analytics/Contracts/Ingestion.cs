using Rondo.Model.Events;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>Why a record did not become an event. A closed set; every drop is counted under one of them.</summary>
/// <remarks>The numbers are kept with the counters; they may be added to, never changed.</remarks>
public enum DropReason
{
    /// <summary>The token names no project.</summary>
    UnknownToken = 1,

    /// <summary>Not an object, or not of the expected shape.</summary>
    Malformed = 2,

    /// <summary>The event has no name.</summary>
    MissingName = 3,

    /// <summary>No usable id where one is required.</summary>
    MissingDistinctId = 4,

    /// <summary>An id from the list of ids that mean nobody ("null", "undefined", …).</summary>
    MeaninglessId = 5,

    /// <summary>The time is missing where required, or not a time.</summary>
    InvalidTime = 6,

    /// <summary>Older than /track takes.</summary>
    TooOld = 7,

    /// <summary>Further in the future than is taken.</summary>
    InFuture = 8,

    /// <summary>The insert id is missing where required, or malformed.</summary>
    InvalidInsertId = 9,

    /// <summary>Too many properties, too deep, or too large.</summary>
    TooLarge = 10,

    /// <summary>The client marked it with $ignore.</summary>
    Ignored = 11,

    /// <summary>A profile update without a known operator.</summary>
    UnknownOperator = 12,

    /// <summary>An operand that does not fit its operator.</summary>
    InvalidOperand = 13,

    /// <summary>The project has dropped events of this name in its lexicon.</summary>
    DroppedByLexicon = 14,
}

/// <summary>How many records of a project were taken and dropped since the server first started.</summary>
public sealed record IngestionCounts(long Events, long ProfileUpdates, IReadOnlyDictionary<DropReason, long> Dropped);

/// <summary>The way into a project for records that are already well formed: our own message events, the sample company.</summary>
public interface IIngestion
{
    /// <summary>Takes them through the same pipeline as everybody's; durable when the task completes.</summary>
    Task<LogPosition> AcceptAsync(ProjectId project, IReadOnlyList<TrackedEvent> events, IReadOnlyList<ProfileUpdate> profileUpdates, CancellationToken cancellationToken);

    /// <summary>The counters, for the Events page and metrics.</summary>
    IngestionCounts CountsOf(ProjectId project);
}
