using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Model.Expressions;

/// <summary>The functions that work on dates.</summary>
internal static class DateFunctions
{
    private const double LargestSeconds = 4_294_967_295;
    private const double LargestMilliseconds = 253_402_300_799_999;

    /// <summary>A date from ISO text, or from a number: seconds since 1970 up to 4294967295, milliseconds above.</summary>
    public static PropertyValue Read(PropertyValue value) => value.Kind switch
    {
        PropertyKind.Number when value.Number is >= 1 and <= LargestSeconds => PropertyValue.Of(Instant.FromUnixTimeMilliseconds((long)(value.Number * 1000))),
        PropertyKind.Number when value.Number is > LargestSeconds and <= LargestMilliseconds => PropertyValue.Of(Instant.FromUnixTimeMilliseconds((long)value.Number)),
        PropertyKind.Number => PropertyValue.Null,
        _ => PropertyMatch.DateOf(value) is { } date ? PropertyValue.Of(date) : PropertyValue.Null,
    };

    /// <summary>
    /// datedif(start, end, unit) between two days of the project: whole years Y, months M or days D; YM months without
    /// years, YD days without years, MD days without months. Undefined when the end comes first.
    /// </summary>
    public static PropertyValue Difference(PropertyValue[] values, QueryContext context)
    {
        if (PropertyMatch.DateOf(values[0]) is not { } from || PropertyMatch.DateOf(values[1]) is not { } until || values[2].Kind != PropertyKind.String)
        {
            return PropertyValue.Null;
        }

        var (start, end) = (context.Calendar.DateOf(from), context.Calendar.DateOf(until));
        if (end < start)
        {
            return PropertyValue.Null;
        }

        var months = Period.Between(start, end, PeriodUnits.Months).Months;
        return values[2].String.ToUpperInvariant() switch
        {
            "D" => PropertyValue.Of(Period.DaysBetween(start, end)),
            "M" => PropertyValue.Of(months),
            "Y" => PropertyValue.Of(months / 12),
            "YM" => PropertyValue.Of(months % 12),
            "MD" => PropertyValue.Of(Period.DaysBetween(start.PlusMonths(months), end)),
            "YD" => PropertyValue.Of(Period.DaysBetween(start.PlusMonths(months / 12 * 12), end)),
            _ => PropertyValue.Null,
        };
    }
}
