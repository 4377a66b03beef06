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
/// <param name="codes">The numbers; they stay where they are while <paramref name="owner"/> lives.</param>
/// <param name="values">The distinct values, the first one not set.</param>
/// <param name="owner">What holds the memory.</param>
internal sealed class CodedColumn(CodeColumn codes, PropertyValue[] values, object owner)
{
    public PropertyValue[] Values => values;

    public CodeColumn Codes => codes;

    public int CodeAt(int row)
    {
        var code = codes[row];
        GC.KeepAlive(owner);
        return code;
    }
}

/// <summary>How a <see cref="NumberColumn"/> keeps its numbers. The least value of an integer kind means "not set".</summary>
internal enum NumberWidth
{
    /// <summary>−127 to 127.</summary>
    Int8,

    /// <summary>±32,767.</summary>
    Int16,

    /// <summary>±2,147,483,647.</summary>
    Int32,

    /// <summary>Any; NaN is "not set".</summary>
    Double,
}

/// <summary>Per row a number; NaN is "not set". Whole numbers take as few bytes as the largest one needs.</summary>
internal sealed unsafe class NumberColumn(nint start, NumberWidth width, object owner)
{
    public NumberWidth Width => width;

    public nint Start => start;

    public double ValueAt(int row)
    {
        var value = width switch
        {
            NumberWidth.Int8 => Widen(((sbyte*)start)[row], sbyte.MinValue),
            NumberWidth.Int16 => Widen(((short*)start)[row], short.MinValue),
            NumberWidth.Int32 => Widen(((int*)start)[row], int.MinValue),
            _ => ((double*)start)[row],
        };
        GC.KeepAlive(owner);
        return value;
    }

    public static int BytesOf(NumberWidth width) => width switch
    {
        NumberWidth.Int8 => 1,
        NumberWidth.Int16 => 2,
        NumberWidth.Int32 => 4,
        _ => 8,
    };

    /// <summary>The narrowest way to keep a number exactly.</summary>
    public static NumberWidth WidthFor(double number)
    {
        // A negative zero is not a whole number here: it would come back as zero.
        if (number != Math.Truncate(number) || Math.Abs(number) > int.MaxValue || (number == 0 && double.IsNegative(number)))
        {
            return NumberWidth.Double;
        }

        return Math.Abs(number) switch
        {
            <= sbyte.MaxValue => NumberWidth.Int8,
            <= short.MaxValue => NumberWidth.Int16,
            _ => NumberWidth.Int32,
        };
    }

    private static double Widen(int value, int notSet) => value == notSet ? double.NaN : value;
}
