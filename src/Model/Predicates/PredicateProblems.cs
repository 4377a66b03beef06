using NodaTime.Text;
using Rondo.Model.Events;
using Rondo.Model.Queries;

namespace Rondo.Model.Predicates;

/// <summary>Says what is wrong with a filter, naming the field and the rule, before anything evaluates it. Without a context, names of the lexicon are not looked up.</summary>
public static class PredicateProblems
{
    /// <summary>How deep a filter may nest.</summary>
    public const int MaximumDepth = 8;

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
            PropertyPredicate property => OfProperty(property, field, isPersonFilter),
            DidPredicate when !isPersonFilter => [new Problem(field, "\"did\" can be asked of a person, not of an event")],
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

    private static IEnumerable<Problem> OfProperty(PropertyPredicate property, string field, bool isPersonFilter)
    {
        if (string.IsNullOrEmpty(property.Property))
        {
            yield return new Problem($"{field}.property", "must not be empty");
        }

        if (!Enum.IsDefined(property.Source))
        {
            yield return new Problem($"{field}.source", "must be event or user");
        }
        else if (isPersonFilter && property.Source == PropertySource.Event)
        {
            yield return new Problem($"{field}.source", "must be user: a person has no event properties");
        }

        var operands = property.Values.IsDefault ? [] : property.Values;
        var (minimum, maximum, kind) = property.Operator switch
        {
            PropertyOperator.Equals or PropertyOperator.DoesNotEqual => (1, 1000, (PropertyKind?)null),
            PropertyOperator.Contains or PropertyOperator.DoesNotContain or PropertyOperator.StartsWith or PropertyOperator.EndsWith => (1, 1000, PropertyKind.String),
            PropertyOperator.IsSet or PropertyOperator.IsNotSet or PropertyOperator.IsTrue or PropertyOperator.IsFalse => (0, 0, null),
            PropertyOperator.Between or PropertyOperator.NotBetween => (2, 2, PropertyKind.Number),
            PropertyOperator.Before or PropertyOperator.Since => (1, 1, PropertyKind.String),
            PropertyOperator.GreaterThan or PropertyOperator.LessThan or PropertyOperator.AtLeast or PropertyOperator.AtMost => (1, 1, PropertyKind.Number),
            _ => (-1, -1, null),
        };
        if (maximum < 0)
        {
            yield return new Problem($"{field}.operator", "is not an operator");
            yield break;
        }

        if (operands.Length < minimum || operands.Length > maximum)
        {
            yield return new Problem($"{field}.values", minimum == maximum ? $"must hold {minimum} value(s) for this operator" : $"must hold {minimum} to {maximum} values");
        }
        else if (kind is { } needed && operands.Any(operand => operand.Kind != needed))
        {
            yield return new Problem($"{field}.values", needed == PropertyKind.Number ? "must be numbers for this operator" : "must be text for this operator");
        }
        else if (property.Operator is PropertyOperator.Before or PropertyOperator.Since && !LocalDatePattern.Iso.Parse(operands[0].String).Success)
        {
            yield return new Problem($"{field}.values", "must be a date like 2026-01-31");
        }
    }
}
