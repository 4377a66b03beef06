using System.Collections.Immutable;
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

    /// <summary>The name of the edge of a session that this stands for; null for an event.</summary>
    public string? Edge { get; init; }

    /// <summary>The event at the edge; null for an event.</summary>
    public Happening? Of { get; init; }

    /// <summary>At the edge of a session: seconds from its first to its last event, none while it has no end, and how many events it holds.</summary>
    public (double? Seconds, int Count) Session { get; init; }

    public PropertyValue this[string property] => (Edge, property) switch
    {
        (not null, "$duration_s") => Session.Seconds is { } seconds ? PropertyValue.Of(seconds) : PropertyValue.Null,
        (not null, "$event_count") => PropertyValue.Of(Session.Count),
        _ => Event.Properties.FirstOrDefault(found => found.Name == property).Value,
    };
}

/// <summary>Everything that was ingested, in plain lists: the naive truth that stores are compared with.</summary>
internal sealed class OracleEvents
{
    private readonly List<TrackedEvent> _arrived = [];
    private readonly Dictionary<string, int> _ages = [];
    private int _met;
    private readonly Dictionary<string, string> _userOfDevice = [];
    private readonly Dictionary<string, Dictionary<string, PropertyValue>> _profiles = [];
    private readonly HashSet<string> _unknown = [];
    private List<Happening>? _happenings;

