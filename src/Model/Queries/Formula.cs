using System.Collections.Immutable;
using System.Globalization;
using Rondo.Model.Events;
using Rondo.Model.Expressions;

namespace Rondo.Model.Queries;

/// <summary>A formula over the metrics of a report, ready to be worked out.</summary>
public sealed class Formula
{
    private readonly Syntax _syntax;

    private Formula(Syntax syntax, ImmutableArray<int> metrics)
    {
        _syntax = syntax;
        Metrics = metrics;
    }

    /// <summary>Indexes of the metrics it names, in the order they appear; at least one.</summary>
    public ImmutableArray<int> Metrics { get; }

    /// <summary>The letters of a metric: A to Z, then AA, AB, ….</summary>
    public static string LetterOf(int metric) => metric < 26 ? ((char)('A' + metric)).ToString() : $"{(char)('A' + (metric / 26) - 1)}{(char)('A' + (metric % 26))}";

    /// <summary>Reads a formula; refused with the character (from 1) where it goes wrong.</summary>
    public static Outcome<Formula> Parse(string text)
    {
        var syntax = Grammar.Read(text);
        if (!syntax.IsAccepted)
        {
            return Outcome<Formula>.Refused(syntax.Problems);
        }

        var metrics = new List<int>();
        if (Refuse(syntax.Value, metrics) is { } rule)
        {
            return Outcome<Formula>.Refused("formula", rule);
        }

        return metrics.Count == 0
            ? Outcome<Formula>.Refused("formula", "must name at least one metric by its letter")
            : Outcome<Formula>.Accepted(new Formula(syntax.Value, [.. metrics.Distinct()]));
    }

    /// <summary>The value for the given values of the metrics; null where one of them is null, or on division by zero.</summary>
    public double? Evaluate(Func<int, double?> valueOf) => Evaluate(_syntax, valueOf) is { } value && double.IsFinite(value) ? value : null;

    private static double? Evaluate(Syntax syntax, Func<int, double?> valueOf) => syntax switch
    {
        ConstantSyntax constant => constant.Value.Number,
        NameSyntax name => valueOf(IndexOf(name.Name)!.Value),
        UnarySyntax unary => -Evaluate(unary.Operand, valueOf),
        BinarySyntax binary => (binary.Operator, Evaluate(binary.Left, valueOf), Evaluate(binary.Right, valueOf)) switch
        {
            (Sign.Plus, var left, var right) => left + right,
            (Sign.Minus, var left, var right) => left - right,
            (Sign.Times, var left, var right) => left * right,
            (_, _, 0) => null,
            (_, var left, var right) => left / right,
        },
        _ => throw new InvalidOperationException($"{syntax.GetType().Name} has no place in a formula."),
    };

    private static string? Refuse(Syntax syntax, List<int> metrics)
    {
        switch (syntax)
        {
            case ConstantSyntax { Value.Kind: PropertyKind.Number }:
                return null;
            case NameSyntax name when IndexOf(name.Name) is { } metric:
                metrics.Add(metric);
                return null;
            case UnarySyntax { IsNot: false } unary:
                return Refuse(unary.Operand, metrics);
            case BinarySyntax { Operator: Sign.Plus or Sign.Minus or Sign.Times or Sign.Over } binary:
                return Refuse(binary.Left, metrics) ?? Refuse(binary.Right, metrics);
            default:
                return string.Create(CultureInfo.InvariantCulture, $"character {syntax.Position}: a formula takes numbers, letters of metrics, + - * / and parentheses");
        }
    }

    private static int? IndexOf(string letters) => letters switch
    {
        [>= 'A' and <= 'Z' and var only] => only - 'A',
        [>= 'A' and <= 'Z' and var first, >= 'A' and <= 'Z' and var second] => ((first - 'A' + 1) * 26) + second - 'A',
        _ => null,
    };
}
