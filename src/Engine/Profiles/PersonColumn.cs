namespace Rondo.Engine.Profiles;

/// <summary>Something of every person, as one question sees it. Read-only.</summary>
/// <param name="length">How many persons.</param>
/// <param name="codes">Per person a number into the values, for the first of all persons; null where the values are by person.</param>
/// <param name="values">The distinct values, some perhaps of nobody, or those of each of the first persons.</param>
/// <param name="ofOthers">The value of the persons after those.</param>
internal sealed class PersonColumn<T>(int length, int[]? codes, T[] values, T ofOthers)
{
    /// <summary>How many persons.</summary>
    public int Length => length;

    /// <summary>A person's value.</summary>
    public T this[int person]
    {
        get
        {
            if (codes is null)
            {
                return (uint)person < (uint)values.Length ? values[person] : ofOthers;
            }

            return (uint)person < (uint)codes.Length ? values[codes[person]] : ofOthers;
        }
    }

    /// <summary>The values of some persons of a block.</summary>
    /// <param name="firstPerson">The first person of the block.</param>
    /// <param name="places">Whose values, counted from the first person.</param>
    /// <param name="into">Become the values, at the same places.</param>
    public void Read(int firstPerson, ReadOnlySpan<int> places, Span<T> into)
    {
        var (its, others, ofPersons) = (values, ofOthers, codes);
        foreach (var place in places)
        {
            var person = (uint)(firstPerson + place);
            if (ofPersons is null)
            {
                into[place] = person < (uint)its.Length ? its[person] : others;
            }
            else
            {
                into[place] = person < (uint)ofPersons.Length ? its[ofPersons[person]] : others;
            }
        }
    }

    /// <summary>The same for everybody.</summary>
    public static PersonColumn<T> Of(int length, T value) => new(length, [], [], value);

    /// <summary>Of how many persons something is true.</summary>
    public long CountWhere(Converter<T, bool> isTrue)
    {
        var found = Convert(isTrue);
        return Enumerable.Range(0, length).LongCount(person => found[person]);
    }

    /// <summary>Something of every person's value, looked at once per distinct value where these are known.</summary>
    public PersonColumn<TOther> Convert<TOther>(Converter<T, TOther> of) => new(length, codes, Array.ConvertAll(values, of), of(ofOthers));
}