    public void Append(IngestBatch batch)
    {
        _happenings = null;
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

    /// <summary>As if the person had never been; an id that comes again is somebody new.</summary>
    public void Erase(string distinctId)
    {
        var person = PersonOf(distinctId);
        var ids = _ages.Keys.Where(id => PersonOf(id) == person).ToHashSet();
        _arrived.RemoveAll(tracked => ids.Contains(tracked.DistinctId));
        foreach (var id in ids)
        {
            _ages.Remove(id);
            _userOfDevice.Remove(id);
            _profiles.Remove(id);
        }
    }

    private void Meet(string? id)
    {
        if (!string.IsNullOrEmpty(id))
        {
            _ages.TryAdd(id, _met++);
        }
    }

    /// <summary>What was known before a moment: its events, everyone who is known by a profile alone, and today's profiles and merges.</summary>
    public OracleEvents Before(Instant moment)
    {
        var before = new OracleEvents();
        before._arrived.AddRange(_arrived.Where(tracked => tracked.Time < moment));
        foreach (var (device, user) in _userOfDevice)
        {
            before._userOfDevice.Add(device, user);
        }

        foreach (var (id, age) in _ages)
        {
            before._ages.Add(id, age);
        }

        var late = _arrived.Where(tracked => tracked.Time >= moment).Select(tracked => PersonOf(tracked.DistinctId)).Except(before._arrived.Select(tracked => PersonOf(tracked.DistinctId))).ToHashSet();
        foreach (var (person, profile) in _profiles)
        {
            before._profiles.Add(person, profile);
        }

        before._unknown.UnionWith(late);
        return before;
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
        [.. _arrived.Select(tracked => PersonOf(tracked.DistinctId)).Where(person => person.Length > 0).Concat(_profiles.Keys.Where(id => PersonOf(id) == id)).Except(_unknown)];

    public bool Matches(Happening happening, EventSelector selector, Predicate? global, QueryContext context, Func<int, HashSet<string>> cohorts) =>
        IsOneOf(happening, selector, context, cohorts)
        && (!selector.FirstTime || IsFirst(happening, selector, context, cohorts))
        && (global is null || Matches(happening, global, context, cohorts));

    private bool IsOneOf(Happening happening, EventSelector selector, QueryContext context, Func<int, HashSet<string>> cohorts)
    {
        var isNamed = selector.Custom is { } custom
            ? context.Lexicon.CustomEvents.GetValueOrDefault(custom, []).Any(member => IsOneOf(happening, member, context, cohorts))
            : selector.AnyOf.IsDefaultOrEmpty
                ? selector.Event is null ? context.Lexicon.IsActivity(happening.Name) : selector.Event == happening.Name
                : selector.AnyOf.Any(member => IsOneOf(happening, member, context, cohorts));
        return isNamed && (selector.Filter is null || Matches(happening, selector.Filter, context, cohorts));
    }

    private bool IsFirst(Happening happening, EventSelector selector, QueryContext context, Func<int, HashSet<string>> cohorts) =>
        happening.Person.Length > 0
        && happening.Time == (_happenings ??= Happenings()).Where(other => other.Person == happening.Person && IsOneOf(other, selector, context, cohorts)).Min(other => other.Time);

    public bool Matches(Happening happening, Predicate predicate, QueryContext context, Func<int, HashSet<string>> cohorts) => predicate switch
    {
        AllPredicate all => all.Of.All(part => Matches(happening, part, context, cohorts)),
        AnyPredicate any => any.Of.Any(part => Matches(happening, part, context, cohorts)),
        NotPredicate not => !Matches(happening, not.Of, context, cohorts),
        PropertyPredicate property => PropertyMatch.Matches(ValueOf(happening, property.Source, property.Property, context), property, context),
        CohortPredicate cohort => cohorts(cohort.Cohort.Value).Contains(happening.Person) == cohort.IsMember,
        _ => throw new InvalidOperationException("not an event filter"),
    };

    /// <summary>Every segment an event belongs to: the combinations of what each breakdown gives.</summary>
    public HashSet<Segment> SegmentsOf(Happening happening, ImmutableArray<Breakdown> breakdowns, QueryContext context, Func<int, HashSet<string>> cohorts, IEnumerable<Happening> all)
    {
        IEnumerable<ImmutableArray<SegmentPart>> combinations = [[]];
        foreach (var breakdown in breakdowns)
        {
            var parts = PartsOf(happening, breakdown, context, cohorts, all).Distinct().ToList();
            combinations = combinations.SelectMany(before => parts.Select(part => before.Add(part))).ToList();
        }

        return [.. combinations.Select(parts => Segment.Of(parts))];
    }

    private IEnumerable<SegmentPart> PartsOf(Happening happening, Breakdown breakdown, QueryContext context, Func<int, HashSet<string>> cohorts, IEnumerable<Happening> all)
    {
        if (breakdown.IsByCohort)
        {
            return breakdown.Cohorts.Select(cohort => new SegmentPart(cohorts(cohort.Value).Contains(happening.Person) ? SegmentKind.InCohort : SegmentKind.NotInCohort, cohort.ToString()));
        }

        var buckets = breakdown.Buckets;
        if (buckets is AutoBuckets)
        {
            var numbers = all.SelectMany(other => Items(ValueOf(other, breakdown.Source, breakdown.Property, context))).Where(value => value.Kind == PropertyKind.Number).Select(value => value.Number).ToList();
            buckets = numbers.Count == 0 ? new EvenBuckets(1, 0, 1) : AutoBuckets.For(numbers.Min(), numbers.Max());
        }

        return Items(ValueOf(happening, breakdown.Source, breakdown.Property, context)).DefaultIfEmpty(PropertyValue.Null)
            .Select(value => SegmentPart.Of(buckets is null ? value.ToText() : buckets.LabelOf(value, context.Calendar)));
    }

    /// <summary>Whether everything that a person does has the same value.</summary>
    public static bool IsOfPerson(PropertySource source, string property, QueryContext context) => source switch
    {
        PropertySource.Event => false,
        PropertySource.User => true,
        _ => Model.Expressions.Expression.Of(source, property, context.Lexicon)?.UsesEvent != true,
    };

    public PropertyValue ValueOf(Happening happening, PropertySource source, string property, QueryContext context) =>
        new Subject(this, happening.Person, happening).ValueOf(source, property, context);

    public PropertyValue ValueOf(string person, PropertySource source, string property, QueryContext context) =>
        new Subject(this, person, null).ValueOf(source, property, context);

    private sealed record Subject(OracleEvents Events, string Person, Happening? Happening) : IPropertySubject
    {
        public PropertyValue OfEvent(string property) => (Happening, property) switch
        {
            (null, _) => PropertyValue.Null,
            ({ } happening, BuiltInProperties.Time) => PropertyValue.Of(happening.Time),
            ({ } happening, BuiltInProperties.EventName) => PropertyValue.Of(happening.Name),
            _ => Happening[property],
        };

        public PropertyValue OfUser(string property) => Events.Profile(Person, property);
    }

    private static ImmutableArray<PropertyValue> Items(PropertyValue value) => value.Kind == PropertyKind.List ? value.Items : [value];
}
