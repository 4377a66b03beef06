using Rondo.Model.Events;
using Rondo.Model.Predicates;

namespace Rondo.Web.Components.Filters;

/// <summary>How the value of an operator is entered.</summary>
internal enum ValueEntry
{
    None = 0,
    Values = 1,
    Text = 2,
    Number = 3,
    TwoNumbers = 4,
    Date = 5,
    TwoDates = 6,
    Units = 7,
}

/// <summary>Which operators suit which kind of value, in the words of the page.</summary>
internal static class OperatorChoice
{
    private static readonly PropertyOperator[] ForDate =
    [
        PropertyOperator.On, PropertyOperator.NotOn, PropertyOperator.Before, PropertyOperator.Since, PropertyOperator.BetweenDates,
        PropertyOperator.NotBetweenDates, PropertyOperator.InTheLast, PropertyOperator.NotInTheLast, PropertyOperator.InTheNext,
    ];

    private static readonly PropertyOperator[] ForText =
    [
        PropertyOperator.Equals, PropertyOperator.DoesNotEqual, PropertyOperator.Contains, PropertyOperator.DoesNotContain,
        PropertyOperator.StartsWith, PropertyOperator.EndsWith, PropertyOperator.IsSet, PropertyOperator.IsNotSet,
        .. ForDate,
    ];

    private static readonly PropertyOperator[] ForNumber =
    [
        PropertyOperator.Equals, PropertyOperator.DoesNotEqual, PropertyOperator.GreaterThan, PropertyOperator.AtLeast,
        PropertyOperator.LessThan, PropertyOperator.AtMost, PropertyOperator.Between, PropertyOperator.NotBetween,
        PropertyOperator.IsSet, PropertyOperator.IsNotSet,
    ];

    private static readonly PropertyOperator[] ForBoolean =
        [PropertyOperator.IsTrue, PropertyOperator.IsFalse, PropertyOperator.IsSet, PropertyOperator.IsNotSet];

    /// <summary>Operators for a property that has carried these kinds; all of them when nothing is known.</summary>
    public static IReadOnlyList<PropertyOperator> For(IReadOnlyCollection<PropertyKind> kinds)
    {
        var choices = new List<PropertyOperator>();
        if (kinds.Contains(PropertyKind.String) || kinds.Contains(PropertyKind.List) || kinds.Contains(PropertyKind.Object))
        {
            choices.AddRange(ForText);
        }

        if (kinds.Contains(PropertyKind.Number))
        {
            choices.AddRange(ForNumber);
        }

        if (kinds.Contains(PropertyKind.Boolean))
        {
            choices.AddRange(ForBoolean);
        }

        if (kinds.Contains(PropertyKind.Date))
        {
            choices.AddRange(ForDate);
        }

        return choices.Count == 0 ? [.. ForText.Union(ForNumber).Union(ForBoolean)] : [.. choices.Distinct()];
    }

    public static PropertyOperator DefaultFor(IReadOnlyCollection<PropertyKind> kinds) =>
        kinds.Count > 0 && kinds.All(kind => kind is PropertyKind.Boolean or PropertyKind.Null) ? PropertyOperator.IsTrue
        : kinds.Contains(PropertyKind.Date) ? PropertyOperator.Since
        : PropertyOperator.Equals;

    public static ValueEntry EntryOf(PropertyOperator chosen) => chosen switch
    {
        PropertyOperator.Equals or PropertyOperator.DoesNotEqual => ValueEntry.Values,
        PropertyOperator.Contains or PropertyOperator.DoesNotContain or PropertyOperator.StartsWith or PropertyOperator.EndsWith => ValueEntry.Text,
        PropertyOperator.GreaterThan or PropertyOperator.AtLeast or PropertyOperator.LessThan or PropertyOperator.AtMost => ValueEntry.Number,
        PropertyOperator.Between or PropertyOperator.NotBetween => ValueEntry.TwoNumbers,
        PropertyOperator.Before or PropertyOperator.Since or PropertyOperator.On or PropertyOperator.NotOn => ValueEntry.Date,
        PropertyOperator.BetweenDates or PropertyOperator.NotBetweenDates => ValueEntry.TwoDates,
        PropertyOperator.InTheLast or PropertyOperator.NotInTheLast or PropertyOperator.InTheNext => ValueEntry.Units,
        _ => ValueEntry.None,
    };

    /// <summary>The words of an operator (a key of the words).</summary>
    public static string Title(PropertyOperator chosen) => chosen switch
    {
        PropertyOperator.Equals => "is",
        PropertyOperator.DoesNotEqual => "is not",
        PropertyOperator.Contains => "contains",
        PropertyOperator.DoesNotContain => "does not contain",
        PropertyOperator.StartsWith => "starts with",
        PropertyOperator.EndsWith => "ends with",
        PropertyOperator.IsSet => "is set",
        PropertyOperator.IsNotSet => "is not set",
        PropertyOperator.GreaterThan => "is greater than",
        PropertyOperator.LessThan => "is less than",
        PropertyOperator.AtLeast => "is at least",
        PropertyOperator.AtMost => "is at most",
        PropertyOperator.Between => "is between",
        PropertyOperator.NotBetween => "is not between",
        PropertyOperator.IsTrue => "is true",
        PropertyOperator.IsFalse => "is false",
        PropertyOperator.Before => "is before",
        PropertyOperator.On => "is on",
        PropertyOperator.NotOn => "is not on",
        PropertyOperator.BetweenDates => "is from … to",
        PropertyOperator.NotBetweenDates => "is not from … to",
        PropertyOperator.InTheLast => "is in the last",
        PropertyOperator.NotInTheLast => "is not in the last",
        PropertyOperator.InTheNext => "is in the next",
        _ => "is since",
    };

    /// <summary>What a chosen text may stand for: of a computed property nobody knows beforehand whether "5" is a number.</summary>
    public static IEnumerable<PropertyValue> ValuesOf(string text, IReadOnlyCollection<PropertyKind> kinds)
    {
        yield return ValueOf(text, kinds);
        if (kinds.Count == 0 && ValueOf(text, [PropertyKind.Number, PropertyKind.Boolean]) is { Kind: not PropertyKind.String } typed)
        {
            yield return typed;
        }
    }

    /// <summary>The typed value of a text, as the property carries it.</summary>
    public static PropertyValue ValueOf(string text, IReadOnlyCollection<PropertyKind> kinds)
    {
        if (!kinds.Contains(PropertyKind.String) && kinds.Contains(PropertyKind.Number)
            && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            return PropertyValue.Of(number);
        }

        return !kinds.Contains(PropertyKind.String) && kinds.Contains(PropertyKind.Boolean) && bool.TryParse(text, out var truth)
            ? PropertyValue.Of(truth)
            : PropertyValue.Of(text);
    }
}
