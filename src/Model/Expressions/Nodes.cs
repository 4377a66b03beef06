using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Model.Expressions;

/// <summary>What an evaluation works with. Belongs to one thread.</summary>
internal sealed class Evaluation(IPropertySubject subject, QueryContext context)
{
    public IPropertySubject Subject => subject;

    public QueryContext Context => context;

    /// <summary>Values of the names that let, any, all, filter and map give, innermost last.</summary>
    public List<PropertyValue> Locals { get; } = [];
}

/// <summary>A step of an expression, ready to be evaluated.</summary>
internal abstract class Node
{
    public abstract PropertyValue Evaluate(Evaluation evaluation);
}

internal sealed class ConstantNode(PropertyValue value) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation) => value;
}

internal sealed class PropertyNode(bool isOfUser, string name) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation) => isOfUser ? evaluation.Subject.OfUser(name) : evaluation.Subject.OfEvent(name);
}

internal sealed class LocalNode(int slot) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation) => evaluation.Locals[slot];
}

internal sealed class LetNode(Node value, Node body) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation)
    {
        evaluation.Locals.Add(value.Evaluate(evaluation));
        var result = body.Evaluate(evaluation);
        evaluation.Locals.RemoveAt(evaluation.Locals.Count - 1);
        return result;
    }
}

/// <summary>any, all, filter and map: evaluates the body for each item of a list. What is no list is undefined.</summary>
internal sealed class LoopNode(string function, Node list, Node body) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation)
    {
        var over = list.Evaluate(evaluation);
        if (over.Kind != PropertyKind.List)
        {
            return PropertyValue.Null;
        }

        var results = ImmutableArray.CreateBuilder<PropertyValue>(over.Items.Length);
        foreach (var item in over.Items)
        {
            evaluation.Locals.Add(item);
            results.Add(body.Evaluate(evaluation));
            evaluation.Locals.RemoveAt(evaluation.Locals.Count - 1);
        }

        return function switch
        {
            "any" => PropertyValue.Of(results.Any(Operations.IsTrue)),
            "all" => PropertyValue.Of(results.All(Operations.IsTrue)),
            "filter" => PropertyValue.Of([.. over.Items.Where((_, index) => Operations.IsTrue(results[index]))]),
            _ => Operations.ListOf(results),
        };
    }
}

/// <summary>if and ifs: conditions with values, and what else.</summary>
internal sealed class ChoiceNode((Node Condition, Node Value)[] cases, Node otherwise) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation)
    {
        foreach (var (condition, value) in cases)
        {
            if (Operations.IsTrue(condition.Evaluate(evaluation)))
            {
                return value.Evaluate(evaluation);
            }
        }

        return otherwise.Evaluate(evaluation);
    }
}

internal sealed class ListNode(Node[] items) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation) => Operations.ListOf(items.Select(item => item.Evaluate(evaluation)));
}

internal sealed class UnaryNode(bool isNot, Node operand) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation)
    {
        var value = operand.Evaluate(evaluation);
        return isNot
            ? value.Kind switch { PropertyKind.Null => PropertyValue.Of(true), PropertyKind.Boolean => PropertyValue.Of(!value.Boolean), _ => PropertyValue.Null }
            : value.Kind == PropertyKind.Number ? PropertyValue.Of(-value.Number) : PropertyValue.Null;
    }
}

internal sealed class LogicNode(bool isAnd, Node left, Node right) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation) =>
        PropertyValue.Of(Operations.IsTrue(left.Evaluate(evaluation)) == isAnd ? Operations.IsTrue(right.Evaluate(evaluation)) : !isAnd);
}

internal sealed class BinaryNode(Sign sign, Node left, Node right) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation) => Operations.Of(sign, left.Evaluate(evaluation), right.Evaluate(evaluation));
}

/// <summary>An item of a list by its number from 0 (from the end when negative), or a field of an object.</summary>
internal sealed class IndexNode(Node target, Node index) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation)
    {
        var of = target.Evaluate(evaluation);
        var at = index.Evaluate(evaluation);
        if (of.Kind == PropertyKind.List && at.Kind == PropertyKind.Number && Math.Abs(at.Number) <= of.Items.Length && at.Number == Math.Floor(at.Number))
        {
            var place = (int)at.Number < 0 ? of.Items.Length + (int)at.Number : (int)at.Number;
            return place < of.Items.Length ? of.Items[place] : PropertyValue.Null;
        }

        if (of.Kind == PropertyKind.Object && at.Kind == PropertyKind.String)
        {
            using var document = JsonDocument.Parse(of.ObjectJson);
            return document.RootElement.TryGetProperty(at.String, out var field) ? PropertyValueJson.From(field) : PropertyValue.Null;
        }

        return PropertyValue.Null;
    }
}

internal sealed class LookupNode(TableColumn column, Node key) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation)
    {
        var value = key.Evaluate(evaluation);
        return evaluation.Context.Lexicon.Tables.TryGetValue(column.Table, out var table) ? table.Find(column.Column, value) : PropertyValue.Null;
    }
}

/// <summary>regex_match, regex_extract and regex_replace. The pattern is compiled once and runs in time linear in the text.</summary>
internal sealed class PatternNode(string function, Regex pattern, Node text, Node? more) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation)
    {
        if (text.Evaluate(evaluation) is not { Kind: PropertyKind.String } value)
        {
            return PropertyValue.Null;
        }

        var argument = more?.Evaluate(evaluation) ?? PropertyValue.Null;
        try
        {
            return function switch
            {
                "regex_match" => PropertyValue.Of(pattern.IsMatch(value.String)),
                "regex_replace" => argument.Kind == PropertyKind.String ? Operations.TextOf(pattern.Replace(value.String, argument.String)) : PropertyValue.Null,
                _ => Extract(value.String, argument.Kind == PropertyKind.Number ? argument.Number : 0),
            };
        }
        catch (RegexMatchTimeoutException)
        {
            // A pattern of many counted groups can be slow although it is linear; the answer to it is "undefined".
            return PropertyValue.Null;
        }
    }

    private PropertyValue Extract(string from, double group)
    {
        var match = pattern.Match(from);
        return match.Success && group >= 0 && group < match.Groups.Count && match.Groups[(int)group] is { Success: true } found ? PropertyValue.Of(found.Value) : PropertyValue.Null;
    }
}

internal sealed class FunctionNode(Function function, Node[] arguments) : Node
{
    public override PropertyValue Evaluate(Evaluation evaluation)
    {
        var values = new PropertyValue[arguments.Length];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = arguments[index].Evaluate(evaluation);
        }

        return function.Evaluate(values, evaluation.Context);
    }
}
