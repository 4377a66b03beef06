using System.Runtime.InteropServices;
using Rondo.Model.Events;

namespace Rondo.Engine.Profiles;

/// <summary>
/// One profile property of all persons. Most properties have few distinct values, so each person has a number into them (4 bytes,
/// and a question looks at each value once); where most persons have a value of their own, the values stand as they are.
/// </summary>
internal sealed class ProfileColumn
{
    /// <summary>Distinct values up to which numbers are kept in any case.</summary>
    private const int AlwaysCoded = 1024;

    /// <summary>Beyond that, one distinct value for so many persons: a value with its place in the dictionary takes about as much as three values.</summary>
    private const int PersonsForValue = 4;

    private readonly List<PropertyValue> _values = [PropertyValue.Null];
    private Dictionary<PropertyValue, int>? _codeOf = new() { [PropertyValue.Null] = 0 };
    private int[] _codes = [];
    private PropertyValue[] _plain = [];

    private bool IsCoded => _codeOf is not null;

    private int Length => IsCoded ? _codes.Length : _plain.Length;

    /// <summary>A person's value; null for one who has none.</summary>
    public PropertyValue this[int person] => person >= Length ? PropertyValue.Null : IsCoded ? _values[_codes[person]] : _plain[person];

    /// <param name="person">Whose value.</param>
    /// <param name="value">The value.</param>
    /// <param name="room">Persons to make room for when there is no room for this one.</param>
    public void Set(int person, PropertyValue value, int room)
    {
        if (person >= Length)
        {
            if (!value.IsSet)
            {
                return;
            }

            Grow(Math.Max(person + 1, room));
        }

        if (_codeOf is null)
        {
            _plain[person] = value;
            return;
        }

        ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(_codeOf, value, out var exists);
        if (!exists)
        {
            code = _values.Count;
            _values.Add(value);
        }

        _codes[person] = code;
        if (_values.Count > AlwaysCoded && _values.Count > _codes.Length / PersonsForValue)
        {
            GiveUpCodes();
        }
    }

    /// <summary>The values of persons 0 to <paramref name="count"/> as they are now.</summary>
    public PersonColumn Read(int count)
    {
        if (!IsCoded)
        {
            return new PersonColumn(null, Resized(_plain, count));
        }

        return new PersonColumn(Resized(_codes, count), [.. _values]);
    }

    /// <summary>The kinds of value in use.</summary>
    public IEnumerable<PropertyKind> Kinds()
    {
        var values = IsCoded ? _codes.Distinct().Select(code => _values[code]) : _plain;
        return values.Where(value => value.IsSet).Select(value => value.Kind).Distinct();
    }

    private static T[] Resized<T>(T[] values, int count)
    {
        var copy = new T[count];
        values.AsSpan(0, Math.Min(count, values.Length)).CopyTo(copy);
        return copy;
    }

    private void Grow(int length)
    {
        if (IsCoded)
        {
            Array.Resize(ref _codes, length);
        }
        else
        {
            Array.Resize(ref _plain, length);
        }
    }

    private void GiveUpCodes()
    {
        _plain = Array.ConvertAll(_codes, code => _values[code]);
        _codeOf = null;
        _codes = [];
        _values.Clear();
        _values.TrimExcess();
    }
}
