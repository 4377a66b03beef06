using System.Text.Json.Serialization;
using NodaTime;
using Rondo.Model;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>Names a stream within its server; a positive number. The default (0) names none.</summary>
public readonly record struct StreamId(int Value)
{
    /// <summary>The number.</summary>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Which events a stream sends on; at least one of the two names something.</summary>
/// <param name="Types">
/// Types of Currents (<see cref="CurrentsCatalogue"/>), such as <c>users.messages.pushnotification.Open</c>, or families of them:
/// <c>users.messages.email.*</c>, <c>*</c>. Null or empty for none.
/// </param>
/// <param name="ProductEvents">Names of events that the catalogue does not know; <c>*</c> for all of them. Null or empty for none.</param>
public sealed record EventChoice(IReadOnlyList<string>? Types = null, IReadOnlyList<string>? ProductEvents = null)
{
    /// <summary>What stands for everything.</summary>
    public const string All = "*";

    /// <summary>Every message event, as Braze names the family.</summary>
    public static EventChoice MessageEvents { get; } = new(["users.messages.*", "users.campaigns.*", "users.canvas.*"]);
}

/// <summary>How files are written.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
public enum StreamFileFormat
{
    /// <summary>One JSON object a line, each as Currents sends it over HTTP.</summary>
    Ndjson = 1,

    /// <summary>Avro object container files, with the schemas of Currents' storage.</summary>
    Avro = 2,
}

/// <summary>Where a stream stands.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
public enum StreamState
{
    /// <summary>Sends what comes.</summary>
    Active = 1,

    /// <summary>Nothing is taken there until somebody has done something; it is tried every few minutes all the same.</summary>
    Halted = 2,

    /// <summary>Stopped by somebody.</summary>
    Paused = 3,
}

/// <summary>What of a stream can be chosen, and changed later.</summary>
/// <param name="Name">Unique within the project.</param>
/// <param name="Choice">Which events.</param>
/// <param name="Format">How files are written; null where no files are.</param>
/// <param name="FileInterval">The longest that an event waits for a file to be full, 1 s to 1 h; null takes 5 minutes. Files only.</param>
public sealed record StreamSettings(string Name, EventChoice Choice, StreamFileFormat? Format = null, Duration? FileInterval = null);

/// <summary>A stream to be made.</summary>
/// <param name="Connection">Where to: one that takes events (<see cref="ConnectionSettings.TakesEvents"/>).</param>
/// <param name="Settings">What and how.</param>
/// <param name="BackfillFrom">Events that happened since are sent too, however long they have been here; null begins now.</param>
public sealed record NewStream(ConnectionId Connection, StreamSettings Settings, Instant? BackfillFrom = null);

/// <summary>Events that are sent on to another place as they come.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Connection">Where to.</param>
/// <param name="Settings">What and how.</param>
/// <param name="State">Where it stands.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Counts">What became of the events so far.</param>
/// <param name="Lag">What waits to be sent.</param>
/// <param name="Backfill">How far sending the past has come; null when nothing of it was wanted.</param>
/// <param name="LastSentAt">When events were last accepted; null when none were yet.</param>
/// <param name="NextAt">When it is tried again; null when it is not waiting.</param>
/// <param name="Trouble">What went wrong last; null when the last attempt went well.</param>
public sealed record EventStream(
    StreamId Id,
    ConnectionId Connection,
    StreamSettings Settings,
    StreamState State,
    Instant CreatedAt,
    StreamCounts Counts,
    StreamLag Lag,
    StreamBackfill? Backfill,
    Instant? LastSentAt,
    Instant? NextAt,
    SyncTrouble? Trouble);

/// <summary>What became of the events.</summary>
/// <param name="Sent">Accepted at the other side. One that was sent again because an answer was lost counts once.</param>
/// <param name="Anonymous">Not sent: message events of people without an id of the customer's, where the other side wants one.</param>
/// <param name="Incomplete">Not sent: events without something that the other side requires.</param>
/// <param name="Refused">Sent, and refused for good; the record names them.</param>
/// <param name="LostBatches">Batches that the log had let go of before they could be sent.</param>
public sealed record StreamCounts(long Sent, long Anonymous, long Incomplete, long Refused, long LostBatches);

/// <summary>What waits to be sent, the backfill left out.</summary>
/// <param name="Events">Chosen events that have come and were not accepted yet.</param>
/// <param name="IsAtLeast">Whether there are more, which are not counted yet.</param>
/// <param name="Behind">How long the oldest of them has been here; zero when none waits.</param>
public sealed record StreamLag(long Events, bool IsAtLeast, Duration Behind)
{
    /// <summary>Nothing waits.</summary>
    public static StreamLag None { get; } = new(0, false, Duration.Zero);
}

/// <summary>How far the past has been sent.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="ReachedAt">What happened before this is sent.</param>
/// <param name="End">Where it ends; from here on events are sent as they come.</param>
public sealed record StreamBackfill(Instant From, Instant ReachedAt, Instant End)
{
    /// <summary>Whether all of it is sent.</summary>
    [JsonIgnore]
    public bool IsDone => ReachedAt >= End;
}

/// <summary>Why something did not arrive. A closed set.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
public enum StreamLoss
{
    /// <summary>The other side refused this event alone.</summary>
    Refused = 1,

    /// <summary>This event alone is larger than the other side takes.</summary>
    TooLarge = 2,

    /// <summary>Batches were gone from the log before they could be sent.</summary>
    Gone = 3,
}

/// <summary>A line of the record of what did not arrive.</summary>
/// <param name="At">When it was given up.</param>
/// <param name="EventId">The id under which it was sent; empty for batches that were gone.</param>
/// <param name="Event">The event's name; for batches how many.</param>
/// <param name="DistinctId">Whose it is; empty when nobody's.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">The other side's words.</param>
public sealed record StreamRecordLine(Instant At, string EventId, string Event, string DistinctId, StreamLoss Reason, string Detail);

/// <summary>Sends events on to other places, at least once and always under the same ids. Thread-safe.</summary>
public interface IEventStreams
{
    /// <summary>All of a project, newest first.</summary>
    Task<IReadOnlyList<EventStream>> ListAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>One; null when there is none.</summary>
    Task<EventStream?> FindAsync(ProjectId project, StreamId stream, CancellationToken cancellationToken);

    /// <summary>Makes one; it begins at once.</summary>
    Task<Outcome<EventStream>> CreateAsync(ProjectId project, NewStream stream, CancellationToken cancellationToken);

    /// <summary>Changes what it sends from now on.</summary>
    Task<Outcome<EventStream>> ChangeAsync(ProjectId project, StreamId stream, StreamSettings settings, CancellationToken cancellationToken);

    /// <summary>Stops it until it is resumed. Events wait for it as long as the log keeps them.</summary>
    Task<Outcome<EventStream>> PauseAsync(ProjectId project, StreamId stream, CancellationToken cancellationToken);

    /// <summary>Goes on where it was; one that is halted or waits is tried now.</summary>
    Task<Outcome<EventStream>> ResumeAsync(ProjectId project, StreamId stream, CancellationToken cancellationToken);

    /// <summary>Sends what happened since an instant again, or for the first time; ids stay, so a receiver takes each event once.</summary>
    Task<Outcome<EventStream>> BackfillAsync(ProjectId project, StreamId stream, Instant from, CancellationToken cancellationToken);

    /// <summary>Ends it with its record.</summary>
    Task<Outcome<EventStream>> RemoveAsync(ProjectId project, StreamId stream, CancellationToken cancellationToken);

    /// <summary>What did not arrive and why, oldest first.</summary>
    IAsyncEnumerable<StreamRecordLine> RecordAsync(ProjectId project, StreamId stream, CancellationToken cancellationToken);
}
