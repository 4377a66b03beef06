using NodaTime;
using Rondo.Analytics.Streaming.Data;
using Rondo.Model.Events;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Streaming;

/// <summary>What a receiver needs to know of an event before it can be sent there.</summary>
/// <param name="Person">Somebody must have done it.</param>
/// <param name="ExternalId">Whoever a message event is about must have an id of the customer's.</param>
internal readonly record struct ReceiverNeeds(bool Person, bool ExternalId);

/// <summary>Turns events of the store into events on their way out; counts those that cannot be sent.</summary>
internal sealed class EventMapper(IEventStore store, EventSelection selection, ReceiverNeeds needs, string application)
{
    private const string TimeZoneProperty = "$timezone";

    /// <summary>The event as it is sent; null when it is not chosen, or cannot be sent, which is counted.</summary>
    /// <param name="tracked">The event.</param>
    /// <param name="place">What tells it from one just like it when neither has an insert id.</param>
    /// <param name="tally">Where it is counted.</param>
    public StreamedEvent? Map(TrackedEvent tracked, string place, StreamTally tally)
    {
        var selected = selection.Of(tracked.Name);
        if (selected is { Shape: null, IsProductEvent: false })
        {
            return null;
        }

        var person = tracked.DistinctId.Length == 0 ? string.Empty : CanonicalIdOf(tracked.DistinctId);
        var shape = selected.Shape is { } chosen && chosen.Fits(tracked, application) ? chosen : null;
        if ((shape is null && !selected.IsProductEvent) || (needs.Person && person.Length == 0))
        {
            tally.Incomplete++;
            return null;
        }

        if (shape is not null && needs.ExternalId && (person.Length == 0 || DeviceIds.IsDevice(person)))
        {
            tally.Anonymous++;
            return null;
        }

        var form = shape ?? CurrentsShape.Custom;
        return new StreamedEvent(
            EventIds.Of(application, tracked, store.KeptInsertId(tracked.InsertId), place),
            tracked,
            form,
            shape is null,
            person,
            form.Type.UserFields.Contains("timezone") ? TimeZoneOf(tracked, person) : null);
    }

    private string CanonicalIdOf(string distinctId) =>
        store.FindPerson(distinctId) is { } person && store.DistinctIdsOf([person])[0] is { Length: > 0 } canonical ? canonical : distinctId;

    private string? TimeZoneOf(TrackedEvent tracked, string person)
    {
        var own = tracked.Properties.FirstOrDefault(property => property.Name is "timezone" or TimeZoneProperty).Value;
        return own.IsSet ? own.ToText() : person.Length > 0 && store.FindProfile(person) is { } profile && profile.TryGetValue(TimeZoneProperty, out var known) ? known.ToText() : null;
    }
}

/// <summary>What became of a stretch of events.</summary>
internal sealed class StreamTally
{
    public long Sent { get; set; }

    public long Anonymous { get; set; }

    public long Incomplete { get; set; }

    public long LostBatches { get; set; }

    /// <summary>What did not arrive.</summary>
    public List<StreamRecordRow> Losses { get; } = [];

    public Instant? LastSentAt { get; set; }
}
