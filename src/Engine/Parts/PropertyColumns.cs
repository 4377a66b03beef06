using Rondo.Model.Events;

namespace Rondo.Engine.Parts;

/// <summary>
/// The values of one property over the rows of a run: text by number into a list of distinct texts, numbers as they are,
/// and everything else (booleans, lists, objects) by number into a list of distinct values. Most properties have one of
/// the three; a property whose type drifted has several, and each row a value in at most one.
/// </summary>
internal sealed class PropertyColumns(CodedColumn? texts, CodedColumn? others, NumberColumn? numbers)
{
    public CodedColumn? Texts => texts;

    public CodedColumn? Others => others;

    public NumberColumn? Numbers => numbers;

    public PropertyValue ValueAt(int row)
    {
        if (texts is not null && texts.CodeAt(row) is var text and not 0)
        {
            return texts.Values[text];
        }

        if (numbers is not null && numbers.ValueAt(row) is var number && !double.IsNaN(number))
        {
            return PropertyValue.Of(number);
        }

        return others is null ? PropertyValue.Null : others.Values[others.CodeAt(row)];
    }

    public IEnumerable<PropertyKind> Kinds()
    {
        if (texts is not null)
        {
            yield return PropertyKind.String;
        }

        if (numbers is not null)
        {
            yield return PropertyKind.Number;
        }

        if (others is not null)
        {
            foreach (var kind in others.Values.Skip(1).Select(value => value.Kind).Distinct())
            {
                yield return kind;
            }
        }
    }
}

/// <summary>Per row a number into <see cref="Values"/>; number 0 is "not set".</summary>
internal sealed unsafe class CodedColumn(int* codes, PropertyValue[] values, object owner)
{
    public PropertyValue[] Values => values;

    public int* Codes => codes;

    public int CodeAt(int row)
    {
        var code = codes[row];
        GC.KeepAlive(owner);
        return code;
    }
}

/// <summary>Per row a number; NaN is "not set".</summary>
internal sealed unsafe class NumberColumn(double* values, object owner)
{
    public double* Values => values;

    public double ValueAt(int row)
    {
        var value = values[row];
        GC.KeepAlive(owner);
        return value;
    }
}
