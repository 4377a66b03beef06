using System.Text.RegularExpressions;
using Rondo.Model.Expressions;
using Rondo.Model.Predicates;

namespace Rondo.Model.Lexicon;

/// <summary>A column of a lookup table joined by a property: the expression that pickers offer, and how it is recognised again.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">One of its columns, not the key.</param>
/// <param name="KeySource">Whether the key is a property of the event or of the person.</param>
/// <param name="Key">The property whose value finds the row.</param>
public sealed partial record LookupColumn(string Table, string Column, PropertySource KeySource, string Key)
{
    /// <summary>What reads: "kind (Things)".</summary>
    public string Title => $"{Column} ({Table})";

    /// <summary>As a property of the source <see cref="PropertySource.Expression"/>.</summary>
    public string ToExpression() => $"lookup({Quoting.Quoted(Table)}, {Quoting.Quoted(Column)}, {(KeySource == PropertySource.User ? "user" : "properties")}[{Quoting.Quoted(Key)}])";

    /// <summary>The column that an expression stands for; null when it does anything else.</summary>
    public static LookupColumn? Of(string expression) => Form().Match(expression) is { Success: true } found
        ? new LookupColumn(Quoting.Read(found.Groups[1]), Quoting.Read(found.Groups[2]), found.Groups[3].Value == "user" ? PropertySource.User : PropertySource.Event, Quoting.Read(found.Groups[4]))
        : null;

    [GeneratedRegex("""^lookup\("((?:[^"\\]|\\.)+)", "((?:[^"\\]|\\.)+)", (properties|user)\["((?:[^"\\]|\\.)+)"\]\)$""")]
    private static partial Regex Form();
}
