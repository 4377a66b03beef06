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

    /// <summary>Of what is taken at a time, the many get at least one part in so many.</summary>
    private const int LeastShare = 4;

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

    /// <summary>
    /// Takes out what is due by an instant, about so many persons. The few go first: one whose moment comes does not wait for the
    /// many of a midnight, of whom some are taken each time and the others stay.
    /// </summary>
    public IReadOnlyList<(IReadOnlyList<PersonNumber> Persons, HashSet<CohortId> Cohorts)> TakeUntil(Instant now, int mostPersons)
    {
        var taken = new List<(IReadOnlyList<PersonNumber>, HashSet<CohortId>)>();
        var room = mostPersons;
        foreach (var (at, slot) in _slots.TakeWhile(pair => pair.Key <= now).OrderBy(pair => pair.Value.Persons.Count).ToList())
        {
            if (room <= 0)
            {
                break;
            }

            var persons = slot.Persons.Take(Math.Max(room, mostPersons / LeastShare));
            taken.Add((persons, slot.Cohorts));
            room -= persons.Count;
            if (slot.Persons.Count == 0)
            {
                _slots.Remove(at);
            }
        }

        return taken;
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

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    public void Add(PersonNumber person)
    {
        if (!(_many?.Add(person) ?? _few.Add(person)))
        {
            return;
        }

        Count++;
        if (_many is null && Count > Few)
        {
            _many = new PersonBits(_few);
            _few.Clear();
            _few.TrimExcess();
        }
    }

    public bool Contains(PersonNumber person) => _many?.Contains(person) ?? _few.Contains(person);

    /// <summary>Takes out at most so many, ascending.</summary>
    public IReadOnlyList<PersonNumber> Take(int most)
    {
        List<PersonNumber> taken = _many is null ? [.. _few.Order().Take(most)] : [.. _many.First(most)];
        foreach (var person in taken)
        {
            _ = _many?.Remove(person) ?? _few.Remove(person);
        }

        Count -= taken.Count;
        return taken;
    }
}
