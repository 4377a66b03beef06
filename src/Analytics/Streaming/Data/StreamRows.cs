using NodaTime;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.Streaming.Data;

/// <summary>A stream as stored.</summary>
internal sealed class StreamRow
{
    public int Id { get; set; }

    public required int ProjectId { get; set; }

    public required int ConnectionId { get; set; }

    public required string Name { get; set; }

    /// <summary>The choice as JSON.</summary>
    public required string Choice { get; set; }

    public required StreamFileFormat? Format { get; set; }

    public required long? FileIntervalMilliseconds { get; set; }

    public required StreamState State { get; set; }

    /// <summary>Changes whenever somebody changes something, so that whoever is sending takes notice.</summary>
    public required int Revision { get; set; }

    public required Instant CreatedAt { get; set; }

    /// <summary>Batches of the log up to here are dealt with.</summary>
    public required long Position { get; set; }

    /// <summary>The number of the file last begun; a number is spent before its file is written.</summary>
    public required long FileNumber { get; set; }

    public Instant? BackfillFrom { get; set; }

    /// <summary>What happened before this is sent.</summary>
    public Instant? BackfillReachedAt { get; set; }

    public Instant? BackfillEnd { get; set; }

    public required long Sent { get; set; }

    public required long Anonymous { get; set; }

    public required long Incomplete { get; set; }

    public required long Refused { get; set; }

    public required long LostBatches { get; set; }

    public Instant? LastSentAt { get; set; }

    /// <summary>Not to be tried before; null: as soon as possible.</summary>
    public Instant? NextAt { get; set; }

    /// <summary>Since when nothing was taken; null when the last attempt went well.</summary>
    public Instant? FailingSince { get; set; }

    /// <summary>Whether somebody said that events that are refused one after the other are to be passed over.</summary>
    public required bool SkipsRefused { get; set; }

    /// <summary>Attempts that failed since one went well.</summary>
    public required int FailureCount { get; set; }

    public Instant? TroubleAt { get; set; }

    public string? TroubleMessage { get; set; }

    public SyncAdvice? TroubleAdvice { get; set; }
}

/// <summary>Something that did not arrive.</summary>
internal sealed class StreamRecordRow
{
    public long Id { get; set; }

    public required int StreamId { get; set; }

    public required Instant At { get; set; }

    public required string EventId { get; set; }

    public required string Event { get; set; }

    public required string DistinctId { get; set; }

    public required StreamLoss Reason { get; set; }

    public required string Detail { get; set; }
}
