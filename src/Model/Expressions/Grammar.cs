using System.Collections.Immutable;
using System.Globalization;
using Rondo.Model.Events;
using Superpower;
using Superpower.Display;
using Superpower.Model;
using Superpower.Parsers;
using Superpower.Tokenizers;

namespace Rondo.Model.Expressions;

/// <summary>The words and signs of an expression.</summary>
internal enum Sign
{
    Name,
    Text,
    Number,
    [Token(Example = "+")] Plus,
    [Token(Example = "-")] Minus,
    [Token(Example = "*")] Times,
    [Token(Example = "/")] Over,
    [Token(Example = "%")] Modulo,
    [Token(Example = "==")] Equal,
    [Token(Example = "!=")] NotEqual,
    [Token(Example = "<=")] AtMost,
    [Token(Example = ">=")] AtLeast,
    [Token(Example = "<")] Less,
    [Token(Example = ">")] Greater,
    [Token(Example = "(")] Open,
    [Token(Example = ")")] Close,
    [Token(Example = "[")] OpenBracket,
    [Token(Example = "]")] CloseBracket,
    [Token(Example = ",")] Comma,
    And,
    Or,
    Not,
    In,
}

/// <summary>Reads the text of an expression. Binding strength from weak to strong: or, and, not, comparisons and in, + −, * / %, −, index.</summary>
internal static class Grammar
{
    /// <summary>Most words and signs of one expression; also bounds how deep its evaluation can go.</summary>
    public const int MaximumTokens = 2000;

    /// <summary>How deep parentheses and brackets may nest.</summary>
    public const int MaximumNesting = 40;

    private static readonly TextParser<Unit> Quoted = Between('"').Or(Between('\''));

    private static readonly Tokenizer<Sign> Tokens = new TokenizerBuilder<Sign>()
        .Ignore(Span.WhiteSpace)
        .Match(Quoted, Sign.Text)
        .Match(Numerics.Decimal, Sign.Number, requireDelimiters: true)
        .Match(Span.EqualTo("=="), Sign.Equal)
        .Match(Span.EqualTo("!="), Sign.NotEqual)
        .Match(Span.EqualTo("<="), Sign.AtMost)
        .Match(Span.EqualTo(">="), Sign.AtLeast)
        .Match(Character.EqualTo('<'), Sign.Less)
        .Match(Character.EqualTo('>'), Sign.Greater)
        .Match(Character.EqualTo('+'), Sign.Plus)
        .Match(Character.EqualTo('-'), Sign.Minus)
        .Match(Character.EqualTo('*'), Sign.Times)
        .Match(Character.EqualTo('/'), Sign.Over)
        .Match(Character.EqualTo('%'), Sign.Modulo)
        .Match(Character.EqualTo('('), Sign.Open)
        .Match(Character.EqualTo(')'), Sign.Close)
        .Match(Character.EqualTo('['), Sign.OpenBracket)
        .Match(Character.EqualTo(']'), Sign.CloseBracket)
        .Match(Character.EqualTo(','), Sign.Comma)
        .Match(Span.EqualToIgnoreCase("and"), Sign.And, requireDelimiters: true)
        .Match(Span.EqualToIgnoreCase("or"), Sign.Or, requireDelimiters: true)
        .Match(Span.EqualToIgnoreCase("not"), Sign.Not, requireDelimiters: true)
        .Match(Span.EqualToIgnoreCase("in"), Sign.In, requireDelimiters: true)
        .Match(Identifier.CStyle, Sign.Name, requireDelimiters: true)
        .Build();

    private static readonly TokenListParser<Sign, Syntax> Whole = Parse.Ref(() => Or!);

    private static readonly TokenListParser<Sign, Syntax[]> Arguments = Whole.ManyDelimitedBy(Token.EqualTo(Sign.Comma));

    private static readonly TokenListParser<Sign, Syntax> Named =
        from name in Token.EqualTo(Sign.Name)
        from arguments in Arguments.Between(Token.EqualTo(Sign.Open), Token.EqualTo(Sign.Close)).Select(found => (Syntax[]?)found).OptionalOrDefault()
        select NameOrCall(name, arguments);

    private static readonly TokenListParser<Sign, Syntax> Primary =
        Named
            .Or(Token.EqualTo(Sign.Text).Select(token => (Syntax)new ConstantSyntax(PositionOf(token), PropertyValue.Of(Unquote(token.ToStringValue())))))
            .Or(Token.EqualTo(Sign.Number).Select(token => (Syntax)new ConstantSyntax(PositionOf(token), PropertyValue.Of(double.Parse(token.ToStringValue(), CultureInfo.InvariantCulture)))))
            .Or(
                from open in Token.EqualTo(Sign.OpenBracket)
                from items in Arguments
                from close in Token.EqualTo(Sign.CloseBracket)
                select (Syntax)new ListSyntax(PositionOf(open), [.. items]))
            .Or(Whole.Between(Token.EqualTo(Sign.Open), Token.EqualTo(Sign.Close)));

