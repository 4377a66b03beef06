using System.Collections.Immutable;
using System.Globalization;
using NodaTime.Text;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;

namespace Rondo.Analytics.Words;

/// <summary>Filters in words.</summary>
internal static class PredicateWords
{
    private const int MaximumValues = 5;

    public static string Of(Predicate predicate, Func<CohortId, string?> cohortName) => predicate switch
    {
        AllPredicate { Of.Length: 0 } => "anything holds",
        AnyPredicate { Of.Length: 0 } => "nothing holds",
        AllPredicate all => PlainWords.Joined([.. all.Of.Select(part => Inner(part, cohortName, isAny: false))], "and"),
        AnyPredicate any => PlainWords.Joined([.. any.Of.Select(part => Inner(part, cohortName, isAny: true))], "or"),
        NotPredicate not => $"not ({Of(not.Of, cohortName)})",
        PropertyPredicate property => OfProperty(property),
        CohortPredicate cohort => $"the person {(cohort.IsMember ? "is" : "is not")} in cohort {PlainWords.Quoted(cohortName(cohort.Cohort) ?? $"no. {cohort.Cohort}, deleted")}",
        DidPredicate did => OfDid(did, cohortName),
        FigurePredicate figure => BehaviourWords.Of(figure, cohortName),
        SequencePredicate sequence => BehaviourWords.Of(sequence, cohortName),
        _ => throw new InvalidOperationException($"{predicate.GetType().Name} is not a kind of filter."),
    };

    /// <summary>"People who …", or "Everyone".</summary>
    public static string People(Predicate predicate, Func<CohortId, string?> cohortName) => predicate switch
    {
        AllPredicate { Of.Length: 0 } => "Everyone",
        AnyPredicate { Of.Length: 0 } => "Nobody",
        AllPredicate { Of.Length: 1 } all => People(all.Of[0], cohortName),
        AnyPredicate { Of.Length: 1 } any => People(any.Of[0], cohortName),
        AllPredicate all => $"People {PlainWords.Joined([.. all.Of.Select(part => Who(part, cohortName))], "and")}",
        AnyPredicate any => $"People {PlainWords.Joined([.. any.Of.Select(part => Who(part, cohortName))], "or")}",
        _ => $"People {Who(predicate, cohortName)}",
    };

    public static string Of(EventSelector selector, Func<CohortId, string?> cohortName)
    {
        var isJoined = !selector.AnyOf.IsDefaultOrEmpty;
        var name = isJoined ? PlainWords.Joined([.. selector.AnyOf.Select(member => IsEmpty(member.Filter) ? Of(member, cohortName) : $"({Of(member, cohortName)})")], "or")
            : selector.Custom is { } custom ? PlainWords.Quoted(custom)
            : selector.Event switch
            {
                null => "any event",
                WellKnownEvents.SessionStart => "the start of a session",
                WellKnownEvents.SessionEnd => "the end of a session",
                _ => PlainWords.Quoted(selector.Event),
            };
        var filtered = selector.Filter is { } filter && !IsEmpty(filter) ? $"{(isJoined ? $"({name})" : name)} where {Of(filter, cohortName)}" : name;
        return selector.FirstTime ? $"{filtered} for the first time ever" : filtered;
    }

    public static bool IsEmpty(Predicate? predicate) => predicate is null or AllPredicate { Of.Length: 0 };

    private static string Who(Predicate predicate, Func<CohortId, string?> cohortName) => predicate switch
    {
        DidPredicate or SequencePredicate => $"who {Of(predicate, cohortName)}",
        FigurePredicate => $"with {Of(predicate, cohortName)}",
        CohortPredicate => $"who {Of(predicate, cohortName).Replace("the person is", "are", StringComparison.Ordinal)}",
        PropertyPredicate => $"whose {Of(predicate, cohortName)}",
        _ => $"for whom {Of(predicate, cohortName)}",
    };

    private static string Inner(Predicate part, Func<CohortId, string?> cohortName, bool isAny) => part switch
    {
        AllPredicate { Of.Length: > 1 } when isAny => $"({Of(part, cohortName)})",
        AnyPredicate { Of.Length: > 1 } when !isAny => $"({Of(part, cohortName)})",
        _ => Of(part, cohortName),
    };

