using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Model.Stores;

/// <summary>
/// One project's events, profiles and identities. Thread-safe. Every question sees all batches acknowledged before it was
/// asked, each event once whatever was resent, and every device as the user it was merged into.
/// </summary>
/// <remarks>Questions are given checked: a query with problems (see <see cref="QueryProblems"/>) is a bug of the caller.</remarks>
public interface IEventStore : IAsyncDisposable
{
    /// <summary>The last batch that questions see.</summary>
    LogPosition Position { get; }

    /// <summary>
    /// Makes a batch durable and visible. When the task completes the batch survives a kill of the process; when it fails or
    /// is cancelled the batch may or may not be kept, and resending it is safe where events carry an insert id.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The disk refused; nothing of the batch is kept, or the message says that this is not known.</exception>
    ValueTask<LogPosition> AppendAsync(IngestBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Batches after a position, oldest first; waits for more and ends only by cancellation. Batches older than the log's
    /// retention are gone: then reading starts at the oldest one kept.
    /// </summary>
    IAsyncEnumerable<LoggedBatch> ReadLogAsync(LogPosition after, CancellationToken cancellationToken);

    /// <summary>
    /// The next batches after a position as they are now, oldest first, at most <paramref name="limit"/>; waits for nothing.
    /// A first position that is not the next one tells that those in between are gone.
    /// </summary>
    Task<IReadOnlyList<LoggedBatch>> LoggedAfterAsync(LogPosition after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// The insert id under which an event with this one is given back once the log has let go of it; null for null. The same
    /// for both, so it names an event wherever it is read from.
    /// </summary>
    string? KeptInsertId(string? insertId);

    /// <summary>Answers an Insights report.</summary>
    Task<InsightsResult> InsightsAsync(InsightsQuery query, QueryContext context, CancellationToken cancellationToken);

    /// <summary>Answers a Funnels report.</summary>
    Task<FunnelResult> FunnelAsync(FunnelQuery query, QueryContext context, CancellationToken cancellationToken);

    /// <summary>Answers a Retention report.</summary>
    Task<RetentionResult> RetentionAsync(RetentionQuery query, QueryContext context, CancellationToken cancellationToken);

    /// <summary>Answers the frequency view of a Retention report.</summary>
    Task<FrequencyResult> FrequencyAsync(FrequencyQuery query, QueryContext context, CancellationToken cancellationToken);

    /// <summary>Answers a Flows report.</summary>
    Task<FlowResult> FlowAsync(FlowQuery query, QueryContext context, CancellationToken cancellationToken);

    /// <summary>The persons that a point of a report counts.</summary>
    Task<PersonSet> PeopleAtAsync(ReportPoint point, QueryContext context, CancellationToken cancellationToken);

    /// <summary>The persons (with an event or a profile) that match a filter on persons.</summary>
    Task<PersonSet> PeopleWhereAsync(Predicate where, QueryContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Takes out what is known of some persons (null: of everyone) as of now. Costs about as much as reading their events; an
    /// excerpt of everyone copies nothing. Numbers that are nobody, or a merged device, have no part in any answer.
    /// </summary>
    Task<IPeopleExcerpt> ExcerptAsync(IReadOnlyCollection<PersonNumber>? persons, CancellationToken cancellationToken);

    /// <summary>Everyone: each canonical id with an event or a profile.</summary>
    Task<PersonSet> EveryoneAsync(CancellationToken cancellationToken);

    /// <summary>The canonical distinct ids of persons, in the given order; a number never given out gives an empty string.</summary>
    IReadOnlyList<string> DistinctIdsOf(IEnumerable<PersonNumber> persons);

    /// <summary>The person behind any id of its cluster; null when the id was never seen.</summary>
    PersonNumber? FindPerson(string distinctId);

    /// <summary>The number given to an id itself, whoever it means by now; null when the id was never seen, or is forgotten.</summary>
    PersonNumber? FindNumber(string distinctId);

    /// <summary>Every id of the clusters of persons, each given by any id of its cluster; none for an id never seen.</summary>
    IReadOnlyList<string> IdsOf(IReadOnlyCollection<string> distinctIds);

    /// <summary>The profile of a person by any id of its cluster; null when there is none.</summary>
    IReadOnlyDictionary<string, PropertyValue>? FindProfile(string distinctId);

    /// <summary>
    /// A person's events newest first, at most <paramref name="limit"/>, those strictly before <paramref name="before"/>
    /// (null: from the newest), under any id of the cluster. Duplicates are left out.
    /// </summary>
    Task<IReadOnlyList<TrackedEvent>> TimelineAsync(string distinctId, Instant? before, int limit, CancellationToken cancellationToken);

    /// <summary>The events of all persons in a window, newest first, at most <paramref name="limit"/>; null name means all.</summary>
    Task<IReadOnlyList<TrackedEvent>> RecentEventsAsync(string? name, TimeWindow window, int limit, CancellationToken cancellationToken);

    /// <summary>Every event in a window, of these names (empty: all), in no particular order, duplicates left out.</summary>
    IAsyncEnumerable<TrackedEvent> ExportAsync(IReadOnlyCollection<string> names, TimeWindow window, CancellationToken cancellationToken);

    /// <summary>Every event name with its number of rows and span of time, most rows first. Rows may include duplicates.</summary>
    Task<IReadOnlyList<EventSummary>> EventNamesAsync(CancellationToken cancellationToken);

    /// <summary>The properties seen on an event (null: on any event), or on profiles, by name.</summary>
    Task<IReadOnlyList<PropertySummary>> PropertiesAsync(PropertySource source, string? eventName, CancellationToken cancellationToken);

    /// <summary>
    /// How much each property of events (or profiles) is used, by name. Reads every value, O(events · properties): for a look at
    /// what is tracked, not for every keystroke.
    /// </summary>
    Task<IReadOnlyList<PropertyUsage>> PropertyUsageAsync(PropertySource source, CancellationToken cancellationToken);

    /// <summary>
    /// Copies everything acknowledged before the call into a folder, which is made and may not exist yet. Nothing waits for
    /// it: events are taken and questions answered meanwhile.
    /// </summary>
    /// <returns>The last batch in the copy.</returns>
    Task<LogPosition> BackUpAsync(string directory, CancellationToken cancellationToken);

    /// <summary>
    /// Takes persons out for good, each by any id of its cluster: events, profile and ids, wherever they are kept. When the
    /// task completes nothing of them is left; when it fails, it may still be carried out. An id that is seen again later is a
    /// new person's. Writes the parts anew that hold events of them, which takes a while in a large store.
    /// </summary>
    Task<Erasure> EraseAsync(IReadOnlyCollection<string> distinctIds, CancellationToken cancellationToken);

    /// <summary>Days that events are kept, counted in UTC before today; null when they are kept for ever.</summary>
    int? RetentionDays { get; }

    /// <summary>How often, since the store was opened, events that had grown too old were dropped: whoever keeps an answer asks anew when it grows.</summary>
    long DropCount { get; }

    /// <summary>Keeps events for so many days (null: for ever). When the task completes older ones are gone; later ones go as they grow old.</summary>
    Task SetRetentionAsync(int? days, CancellationToken cancellationToken);

    /// <summary>Values of a property as text, most frequent first, at most <paramref name="limit"/>, containing <paramref name="search"/> whatever the case.</summary>
    Task<IReadOnlyList<string>> PropertyValuesAsync(PropertySource source, string? eventName, string property, string? search, int limit, QueryContext context, CancellationToken cancellationToken);
}

/// <summary>A batch with its place in the log.</summary>
public sealed record LoggedBatch(LogPosition Position, IngestBatch Batch);

/// <summary>What was taken out.</summary>
/// <param name="IdCount">Ids of the persons, their devices included.</param>
/// <param name="EventCount">Events.</param>
public sealed record Erasure(int IdCount, long EventCount);

/// <summary>What is known of an event name.</summary>
public sealed record EventSummary(string Name, long RowCount, Instant First, Instant Last);

/// <summary>What is known of a property: the kinds of value it has carried.</summary>
public sealed record PropertySummary(string Name, IReadOnlyList<PropertyKind> Kinds);

/// <summary>How much a property is used.</summary>
/// <param name="Name">The property.</param>
/// <param name="Kinds">The kinds of value it has carried.</param>
/// <param name="Count">Events (rows, which may include duplicates) or profiles that carry it.</param>
/// <param name="Last">When the latest event with it happened; null for profiles.</param>
public sealed record PropertyUsage(string Name, IReadOnlyList<PropertyKind> Kinds, long Count, Instant? Last);

/// <summary>The store cannot write: the disk is full or broken. The message says what and where, for the operator.</summary>
public sealed class StoreUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>
/// What a question needs cannot be read: a file is missing, cut off, of another format or not as it was written. The message names the file and
/// says what to do. Questions that do not need the file are answered.
/// </summary>
public sealed class StoreDamagedException(string message, Exception? innerException = null) : Exception(message, innerException);
