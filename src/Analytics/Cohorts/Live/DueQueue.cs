using NodaTime;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts.Live;

/// <summary>
/// Who must be looked at when, though nothing happens: persons by the instant at which time alone may change something. Built
/// anew by full computations, so it is nowhere written down. Entries are never taken back; an old one costs a look.
/// </summary>
/// <remarks>
/// Most instants are edges of days or hours and shared by many persons. Where they are not (a date of the profile that grows
/// too old), those far away share the hour or the minute before: looked at then, a person gets a nearer instant. So there are
/// at most some <see cref="MostExactSlots"/> sets, each of at most a bit for each person.
/// </remarks>
internal sealed class DueQueue
{
    public const int MostExactSlots = 1024;

    private readonly SortedDictionary<Instant, Slot> _slots = [];

    /// <summary>The earliest instant; null when nothing is due ever.</summary>
    public Instant? Next => _slots.Count == 0 ? null : _slots.Keys.First();

    public int SlotCount => _slots.Count;

    /// <param name="at">When; after <paramref name="now"/>.</param>
    /// <param name="person">Whom to look at.</param>
    /// <param name="cohort">For which cohort.</param>
    /// <param name="now">The present.</param>
    public void Add(Instant at, PersonNumber person, CohortId cohort, Instant now)
    {
        if (!_slots.TryGetValue(at, out var slot) && _slots.Count >= MostExactSlots)
        {
            at = Coarse(at, now);
            _slots.TryGetValue(at, out slot);
        }

        if (slot is null)
        {
            _slots.Add(at, slot = new Slot());
        }

        slot.Persons.Add(person);
        slot.Cohorts.Add(cohort);
    }

    /// <summary>Takes out everything due by an instant.</summary>
    public IReadOnlyList<Slot> TakeUntil(Instant now)
    {
        var taken = _slots.TakeWhile(pair => pair.Key <= now).ToList();
        foreach (var (at, _) in taken)
        {
            _slots.Remove(at);
        }

        return [.. taken.Select(pair => pair.Value)];
    }

    /// <summary>The persons due by an instant, for a cohort.</summary>
    public bool IsDue(PersonNumber person, CohortId cohort, Instant by) =>
        _slots.TakeWhile(pair => pair.Key <= by).Any(pair => pair.Value.Cohorts.Contains(cohort) && pair.Value.Persons.Contains(person));

    private static Instant Coarse(Instant at, Instant now)
    {
        var step = at - now > Duration.FromHours(1) ? 3_600_000 : at - now > Duration.FromMinutes(1) ? 60_000 : 0;
        var milliseconds = at.ToUnixTimeMilliseconds();
        if (step == 0)
        {
            // Near ones wait for a quarter of a second's others: a little late is soon enough, and there are few such slots.
            return Instant.FromUnixTimeMilliseconds((milliseconds + 249) / 250 * 250);
        }

        var coarse = Instant.FromUnixTimeMilliseconds(milliseconds / step * step);
        return coarse > now ? coarse : at;
    }

    /// <summary>What is due at one instant.</summary>
    internal sealed class Slot
    {
        public PersonBag Persons { get; } = new();

        public HashSet<CohortId> Cohorts { get; } = [];
    }
}

/// <summary>Persons: few as a set, many as a bit each.</summary>
internal sealed class PersonBag
{
    private const int Few = 4096;

    private readonly HashSet<PersonNumber> _few = [];
    private PersonBits? _many;

    public void Add(PersonNumber person)
    {
        if (_many is not null)
        {
            _many.Add(person);
        }
        else if (_few.Add(person) && _few.Count > Few)
        {
            _many = new PersonBits(_few);
            _few.Clear();
            _few.TrimExcess();
        }
    }

    public bool Contains(PersonNumber person) => _many?.Contains(person) ?? _few.Contains(person);

    /// <summary>Ascending.</summary>
    public IReadOnlyList<PersonNumber> ToList() => _many is null ? [.. _few.Order()] : [.. _many.ToSet()];
}
