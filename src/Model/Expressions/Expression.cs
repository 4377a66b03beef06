using System.Collections.Concurrent;
using System.Collections.Immutable;
using Rondo.Model.Events;
using Rondo.Model.Lexicon;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Model.Expressions;

/// <summary>
/// A computed property (Mixpanel reference, 3.8 and 4.6): text such as
/// <c>if(properties["price"] > 100, "high", upper(user["plan"]))</c>. Immutable and thread-safe; evaluating it never fails:
/// what makes no sense for the values at hand is "undefined", which is not set.
/// </summary>
/// <remarks>
/// Typing: <c>- * / %</c> take numbers, <c>+</c> numbers or texts, <c>&lt; &gt; &lt;= &gt;=</c> numbers or dates; anything
/// else, and division by zero, is undefined. <c>==</c> of different types is false, texts compare whatever the case.
/// <c>and</c>, <c>or</c> take undefined for false, <c>not undefined</c> is true. <c>in</c> is part of a text or item of a list.
/// Bounds: <see cref="MaximumLength"/> characters, <see cref="Grammar.MaximumTokens"/> words and signs, brackets nested
/// <see cref="Grammar.MaximumNesting"/> deep, any/all/filter/map nested <see cref="Binder.MaximumLoops"/> deep, a text that
/// becomes longer than <see cref="MaximumText"/> is undefined, an item of a list that is itself a list too.
/// </remarks>
public sealed class Expression
{
    /// <summary>Longest expression, in characters.</summary>
    public const int MaximumLength = 20_000;

    /// <summary>Longest text that a step may give, in characters.</summary>
    public const int MaximumText = 32_768;

    private const int RememberedExpressions = 1000;
    private static readonly ConcurrentDictionary<string, Outcome<Expression>> Parsed = new(StringComparer.Ordinal);

    private readonly Node _root;

    internal Expression(Node root, IReadOnlyCollection<(bool OfUser, string Name)> properties, ImmutableArray<TableColumn> tables, bool usesToday)
    {
        UsesToday = usesToday;
        _root = root;
        EventProperties = [.. properties.Where(property => !property.OfUser).Select(property => property.Name).Distinct()];
        UserProperties = [.. properties.Where(property => property.OfUser).Select(property => property.Name).Distinct()];
        Tables = tables;
    }

    /// <summary>Event properties it reads.</summary>
    public ImmutableArray<string> EventProperties { get; }

    /// <summary>Profile properties it reads.</summary>
    public ImmutableArray<string> UserProperties { get; }

    /// <summary>Columns of lookup tables it reads.</summary>
    public ImmutableArray<TableColumn> Tables { get; }

    /// <summary>Whether its value depends on the day on which it is asked for.</summary>
    public bool UsesToday { get; }

    /// <summary>Whether it needs an event, and so makes no sense for a person alone.</summary>
    public bool UsesEvent => !EventProperties.IsEmpty;

    /// <summary>Reads an expression; refused with the character (from 1) where it goes wrong.</summary>
    public static Outcome<Expression> Parse(string text)
    {
        if (Parsed.TryGetValue(text, out var known))
        {
            return known;
        }

        if (Parsed.Count >= RememberedExpressions)
        {
            Parsed.Clear();
        }

        return Parsed[text] = Read(text);
    }

    /// <summary>The expression that a computed source means; null when it is gone or broken.</summary>
    public static Expression? Of(PropertySource source, string property, ProjectLexicon lexicon)
    {
        var text = source == PropertySource.Custom ? lexicon.CustomProperties.GetValueOrDefault(property) : property;
        return text is null ? null : Parse(text).Value;
    }

    /// <summary>The value for one event or person.</summary>
    public PropertyValue Evaluate(IPropertySubject subject, QueryContext context) => _root.Evaluate(new Evaluation(subject, context));

    private static Outcome<Expression> Read(string text)
    {
        if (text.Length > MaximumLength)
        {
            return Outcome<Expression>.Refused("expression", $"must be at most {MaximumLength} characters");
        }

        var syntax = Grammar.Read(text);
        return syntax.IsAccepted ? Binder.Bind(syntax.Value) : Outcome<Expression>.Refused(syntax.Problems);
    }
}

/// <summary>A column of a lookup table, by name.</summary>
public sealed record TableColumn(string Table, string Column)
{
    /// <summary>Whether the lexicon has such a table with such a column.</summary>
    public bool IsIn(ProjectLexicon lexicon) => lexicon.Tables.TryGetValue(Table, out var table) && table.Has(Column);
}
