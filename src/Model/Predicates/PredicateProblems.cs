using NodaTime.Text;
using Rondo.Model.Events;
using Rondo.Model.Queries;

namespace Rondo.Model.Predicates;

/// <summary>Says what is wrong with a filter, naming the field and the rule, before anything evaluates it. Without a context, names of the lexicon are not looked up.</summary>
public static class PredicateProblems
{
    /// <summary>How deep a filter may nest.</summary>
    public const int MaximumDepth = 8;

    /// <summary>Most values of one condition.</summary>
    public const int MaximumOperands = 1000;

    /// <summary>Most units of "in the last".</summary>
    public const int MaximumUnits = 36_600;

    /// <summary>A filter on events within a selector that itself stands so deep.</summary>
    internal static IEnumerable<Problem> OfEventFilter(Predicate? predicate, string field, QueryContext? context, int depth) => Of(predicate, field, context, isPersonFilter: false, depth);

    /// <summary>Checks a filter on events, where "did" has no place.</summary>
    public static IEnumerable<Problem> OfEventFilter(Predicate? predicate, string field, QueryContext? context) => Of(predicate, field, context, isPersonFilter: false, depth: 0);

    /// <summary>Checks a filter on persons, where event properties have no place outside "did".</summary>
    public static IEnumerable<Problem> OfPersonFilter(Predicate? predicate, string field, QueryContext? context) => Of(predicate, field, context, isPersonFilter: true, depth: 0);

    private static IEnumerable<Problem> Of(Predicate? predicate, string field, QueryContext? context, bool isPersonFilter, int depth)
    {
        if (depth > MaximumDepth)
        {
            return [new Problem(field, $"may nest at most {MaximumDepth} levels")];
        }

        return predicate switch
        {
            null => [],
            AllPredicate all => OfList(all.Of, field, context, isPersonFilter, depth),
            AnyPredicate any => OfList(any.Of, field, context, isPersonFilter, depth),
            NotPredicate not when not.Of is null => [new Problem($"{field}.of", "is required")],
            NotPredicate not => Of(not.Of, $"{field}.of", context, isPersonFilter, depth + 1),
            PropertyPredicate property => OfProperty(property, field, context, isPersonFilter),
            DidPredicate when !isPersonFilter => [new Problem(field, "\"did\" can be asked of a person, not of an event")],
            FigurePredicate or SequencePredicate when !isPersonFilter => [new Problem(field, "what a person did can be asked of a person, not of an event")],
            FigurePredicate figure => BehaviourProblems.Of(figure, field, context, depth),
            SequencePredicate sequence => BehaviourProblems.Of(sequence, field, context, depth),
            DidPredicate did => OfDid(did, field, context, depth),
            _ => [],
        };
    }

    private static IEnumerable<Problem> OfList(IReadOnlyList<Predicate> parts, string field, QueryContext? context, bool isPersonFilter, int depth)
    {
        if (parts is System.Collections.Immutable.ImmutableArray<Predicate> { IsDefault: true })
        {
            return [new Problem($"{field}.of", "is required")];
        }

        return parts.SelectMany((part, index) => part is null
            ? [new Problem($"{field}.of[{index}]", "must not be null")]
            : Of(part, $"{field}.of[{index}]", context, isPersonFilter, depth + 1));
    }

    private static IEnumerable<Problem> OfDid(DidPredicate did, string field, QueryContext? context, int depth)
    {
        var problems = SelectorProblems.Of(did.Event, $"{field}.event", context, depth + 1);
        return did.Count < 0 ? problems.Append(new Problem($"{field}.count", "must be 0 or more")) : problems;
    }

    private static IEnumerable<Problem> OfProperty(PropertyPredicate property, string field, QueryContext? context, bool isPersonFilter)
    {
        if (property.Items is { } items && !Enum.IsDefined(items))
        {
            yield return new Problem($"{field}.items", "must be any or all");
        }

        foreach (var problem in PropertyProblems.Of(property.Source, property.Property, field, context, isPersonFilter).Concat(OfOperands(property, field)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<Problem> OfOperands(PropertyPredicate property, string field)
    {
        var operands = property.Values.IsDefault ? [] : property.Values;
        var (minimum, maximum, isRight, rule) = Operands(property.Operator);
        if (maximum < 0)
        {
            yield return new Problem($"{field}.operator", "is not an operator");
        }
        else if (operands.Length < minimum || operands.Length > maximum)
        {
            yield return new Problem($"{field}.values", minimum == maximum ? $"must hold {minimum} value(s) for this operator" : $"must hold {minimum} to {maximum} values");
        }
        else if (!operands.Select((operand, index) => isRight(operand, index)).All(right => right))
        {
            yield return new Problem($"{field}.values", rule);
        }
    }

    private static (int Minimum, int Maximum, Func<PropertyValue, int, bool> IsRight, string Rule) Operands(PropertyOperator how) => how switch
    {
        PropertyOperator.Equals or PropertyOperator.DoesNotEqual => (1, MaximumOperands, (_, _) => true, string.Empty),
        PropertyOperator.Contains or PropertyOperator.DoesNotContain or PropertyOperator.StartsWith or PropertyOperator.EndsWith =>
            (1, MaximumOperands, (value, _) => value.Kind == PropertyKind.String, "must be text for this operator"),
        PropertyOperator.IsSet or PropertyOperator.IsNotSet or PropertyOperator.IsTrue or PropertyOperator.IsFalse => (0, 0, (_, _) => true, string.Empty),
        PropertyOperator.Between or PropertyOperator.NotBetween => (2, 2, (value, _) => value.Kind == PropertyKind.Number, "must be numbers for this operator"),
        PropertyOperator.GreaterThan or PropertyOperator.LessThan or PropertyOperator.AtLeast or PropertyOperator.AtMost =>
            (1, 1, (value, _) => value.Kind == PropertyKind.Number, "must be numbers for this operator"),
        PropertyOperator.Before or PropertyOperator.Since or PropertyOperator.On or PropertyOperator.NotOn => (1, 1, (value, _) => IsDay(value), "must be a date like 2026-01-31"),
        PropertyOperator.BetweenDates or PropertyOperator.NotBetweenDates => (2, 2, (value, _) => IsDay(value), "must be two dates like 2026-01-31"),
        PropertyOperator.InTheLast or PropertyOperator.NotInTheLast or PropertyOperator.InTheNext =>
            (2, 2, (value, index) => index == 0 ? value.Kind == PropertyKind.Number && value.Number is >= 1 and <= MaximumUnits && value.Number == Math.Floor(value.Number) : PropertyMatch.UnitOf(value) is not null, $"must be a whole number from 1 to {MaximumUnits}, and second, minute, hour, day, week or month"),
        _ => (-1, -1, (_, _) => true, string.Empty),
    };

    private static bool IsDay(PropertyValue value) => value.Kind == PropertyKind.String && LocalDatePattern.Iso.Parse(value.String) is { Success: true, Value.Year: >= 1 and < 9999 };
}