    private static readonly TokenListParser<Sign, Syntax> Indexed =
        from target in Primary
        from indexes in (
            from open in Token.EqualTo(Sign.OpenBracket)
            from index in Whole
            from close in Token.EqualTo(Sign.CloseBracket)
            select index).Many()
        select indexes.Aggregate(target, (inner, index) => new IndexSyntax(inner.Position, inner, index));

    private static readonly TokenListParser<Sign, Syntax> Negative = Prefixed(Sign.Minus, isNot: false, Indexed);

    private static readonly TokenListParser<Sign, Syntax> Product = Chain(Negative, Sign.Times, Sign.Over, Sign.Modulo);

    private static readonly TokenListParser<Sign, Syntax> Sum = Chain(Product, Sign.Plus, Sign.Minus);

    private static readonly TokenListParser<Sign, Syntax> Comparison =
        Chain(Sum, Sign.Equal, Sign.NotEqual, Sign.AtMost, Sign.AtLeast, Sign.Less, Sign.Greater, Sign.In);

    private static readonly TokenListParser<Sign, Syntax> Negation = Prefixed(Sign.Not, isNot: true, Comparison);

    private static readonly TokenListParser<Sign, Syntax> Conjunction = Chain(Negation, Sign.And);

    private static readonly TokenListParser<Sign, Syntax> Or = Chain(Conjunction, Sign.Or);

    /// <summary>What was written, or the character where it goes wrong.</summary>
    public static Outcome<Syntax> Read(string text)
    {
        var tokens = Tokens.TryTokenize(text);
        if (!tokens.HasValue)
        {
            return Refused(tokens.ErrorPosition, text, tokens.FormatErrorMessageFragment());
        }

        if (tokens.Value.Count() > MaximumTokens)
        {
            return Outcome<Syntax>.Refused("expression", $"must be at most {MaximumTokens} words and signs");
        }

        if (NestingOf(tokens.Value) > MaximumNesting)
        {
            return Outcome<Syntax>.Refused("expression", $"must nest at most {MaximumNesting} levels of brackets");
        }

        var parsed = Whole.AtEnd().TryParse(tokens.Value);
        return parsed.HasValue ? Outcome<Syntax>.Accepted(parsed.Value) : Refused(parsed.ErrorPosition, text, parsed.FormatErrorMessageFragment());
    }

    private static Outcome<Syntax> Refused(Position position, string text, string message) =>
        Outcome<Syntax>.Refused("expression", $"character {(position.HasValue ? position.Absolute : text.Length) + 1}: {message}");

    private static int NestingOf(TokenList<Sign> tokens)
    {
        var (depth, deepest) = (0, 0);
        foreach (var token in tokens)
        {
            depth += token.Kind is Sign.Open or Sign.OpenBracket ? 1 : token.Kind is Sign.Close or Sign.CloseBracket ? -1 : 0;
            deepest = Math.Max(deepest, depth);
        }

        return deepest;
    }

    private static TextParser<Unit> Between(char quote) =>
        from open in Character.EqualTo(quote)
        from content in Character.EqualTo('\\').IgnoreThen(Character.AnyChar).Value(Unit.Value).Try().Or(Character.Except(quote).Value(Unit.Value)).IgnoreMany()
        from close in Character.EqualTo(quote)
        select Unit.Value;

    private static string Unquote(string token)
    {
        var text = new System.Text.StringBuilder(token.Length);
        for (var index = 1; index < token.Length - 1; index++)
        {
            if (token[index] == '\\' && token[index + 1] is '\\' or '"' or '\'')
            {
                index++;
            }

            text.Append(token[index]);
        }

        return text.ToString();
    }

    private static TokenListParser<Sign, Syntax> Prefixed(Sign sign, bool isNot, TokenListParser<Sign, Syntax> operand) =>
        from signs in Token.EqualTo(sign).Many()
        from inner in operand
        select signs.Reverse().Aggregate(inner, (under, token) => new UnarySyntax(PositionOf(token), isNot, under));

    private static TokenListParser<Sign, Syntax> Chain(TokenListParser<Sign, Syntax> operand, params Sign[] signs) => Parse.Chain(
        Token.Matching<Sign>(sign => signs.Contains(sign), signs.Length == 1 ? $"'{signs[0]}'" : "an operator"),
        operand,
        (sign, left, right) => new BinarySyntax(PositionOf(sign), sign.Kind, left, right));

    private static Syntax NameOrCall(Token<Sign> name, Syntax[]? arguments)
    {
        var (position, text) = (PositionOf(name), name.ToStringValue());
        return arguments is not null ? new CallSyntax(position, text, [.. arguments]) : text.ToLowerInvariant() switch
        {
            "true" => new ConstantSyntax(position, PropertyValue.Of(true)),
            "false" => new ConstantSyntax(position, PropertyValue.Of(false)),
            "undefined" or "null" => new ConstantSyntax(position, PropertyValue.Null),
            _ => new NameSyntax(position, text),
        };
    }

    private static int PositionOf(Token<Sign> token) => token.Position.Absolute + 1;
}
