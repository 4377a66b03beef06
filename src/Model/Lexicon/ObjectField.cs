using System.Text.RegularExpressions;
using Rondo.Model.Expressions;
using Rondo.Model.Predicates;

namespace Rondo.Model.Lexicon;

/// <summary>
/// A field of a property that holds an object, or of each object in a list: the expression that pickers offer, and how it is
/// recognised again. Of a list it is the list of the fields' values, so conditions ask any or all of them.
/// </summary>
/// <param name="Source">Whether it is a property of the event or of the person.</param>
/// <param name="Property">The property that holds the objects.</param>
/// <param name="Field">The field.</param>
/// <param name="IsList">Whether the property holds a list of objects.</param>
public sealed partial record ObjectField(PropertySource Source, string Property, string Field, bool IsList)
{
    /// <summary>What reads: "cart › price".</summary>
    public string Title => $"{Property} › {Field}";

    /// <summary>As a property of the source <see cref="PropertySource.Expression"/>.</summary>
    public string ToExpression()
    {
        var property = $"{(Source == PropertySource.User ? "user" : "properties")}[{Quoting.Quoted(Property)}]";
        return IsList ? $"map(item, {property}, item[{Quoting.Quoted(Field)}])" : $"{property}[{Quoting.Quoted(Field)}]";
    }

    /// <summary>The field that an expression stands for; null when it does anything else.</summary>
    public static ObjectField? Of(string expression)
    {
        var (list, single) = (OfList().Match(expression), OfObject().Match(expression));
        var found = list.Success ? list : single;
        return found.Success
            ? new ObjectField(found.Groups[1].Value == "user" ? PropertySource.User : PropertySource.Event, Quoting.Read(found.Groups[2]), Quoting.Read(found.Groups[3]), list.Success)
            : null;
    }

    [GeneratedRegex("""^map\(item, (properties|user)\["((?:[^"\\]|\\.)+)"\], item\["((?:[^"\\]|\\.)+)"\]\)$""")]
    private static partial Regex OfList();

    [GeneratedRegex("""^(properties|user)\["((?:[^"\\]|\\.)+)"\]\["((?:[^"\\]|\\.)+)"\]$""")]
    private static partial Regex OfObject();
}
