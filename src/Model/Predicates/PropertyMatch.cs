using NodaTime;
using NodaTime.Text;
using Rondo.Model.Events;
using Rondo.Model.Time;

namespace Rondo.Model.Predicates;

/// <summary>What every property operator means for one value: the only place it is written.</summary>
/// <remarks>
/// A list matches a positive operator when any of its items does, and a negative one (DoesNot…, NotBetween) when none of
/// its items matches the positive form. A value of another type than the operator asks for does not match.
/// </remarks>
public static class PropertyMatch
{
    /// <summary>Whether <paramref name="value"/> passes.</summary>
    public static bool Matches(PropertyValue value, PropertyPredicate predicate, ProjectCalendar calendar)
    {
        switch (predicate.Operator)
        {
            case PropertyOperator.IsSet: return value.IsSet;
            case PropertyOperator.IsNotSet: return !value.IsSet;
            case PropertyOperator.DoesNotEqual: return !AnyItem(value, item => EqualsAny(item, predicate));
            case PropertyOperator.DoesNotContain: return !AnyItem(value, item => TextMatches(item, predicate, PropertyOperator.Contains));
            case PropertyOperator.NotBetween: return AnyItem(value, item => item.Kind == PropertyKind.Number) && !AnyItem(value, item => IsBetween(item, predicate));
            default: return AnyItem(value, item => MatchesItem(item, predicate, calendar));
        }
    }

    private static bool AnyItem(PropertyValue value, Func<PropertyValue, bool> test)
    {
        if (value.Kind != PropertyKind.List)
        {
            return test(value);
        }

        foreach (var item in value.Items)
        {
            if (test(item))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MatchesItem(PropertyValue item, PropertyPredicate predicate, ProjectCalendar calendar) => predicate.Operator switch
    {
        PropertyOperator.Equals => EqualsAny(item, predicate),
        PropertyOperator.Contains or PropertyOperator.StartsWith or PropertyOperator.EndsWith => TextMatches(item, predicate, predicate.Operator),
        PropertyOperator.IsTrue => item.Kind == PropertyKind.Boolean && item.Boolean,
        PropertyOperator.IsFalse => item.Kind == PropertyKind.Boolean && !item.Boolean,
        PropertyOperator.Between => IsBetween(item, predicate),
        PropertyOperator.GreaterThan => item.Kind == PropertyKind.Number && item.Number > predicate.Values[0].Number,
        PropertyOperator.LessThan => item.Kind == PropertyKind.Number && item.Number < predicate.Values[0].Number,
        PropertyOperator.AtLeast => item.Kind == PropertyKind.Number && item.Number >= predicate.Values[0].Number,
        PropertyOperator.AtMost => item.Kind == PropertyKind.Number && item.Number <= predicate.Values[0].Number,
        PropertyOperator.Before => DateOf(item) is { } date && date < DayOf(predicate, calendar),
        PropertyOperator.Since => DateOf(item) is { } date && date >= DayOf(predicate, calendar),
        _ => throw new InvalidOperationException($"Operator {predicate.Operator} has no meaning for one value."),
    };

    private static bool EqualsAny(PropertyValue item, PropertyPredicate predicate)
    {
        foreach (var operand in predicate.Values)
        {
            if (item == operand)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsBetween(PropertyValue item, PropertyPredicate predicate) =>
        item.Kind == PropertyKind.Number && item.Number >= predicate.Values[0].Number && item.Number <= predicate.Values[1].Number;

    private static bool TextMatches(PropertyValue item, PropertyPredicate predicate, PropertyOperator how)
    {
        if (item.Kind != PropertyKind.String)
        {
            return false;
        }

        foreach (var operand in predicate.Values)
        {
            var text = operand.String;
            if (how switch
            {
                PropertyOperator.StartsWith => item.String.StartsWith(text, StringComparison.OrdinalIgnoreCase),
                PropertyOperator.EndsWith => item.String.EndsWith(text, StringComparison.OrdinalIgnoreCase),
                _ => item.String.Contains(text, StringComparison.OrdinalIgnoreCase),
            })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a date property: ISO date or date-time, taken as UTC without an offset.</summary>
    public static Instant? DateOf(PropertyValue value)
    {
        if (value.Kind != PropertyKind.String)
        {
            return null;
        }

        if (InstantPattern.ExtendedIso.Parse(value.String) is { Success: true } instant)
        {
            return instant.Value;
        }

        if (LocalDateTimePattern.ExtendedIso.Parse(value.String) is { Success: true } local)
        {
            return local.Value.InUtc().ToInstant();
        }

        return LocalDatePattern.Iso.Parse(value.String) is { Success: true } date ? date.Value.AtMidnight().InUtc().ToInstant() : null;
    }

    private static Instant DayOf(PropertyPredicate predicate, ProjectCalendar calendar) =>
        calendar.StartOf(LocalDatePattern.Iso.Parse(predicate.Values[0].String).Value);
}
