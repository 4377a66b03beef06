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

    /// <summary>Whether a question may be reading the array: the next change makes one anew.</summary>
    private bool _isShared;

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

        Own();
        if (_codeOf is null)
        {
            _plain[person] = value;
            return;
        }

        _codes[person] = CodeOf(_codeOf, value);
        GiveUpManyCodes();
    }

    /// <summary>Sets the values of many persons.</summary>
    /// <param name="first">Number of the person at place 0.</param>
    /// <param name="places">Whose values.</param>
    /// <param name="values">The distinct values.</param>
    /// <param name="codes">Per place 0, for no value, or 1 + the number of its value.</param>
    /// <param name="room">Persons to make room for.</param>
    public void Restore(int first, ushort[] places, PropertyValue[] values, ushort[] codes, int room)
    {
        if (Length < room)
        {
            Grow(room);
        }

        Own();
        if (_codeOf is null)
        {
            for (var index = 0; index < places.Length; index++)
            {
                _plain[first + places[index]] = codes[index] == 0 ? PropertyValue.Null : values[codes[index] - 1];
            }

            return;
        }

        int[] codeOf = [0, .. values.Select(value => CodeOf(_codeOf, value))];
        for (var index = 0; index < places.Length; index++)
        {
            _codes[first + places[index]] = codeOf[codes[index]];
        }

        GiveUpManyCodes();
    }

    /// <summary>The values of persons 0 to <paramref name="count"/> as they are now. Nothing is copied per person.</summary>
    public PersonColumn<PropertyValue> Read(int count)
    {
        _isShared = true;
        return IsCoded
            ? new PersonColumn<PropertyValue>(count, _codes, [.. _values], PropertyValue.Null)
            : new PersonColumn<PropertyValue>(count, null, _plain, PropertyValue.Null);
    }

    /// <summary>The kinds of value in use.</summary>
    public IEnumerable<PropertyKind> Kinds()
    {
        var values = IsCoded ? _codes.Distinct().Select(code => _values[code]) : _plain;
        return values.Where(value => value.IsSet).Select(value => value.Kind).Distinct();
    }

    /// <summary>Before a change: what questions read stays as it is.</summary>
    private void Own()
    {
        if (_isShared)
        {
            Grow(Length);
        }
    }

    private void Grow(int length)
    {
        // A new array even where the length stays.
        _isShared = false;
        if (IsCoded)
        {
            _codes = Longer(_codes, length);
        }
        else
        {
            _plain = Longer(_plain, length);
        }
    }

    private static T[] Longer<T>(T[] values, int length)
    {
        var longer = new T[length];
        values.CopyTo(longer, 0);
        return longer;
    }

    private int CodeOf(Dictionary<PropertyValue, int> codeOf, PropertyValue value)
    {
        ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(codeOf, value, out var exists);
        if (!exists)
        {
            code = _values.Count;
            _values.Add(value);
        }

        return code;
    }

    private void GiveUpManyCodes()
    {
        if (_values.Count <= AlwaysCoded || _values.Count <= _codes.Length / PersonsForValue)
        {
            return;
        }

        _isShared = false;
        _plain = Array.ConvertAll(_codes, code => _values[code]);
        _codeOf = null;
        _codes = [];
        _values.Clear();
        _values.TrimExcess();
    }
}
