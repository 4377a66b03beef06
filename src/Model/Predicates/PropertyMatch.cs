using NodaTime;
using NodaTime.Text;
using Rondo.Model.Events;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Model.Predicates;

/// <summary>What every property operator means for one value: the only place it is written.</summary>
/// <remarks>
/// A list matches a positive operator when any of its items does, and a negative one (DoesNot…, Not…) when none of its items
/// matches the positive form, unless the condition says any or all of its items. A value of another type than the operator
/// asks for does not match; "does not equal" and "does not contain" pass where nothing is set.
/// </remarks>
public static class PropertyMatch
{
    /// <summary>Whether <paramref name="value"/> passes.</summary>
    public static bool Matches(PropertyValue value, PropertyPredicate predicate, QueryContext context)
    {
        if (predicate.Operator is PropertyOperator.IsSet or PropertyOperator.IsNotSet)
        {
            return value.IsSet == (predicate.Operator == PropertyOperator.IsSet);
        }

        if (predicate.Items is { } items && value.Kind == PropertyKind.List)
        {
            return items == ListItems.Any
                ? value.Items.Any(item => MatchesScalar(item, predicate, context))
                : !value.Items.IsEmpty && value.Items.All(item => MatchesScalar(item, predicate, context));
        }

        return PositiveOf(predicate.Operator) is { } positive
            ? AnyItem(value, item => HasType(item, predicate.Operator)) && !AnyItem(value, item => MatchesItem(item, predicate, positive, context))
            : AnyItem(value, item => MatchesItem(item, predicate, predicate.Operator, context));
    }

    private static bool MatchesScalar(PropertyValue item, PropertyPredicate predicate, QueryContext context) => PositiveOf(predicate.Operator) is { } positive
        ? HasType(item, predicate.Operator) && !MatchesItem(item, predicate, positive, context)
        : MatchesItem(item, predicate, predicate.Operator, context);

    private static PropertyOperator? PositiveOf(PropertyOperator negative) => negative switch
    {
        PropertyOperator.DoesNotEqual => PropertyOperator.Equals,
        PropertyOperator.DoesNotContain => PropertyOperator.Contains,
        PropertyOperator.NotBetween => PropertyOperator.Between,
        PropertyOperator.NotOn => PropertyOperator.On,
        PropertyOperator.NotBetweenDates => PropertyOperator.BetweenDates,
        PropertyOperator.NotInTheLast => PropertyOperator.InTheLast,
        _ => null,
    };

    /// <summary>Whether a negative operator may let the value pass at all.</summary>
    private static bool HasType(PropertyValue item, PropertyOperator negative) => negative switch
    {
        PropertyOperator.NotBetween => item.Kind == PropertyKind.Number,
        PropertyOperator.NotOn or PropertyOperator.NotBetweenDates or PropertyOperator.NotInTheLast => DateOf(item) is not null,
        _ => true,
    };

    private static bool AnyItem(PropertyValue value, Func<PropertyValue, bool> test)
    {
        if (value.Kind != PropertyKind.List || value.Items.IsEmpty)
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

    private static bool MatchesItem(PropertyValue item, PropertyPredicate predicate, PropertyOperator how, QueryContext context) => how switch
    {
        PropertyOperator.Equals => EqualsAny(item, predicate),
        PropertyOperator.Contains or PropertyOperator.StartsWith or PropertyOperator.EndsWith => TextMatches(item, predicate, how),
        PropertyOperator.IsTrue => item.Kind == PropertyKind.Boolean && item.Boolean,
        PropertyOperator.IsFalse => item.Kind == PropertyKind.Boolean && !item.Boolean,
        PropertyOperator.Between => item.Kind == PropertyKind.Number && item.Number >= predicate.Values[0].Number && item.Number <= predicate.Values[1].Number,
        PropertyOperator.GreaterThan => item.Kind == PropertyKind.Number && item.Number > predicate.Values[0].Number,
        PropertyOperator.LessThan => item.Kind == PropertyKind.Number && item.Number < predicate.Values[0].Number,
        PropertyOperator.AtLeast => item.Kind == PropertyKind.Number && item.Number >= predicate.Values[0].Number,
        PropertyOperator.AtMost => item.Kind == PropertyKind.Number && item.Number <= predicate.Values[0].Number,
        _ => DateOf(item) is { } date && DateMatches(date, predicate, how, context),
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

    /// <summary>Days are whole days of the project; "last" and "next" are rolling and end or begin now.</summary>
    private static bool DateMatches(Instant date, PropertyPredicate predicate, PropertyOperator how, QueryContext context) => how switch
    {
        PropertyOperator.Before => date < StartOf(predicate.Values[0], context),
        PropertyOperator.Since => date >= StartOf(predicate.Values[0], context),
        PropertyOperator.On => date >= StartOf(predicate.Values[0], context) && date < EndOf(predicate.Values[0], context),
        PropertyOperator.BetweenDates => date >= StartOf(predicate.Values[0], context) && date < EndOf(predicate.Values[1], context),
        PropertyOperator.InTheLast => date <= context.Now && date >= context.Now - LengthOf(predicate),
        PropertyOperator.InTheNext => date > context.Now && date <= context.Now + LengthOf(predicate),
        _ => throw new InvalidOperationException($"Operator {how} has no meaning for one value."),
    };

    /// <summary>Reads a date property: ISO date or date-time, taken as UTC without an offset.</summary>
    public static Instant? DateOf(PropertyValue value)
    {
        if (value.Kind != PropertyKind.String)
        {
            return value.Kind == PropertyKind.Date ? value.Date : null;
        }

        if (value.String.Length == 0 || !char.IsAsciiDigit(value.String[0]))
        {
            return null;
        }

        if (OffsetDateTimePattern.ExtendedIso.Parse(value.String) is { Success: true } withOffset)
        {
            return withOffset.Value.ToInstant();
        }

        if (LocalDateTimePattern.ExtendedIso.Parse(value.String) is { Success: true } local)
        {
            return local.Value.InUtc().ToInstant();
        }

        return LocalDatePattern.Iso.Parse(value.String) is { Success: true } date ? date.Value.AtMidnight().InUtc().ToInstant() : null;
    }

    /// <summary>The unit of "in the last 3 days"; null when the text names none.</summary>
    internal static WindowUnit? UnitOf(PropertyValue value) =>
        value.Kind == PropertyKind.String && Enum.TryParse<WindowUnit>(value.String, ignoreCase: true, out var unit) && Enum.IsDefined(unit) && unit != WindowUnit.Session && !char.IsAsciiDigit(value.String[0]) ? unit : null;

    /// <summary>How far "in the last 3 days" reaches; only for operators that have a length.</summary>
    public static Duration LengthOf(PropertyPredicate predicate) => new ConversionWindow((int)predicate.Values[0].Number, UnitOf(predicate.Values[1])!.Value).Length;

    private static Instant StartOf(PropertyValue day, QueryContext context) => context.Calendar.StartOf(LocalDatePattern.Iso.Parse(day.String).Value);

    private static Instant EndOf(PropertyValue day, QueryContext context) => context.Calendar.StartOf(LocalDatePattern.Iso.Parse(day.String).Value.PlusDays(1));
}
