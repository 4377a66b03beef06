using System.Collections.Immutable;
using System.Numerics;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts;

/// <summary>
/// The members of one cohort in memory: a bit for each person, and for each member the second of entering. Changed by one
/// writer; read by anybody, who gets a snapshot. A page holds the seconds of 512 persons' members in order, so that a cohort of
/// few costs little: about 4 bytes a member, one bit a person, and 40 bytes for a page that has members.
/// </summary>
internal sealed class MemberTable
{
    private const int PersonsPerPage = 512;
    private const int WordsPerPage = PersonsPerPage / 64;

    private readonly Lock _gate = new();
    private ulong[] _words = [];
    private uint[]?[] _seconds = [];
    private int _count;
    private MembershipVersion _version;
    private Instant _computedAt;
    private CohortMembership? _snapshot;

    /// <param name="members">Who belongs.</param>
    /// <param name="seconds">In their order the second of entering.</param>
    /// <param name="version">The last change that is in it.</param>
    /// <param name="computedAt">The moment it is true of.</param>
    public MemberTable(PersonSet members, uint[] seconds, MembershipVersion version, Instant computedAt)
    {
        Grow(members.Words.Length * 64);
        members.Words.CopyTo(_words);
        _count = members.Count;
        var next = 0;
        for (var page = 0; page < _seconds.Length; page++)
        {
            var count = CountIn(page);
            if (count > 0)
            {
                _seconds[page] = seconds.AsSpan(next, count).ToArray();
                next += count;
            }
        }

        (_version, _computedAt) = (version, computedAt);
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Members, version and moment, which belong together. The same object until something changes.</summary>
    public CohortMembership Snapshot()
    {
        lock (_gate)
        {
            return _snapshot ??= new CohortMembership(_version, _computedAt, PersonSet.OfWords(_words.AsSpan().TrimEnd(0UL)));
        }
    }

    public bool Contains(PersonNumber person)
    {
        lock (_gate)
        {
            return Holds(person.Value);
        }
    }

    /// <summary>Of these persons those who are members.</summary>
    public bool[] AreMembers(IReadOnlyList<PersonNumber> persons)
    {
        lock (_gate)
        {
            var are = new bool[persons.Count];
            for (var index = 0; index < are.Length; index++)
            {
                are[index] = Holds(persons[index].Value);
            }

            return are;
        }
    }

    /// <summary>When a member entered, to the second; null for somebody who is no member.</summary>
    public Instant? SinceOf(PersonNumber person)
    {
        lock (_gate)
        {
            return Holds(person.Value) ? Instant.FromUnixTimeSeconds(_seconds[person.Value / PersonsPerPage]![RankOf(person.Value)]) : null;
        }
    }

    /// <summary>Everything that is written down, at one moment.</summary>
    public (CohortMembership Membership, uint[] Seconds) Export()
    {
        lock (_gate)
        {
            var seconds = new uint[_count];
            var next = 0;
            foreach (var page in _seconds)
            {
                page?.CopyTo(seconds, next);
                next += page?.Length ?? 0;
            }

            return (Snapshot(), seconds);
        }
    }

    /// <summary>Notes that the members are true of a later moment, too.</summary>
    public void ConfirmAt(Instant moment)
    {
        lock (_gate)
        {
            if (moment > _computedAt)
            {
                _computedAt = moment;
                _snapshot = _snapshot is null ? null : _snapshot with { ComputedAt = moment };
            }
        }
    }

    /// <summary>Lets persons enter and leave. Who is in already, or is not in, stays as they are.</summary>
    public void Apply(MembershipVersion version, Instant at, ImmutableArray<PersonNumber> entered, ImmutableArray<PersonNumber> left)
    {
        lock (_gate)
        {
            var second = SecondOf(at);
            foreach (var person in left)
            {
                Remove(person.Value);
            }

            if (!entered.IsEmpty)
            {
                Grow(entered[^1].Value + 1);
                foreach (var person in entered)
                {
                    Add(person.Value, second);
                }
            }

            (_version, _computedAt, _snapshot) = (version, at, null);
        }
    }

    public static uint SecondOf(Instant moment) => (uint)Math.Clamp(moment.ToUnixTimeSeconds(), 0, uint.MaxValue);

    private void Add(int person, uint second)
    {
        if (Holds(person))
        {
            return;
        }

        var page = person / PersonsPerPage;
        var rank = RankOf(person);
        var before = _seconds[page] ?? [];
        var after = new uint[before.Length + 1];
        before.AsSpan(0, rank).CopyTo(after);
        after[rank] = second;
        before.AsSpan(rank).CopyTo(after.AsSpan(rank + 1));
        _seconds[page] = after;
        _words[person >> 6] |= 1UL << (person & 63);
        _count++;
    }

    private void Remove(int person)
    {
        if (!Holds(person))
        {
            return;
        }

        var page = person / PersonsPerPage;
        var rank = RankOf(person);
        var before = _seconds[page]!;
        if (before.Length == 1)
        {
            _seconds[page] = null;
        }
        else
        {
            var after = new uint[before.Length - 1];
            before.AsSpan(0, rank).CopyTo(after);
            before.AsSpan(rank + 1).CopyTo(after.AsSpan(rank));
            _seconds[page] = after;
        }

        _words[person >> 6] &= ~(1UL << (person & 63));
        _count--;
    }

    private bool Holds(int person) => person >> 6 < _words.Length && (_words[person >> 6] & (1UL << (person & 63))) != 0;

    /// <summary>How many members of the same page come before a person.</summary>
    private int RankOf(int person)
    {
        var rank = BitOperations.PopCount(_words[person >> 6] & ((1UL << (person & 63)) - 1));
        for (var word = person / PersonsPerPage * WordsPerPage; word < person >> 6; word++)
        {
            rank += BitOperations.PopCount(_words[word]);
        }

        return rank;
    }

    private int CountIn(int page)
    {
        var count = 0;
        for (var word = page * WordsPerPage; word < (page + 1) * WordsPerPage; word++)
        {
            count += BitOperations.PopCount(_words[word]);
        }

        return count;
    }

    private void Grow(int personCount)
    {
        var pages = (personCount + PersonsPerPage - 1) / PersonsPerPage;
        if (pages > _seconds.Length)
        {
            pages = Math.Max(pages, _seconds.Length + (_seconds.Length / 4));
            Array.Resize(ref _seconds, pages);
            Array.Resize(ref _words, pages * WordsPerPage);
        }
    }
}
