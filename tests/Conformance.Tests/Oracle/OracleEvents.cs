using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Profiles;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Conformance.Tests.Oracle;

/// <summary>An event as the oracle sees it: resolved, without duplicates, in order.</summary>
/// <param name="Person">The person's id.</param>
/// <param name="Event">As ingested.</param>
/// <param name="IdAge">How many ids were known before the event's own.</param>
/// <param name="Arrival">Its place in the order of acceptance.</param>
internal sealed record Happening(string Person, TrackedEvent Event, int IdAge, int Arrival)
{
    public string Name => Event.Name;

    public Instant Time => Event.Time;

    public PropertyValue this[string property] => Event.Properties.FirstOrDefault(found => found.Name == property).Value;
}

/// <summary>Everything that was ingested, in plain lists: the naive truth that stores are compared with.</summary>
internal sealed class OracleEvents
{
    private readonly List<TrackedEvent> _arrived = [];
    private readonly Dictionary<string, int> _ages = [];
    private readonly Dictionary<string, string> _userOfDevice = [];
    private readonly Dictionary<string, Dictionary<string, PropertyValue>> _profiles = [];

    public void Append(IngestBatch batch)
    {
        foreach (var tracked in batch.Events)
        {
            _arrived.Add(tracked);
            Meet(string.IsNullOrEmpty(tracked.DeviceId) ? null : DeviceIds.DistinctIdOf(tracked.DeviceId));
            Meet(tracked.UserId);
            Meet(tracked.DistinctId);
            if (!string.IsNullOrEmpty(tracked.DeviceId) && !string.IsNullOrEmpty(tracked.UserId))
            {
                _userOfDevice.TryAdd(DeviceIds.DistinctIdOf(tracked.DeviceId), tracked.UserId);
            }
        }

        foreach (var update in batch.ProfileUpdates)
        {
            Meet(update.DistinctId);
            var person = update.IgnoreAlias ? update.DistinctId : PersonOf(update.DistinctId);
            var profile = _profiles.GetValueOrDefault(person, []);
            if (ProfileOperations.Apply(profile, update))
            {
                _profiles[person] = profile;
            }
            else
            {
                _profiles.Remove(person);
            }
        }
    }

    private void Meet(string? id)
    {
        if (!string.IsNullOrEmpty(id))
        {
            _ages.TryAdd(id, _ages.Count);
        }
    }

    public string PersonOf(string distinctId) => _userOfDevice.GetValueOrDefault(distinctId, distinctId);

    public PropertyValue Profile(string person, string property) => _profiles.GetValueOrDefault(person)?.GetValueOrDefault(property) ?? PropertyValue.Null;

    /// <summary>All events by person's order: time, then the id that was known first, then arrival. Of events sent again the last arrival stands.</summary>
    public List<Happening> Happenings() =>
        [.. _arrived
            .Select((tracked, arrival) => (Tracked: tracked, Arrival: arrival))
            .GroupBy(arrived => arrived.Tracked.InsertId is null
                ? (object)arrived.Arrival
                : (arrived.Tracked.Name, arrived.Tracked.DistinctId, arrived.Tracked.Time, arrived.Tracked.InsertId))
            .Select(same => same.MaxBy(arrived => arrived.Arrival))
            .Select(arrived => new Happening(PersonOf(arrived.Tracked.DistinctId), arrived.Tracked, _ages.GetValueOrDefault(arrived.Tracked.DistinctId, -1), arrived.Arrival))
            .OrderBy(happening => happening.Time)
            .ThenBy(happening => happening.IdAge)
            .ThenBy(happening => happening.Arrival)];

    /// <summary>Everyone with an event or a profile; a merged device is nobody of its own.</summary>
    public HashSet<string> Everyone() =>
        [.. _arrived.Select(tracked => PersonOf(tracked.DistinctId)).Where(person => person.Length > 0).Concat(_profiles.Keys.Where(id => PersonOf(id) == id))];

    public bool Matches(Happening happening, EventSelector selector, Predicate? global, QueryContext context, Func<int, HashSet<string>> cohorts) =>
        selector.MatchesName(happening.Name)
        && (selector.Filter is null || Matches(happening, selector.Filter, context, cohorts))
        && (global is null || Matches(happening, global, context, cohorts));

    public bool Matches(Happening happening, Predicate predicate, QueryContext context, Func<int, HashSet<string>> cohorts) => predicate switch
    {
        AllPredicate all => all.Of.All(part => Matches(happening, part, context, cohorts)),
        AnyPredicate any => any.Of.Any(part => Matches(happening, part, context, cohorts)),
        NotPredicate not => !Matches(happening, not.Of, context, cohorts),
        PropertyPredicate { Source: PropertySource.Event } property => PropertyMatch.Matches(happening[property.Property], property, context.Calendar),
        PropertyPredicate property => PropertyMatch.Matches(Profile(happening.Person, property.Property), property, context.Calendar),
        CohortPredicate cohort => cohorts(cohort.Cohort.Value).Contains(happening.Person) == cohort.IsMember,
        _ => throw new InvalidOperationException("not an event filter"),
    };

    public Segment SegmentOf(Happening happening, Breakdown breakdown) =>
        Segment.Of((breakdown.Source == PropertySource.Event ? happening[breakdown.Property] : Profile(happening.Person, breakdown.Property)).ToText());
}