    private static string OfDid(DidPredicate did, Func<CohortId, string?> cohortName)
    {
        var events = Of(did.Event, cohortName);
        var during = did.During is null ? string.Empty : $" {PlainWords.During(did.During)}";
        return (did.Comparison, did.Count) switch
        {
            (CountComparison.AtLeast, 1) => $"did {events}{during}",
            (CountComparison.Exactly, 0) or (CountComparison.AtMost, 0) => did.During is null ? $"never did {events}" : $"did not do {events}{during}",
            (CountComparison.AtLeast, var count) => $"did {events} at least {PlainWords.Plural(count, "time")}{during}",
            (CountComparison.AtMost, var count) => $"did {events} at most {PlainWords.Plural(count, "time")}{during}",
            (_, var count) => $"did {events} exactly {PlainWords.Plural(count, "time")}{during}",
        };
    }

    private static string OfProperty(PropertyPredicate property)
    {
        var name = PlainWords.Quoted(property.Property);
        if (property.Items is { } items)
        {
            name = $"{(items == ListItems.Any ? "any item" : "every item")} of {name}";
        }

        var values = property.Values.IsDefault ? [] : property.Values;
        return property.Operator switch
        {
            PropertyOperator.Equals => $"{name} is {Listed(values)}",
            PropertyOperator.DoesNotEqual => $"{name} is not {Listed(values)}",
            PropertyOperator.Contains => $"{name} contains {Listed(values)}",
            PropertyOperator.DoesNotContain => $"{name} does not contain {Listed(values)}",
            PropertyOperator.StartsWith => $"{name} starts with {Listed(values)}",
            PropertyOperator.EndsWith => $"{name} ends with {Listed(values)}",
            PropertyOperator.IsSet => $"{name} is set",
            PropertyOperator.IsNotSet => $"{name} is not set",
            PropertyOperator.GreaterThan => $"{name} is greater than {Value(values[0])}",
            PropertyOperator.LessThan => $"{name} is less than {Value(values[0])}",
            PropertyOperator.AtLeast => $"{name} is at least {Value(values[0])}",
            PropertyOperator.AtMost => $"{name} is at most {Value(values[0])}",
            PropertyOperator.Between => $"{name} is between {Value(values[0])} and {Value(values[1])}",
            PropertyOperator.NotBetween => $"{name} is not between {Value(values[0])} and {Value(values[1])}",
            PropertyOperator.IsTrue => $"{name} is true",
            PropertyOperator.IsFalse => $"{name} is false",
            PropertyOperator.Before => $"{name} is before {Day(values[0])}",
            PropertyOperator.Since => $"{name} is on or after {Day(values[0])}",
            PropertyOperator.On => $"{name} is on {Day(values[0])}",
            PropertyOperator.NotOn => $"{name} is not on {Day(values[0])}",
            PropertyOperator.BetweenDates => $"{name} is from {Day(values[0])} to {Day(values[1])}",
            PropertyOperator.NotBetweenDates => $"{name} is not from {Day(values[0])} to {Day(values[1])}",
            PropertyOperator.InTheLast => $"{name} is in the last {Units(values)}",
            PropertyOperator.NotInTheLast => $"{name} is not in the last {Units(values)}",
            PropertyOperator.InTheNext => $"{name} is in the next {Units(values)}",
            _ => throw new InvalidOperationException($"{property.Operator} is not an operator."),
        };
    }

    private static string Listed(ImmutableArray<PropertyValue> values) => values.Length > MaximumValues
        ? $"one of {values.Length} values"
        : PlainWords.Joined([.. values.Select(Value)], "or");

    private static string Value(PropertyValue value) => value.Kind switch
    {
        PropertyKind.Number => value.Number.ToString("#,0.######", CultureInfo.InvariantCulture),
        PropertyKind.String when value.String.Length == 0 => "(empty string)",
        _ => PlainWords.Quoted(value.ToText() ?? "(not set)"),
    };

    private static string Units(ImmutableArray<PropertyValue> values) => PlainWords.Plural((int)values[0].Number, values[1].String.ToLowerInvariant());

    private static string Day(PropertyValue value) =>
        LocalDatePattern.Iso.Parse(value.String) is { Success: true } date ? PlainWords.Of(date.Value) : value.String;
}
