using Rondo.Model.Events;

namespace Rondo.Engine.Profiles;

/// <summary>A value of every person, as one question sees it. Read-only.</summary>
/// <param name="codes">Per person a number into the values; null where the values are by person.</param>
/// <param name="values">The distinct values, some perhaps of nobody, or those of each person.</param>
internal sealed class PersonColumn(int[]? codes, PropertyValue[] values)
{
    /// <summary>How many persons.</summary>
    public int Length => codes?.Length ?? values.Length;

    /// <summary>A person's value.</summary>
    public PropertyValue this[int person] => codes is null ? values[person] : values[codes[person]];

    /// <summary>A column without any value.</summary>
    public static PersonColumn Empty(int count) => new(new int[count], [PropertyValue.Null]);

    /// <summary>Something of every person's value, looked at once per distinct value where these are known.</summary>
    public T[] Map<T>(Converter<PropertyValue, T> of)
    {
        if (codes is null)
        {
            return Array.ConvertAll(values, of);
        }

        var ofValue = Array.ConvertAll(values, of);
        var result = new T[codes.Length];
        for (var person = 0; person < result.Length; person++)
        {
            result[person] = ofValue[codes[person]];
        }

        return result;
    }

    /// <summary>The same persons with other values.</summary>
    public PersonColumn Convert(Converter<PropertyValue, PropertyValue> of) => new(codes, Array.ConvertAll(values, of));
}
