using System.Collections;
using System.Numerics;

namespace Rondo.Model.Stores;

/// <summary>
/// A store's number for an id: small, dense, never reused within a project. A person's number is that of the canonical
/// id (the user, once a device is merged into one).
/// </summary>
public readonly record struct PersonNumber(int Value) : IComparable<PersonNumber>
{
    /// <inheritdoc/>
    public int CompareTo(PersonNumber other) => Value.CompareTo(other.Value);
}

/// <summary>An immutable set of persons, one bit each. Thread-safe.</summary>
public sealed class PersonSet : IReadOnlyCollection<PersonNumber>, IEquatable<PersonSet>
{
    private readonly ulong[] _words;

    private PersonSet(ulong[] words)
    {
        _words = words;
        Count = words.Sum(word => BitOperations.PopCount(word));
    }

    /// <summary>Nobody.</summary>
    public static PersonSet Empty { get; } = new([]);

    /// <summary>How many persons.</summary>
    public int Count { get; }

    /// <summary>The bits, 64 persons a word, lowest number first; trailing words may be zero or missing.</summary>
    public ReadOnlySpan<ulong> Words => _words;

    /// <summary>The set of these persons; repetitions count once.</summary>
    public static PersonSet Of(IEnumerable<PersonNumber> persons)
    {
        var builder = new Builder();
        foreach (var person in persons)
        {
            builder.Add(person);
        }

        return builder.Build();
    }

    /// <summary>The set with these bits, which are copied.</summary>
    public static PersonSet OfWords(ReadOnlySpan<ulong> words) => new(words.ToArray());

    /// <summary>Whether a person is in it.</summary>
    public bool Contains(PersonNumber person)
    {
        var word = person.Value >> 6;
        return word < _words.Length && (_words[word] & (1UL << (person.Value & 63))) != 0;
    }

    /// <summary>Persons in either set.</summary>
    public PersonSet Or(PersonSet other) => Combine(other, Math.Max(_words.Length, other._words.Length), static (left, right) => left | right);

    /// <summary>Persons in both sets.</summary>
    public PersonSet And(PersonSet other) => Combine(other, Math.Min(_words.Length, other._words.Length), static (left, right) => left & right);

    /// <summary>Persons in this set and not in the other.</summary>
    public PersonSet Except(PersonSet other) => Combine(other, _words.Length, static (left, right) => left & ~right);

    /// <inheritdoc/>
    public bool Equals(PersonSet? other) => other is not null && Count == other.Count && And(other).Count == Count;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PersonSet);

    /// <inheritdoc/>
    public override int GetHashCode() => Count;

    /// <summary>The persons by ascending number.</summary>
    public IEnumerator<PersonNumber> GetEnumerator()
    {
        for (var index = 0; index < _words.Length; index++)
        {
            for (var word = _words[index]; word != 0; word &= word - 1)
            {
                yield return new PersonNumber((index << 6) + BitOperations.TrailingZeroCount(word));
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private PersonSet Combine(PersonSet other, int length, Func<ulong, ulong, ulong> combine)
    {
        var words = new ulong[length];
        for (var index = 0; index < length; index++)
        {
            words[index] = combine(index < _words.Length ? _words[index] : 0, index < other._words.Length ? other._words[index] : 0);
        }

        return new PersonSet(words);
    }

    /// <summary>Collects persons; not thread-safe.</summary>
    public sealed class Builder
    {
        private ulong[] _words = new ulong[16];

        /// <summary>Adds a person; adding again changes nothing.</summary>
        public void Add(PersonNumber person)
        {
            var word = person.Value >> 6;
            if (word >= _words.Length)
            {
                Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
            }

            _words[word] |= 1UL << (person.Value & 63);
        }

        /// <summary>Adds everyone another builder holds.</summary>
        public void AddAll(Builder other)
        {
            if (other._words.Length > _words.Length)
            {
                Array.Resize(ref _words, other._words.Length);
            }

            for (var index = 0; index < other._words.Length; index++)
            {
                _words[index] |= other._words[index];
            }
        }

        /// <summary>The set so far.</summary>
        public PersonSet Build() => new((ulong[])_words.Clone());
    }
}
