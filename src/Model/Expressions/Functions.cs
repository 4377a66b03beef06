using System.Globalization;
using Rondo.Model.Events;
using Rondo.Model.Queries;

namespace Rondo.Model.Expressions;

/// <summary>A function of the expression language: how many arguments it takes and what it gives.</summary>
internal sealed record Function(int Fewest, int Most, Func<PropertyValue[], QueryContext, PropertyValue> Evaluate);

/// <summary>The functions by lower-case name; those with a syntax of their own are in <see cref="Binder"/>.</summary>
internal static class Functions
{
    private static readonly Dictionary<string, Function> ByName = new(StringComparer.Ordinal)
    {
        ["defined"] = new(1, 1, (values, _) => PropertyValue.Of(values[0].IsSet)),
        ["boolean"] = new(1, 1, (values, _) => PropertyValue.Of(BooleanOf(values[0]))),
        ["number"] = new(1, 1, (values, _) => Number(values[0])),
        ["string"] = new(1, 1, (values, _) => values[0].ToText() is { } text ? Operations.TextOf(text) : PropertyValue.Null),
        ["datetime"] = new(1, 1, (values, _) => DateFunctions.Read(values[0])),
        ["min"] = new(1, 255, (values, _) => Extreme(values, (left, right) => left < right)),
        ["max"] = new(1, 255, (values, _) => Extreme(values, (left, right) => left > right)),
        ["sum"] = new(1, 1, (values, _) => values[0].Kind == PropertyKind.List ? Operations.NumberOf(Numbers(values).Sum()) : PropertyValue.Null),
        ["floor"] = new(1, 1, (values, _) => Numeric(values[0], Math.Floor)),
        ["ceil"] = new(1, 1, (values, _) => Numeric(values[0], Math.Ceiling)),
        ["round"] = new(1, 1, (values, _) => Numeric(values[0], number => Math.Round(number, MidpointRounding.AwayFromZero))),
        ["upper"] = new(1, 1, (values, _) => Textual(values[0], text => text.ToUpperInvariant())),
        ["lower"] = new(1, 1, (values, _) => Textual(values[0], text => text.ToLowerInvariant())),
        ["len"] = new(1, 1, (values, _) => values[0].Kind switch
        {
            PropertyKind.String => PropertyValue.Of(values[0].String.Length),
            PropertyKind.List => PropertyValue.Of(values[0].Items.Length),
            _ => PropertyValue.Null,
        }),
        ["left"] = new(2, 2, (values, _) => Part(values[0], 1, values[1])),
        ["right"] = new(2, 2, (values, _) => values is [{ Kind: PropertyKind.String } text, { Kind: PropertyKind.Number } count] ? Part(text, Math.Max(1, text.String.Length - Math.Max(0, count.Number) + 1), count) : PropertyValue.Null),
        ["mid"] = new(3, 3, (values, _) => values[1].Kind == PropertyKind.Number && values[1].Number >= 1 ? Part(values[0], values[1].Number, values[2]) : PropertyValue.Null),
        ["split"] = new(2, 3, (values, _) => Split(values)),
        ["has_prefix"] = new(2, 2, (values, _) => Texts(values, (text, part) => text.StartsWith(part, StringComparison.OrdinalIgnoreCase))),
        ["has_suffix"] = new(2, 2, (values, _) => Texts(values, (text, part) => text.EndsWith(part, StringComparison.OrdinalIgnoreCase))),
        ["parse_url"] = new(2, 2, (values, _) => ParseUrl(values)),
        ["datedif"] = new(3, 3, DateFunctions.Difference),
        ["today"] = new(0, 0, (_, context) => PropertyValue.Of(context.Calendar.StartOf(context.Calendar.DateOf(context.Now)))),
    };

    public static Function? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>"false", 0, the empty text and what is not set are false, everything else is true.</summary>
    private static bool BooleanOf(PropertyValue value) => value.Kind switch
    {
        PropertyKind.Null => false,
        PropertyKind.Boolean => value.Boolean,
        PropertyKind.Number => value.Number != 0,
        PropertyKind.String => value.String.Length > 0 && !value.String.Equals("false", StringComparison.OrdinalIgnoreCase),
        _ => true,
    };

    /// <summary>A date is its seconds since 1970; text that is no number is undefined.</summary>
    private static PropertyValue Number(PropertyValue value) => value.Kind switch
    {
        PropertyKind.Number => value,
        PropertyKind.Boolean => PropertyValue.Of(value.Boolean ? 1 : 0),
        PropertyKind.Date => PropertyValue.Of(value.Date.ToUnixTimeMilliseconds() / 1000.0),
        PropertyKind.String when double.TryParse(value.String, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => Operations.NumberOf(number),
        _ => PropertyValue.Null,
    };

    private static PropertyValue Numeric(PropertyValue value, Func<double, double> function) =>
        value.Kind == PropertyKind.Number ? Operations.NumberOf(function(value.Number)) : PropertyValue.Null;

    private static PropertyValue Textual(PropertyValue value, Func<string, string> function) =>
        value.Kind == PropertyKind.String ? Operations.TextOf(function(value.String)) : PropertyValue.Null;

    private static PropertyValue Texts(PropertyValue[] values, Func<string, string, bool> test) =>
        values is [{ Kind: PropertyKind.String } text, { Kind: PropertyKind.String } part] ? PropertyValue.Of(test(text.String, part.String)) : PropertyValue.Null;

    private static IEnumerable<double> Numbers(PropertyValue[] values) =>
        values.SelectMany(value => value.Kind == PropertyKind.List ? value.Items.AsEnumerable() : [value]).Where(value => value.Kind == PropertyKind.Number).Select(value => value.Number);

    private static PropertyValue Extreme(PropertyValue[] values, Func<double, double, bool> isBetter)
    {
        double? best = null;
        foreach (var number in Numbers(values))
        {
            best = best is not { } known || isBetter(number, known) ? number : known;
        }

        return best is { } found ? PropertyValue.Of(found) : PropertyValue.Null;
    }

    /// <summary>At most so many characters from a place counted from 1.</summary>
    private static PropertyValue Part(PropertyValue value, double start, PropertyValue count)
    {
        if (value.Kind != PropertyKind.String || count.Kind != PropertyKind.Number || count.Number < 0)
        {
            return PropertyValue.Null;
        }

        var text = value.String;
        var first = (int)Math.Min(text.Length, Math.Floor(start) - 1);
        return PropertyValue.Of(text.Substring(first, (int)Math.Min(text.Length - first, Math.Floor(count.Number))));
    }

    /// <summary>The pieces between a delimiter of one character, or the n-th of them, counted from 1.</summary>
    private static PropertyValue Split(PropertyValue[] values)
    {
        if (values[0].Kind != PropertyKind.String || values[1].Kind != PropertyKind.String || values[1].String.Length != 1)
        {
            return PropertyValue.Null;
        }

        var pieces = values[0].String.Split(values[1].String[0]);
        if (values.Length == 2)
        {
            return Operations.ListOf(pieces.Select(PropertyValue.Of));
        }

        return values[2].Kind == PropertyKind.Number && values[2].Number >= 1 && values[2].Number <= pieces.Length ? PropertyValue.Of(pieces[(int)values[2].Number - 1]) : PropertyValue.Null;
    }

    /// <summary>"full_domain" is the host, "domain" its last two labels.</summary>
    private static PropertyValue ParseUrl(PropertyValue[] values)
    {
        if (values is not [{ Kind: PropertyKind.String } text, { Kind: PropertyKind.String } part])
        {
            return PropertyValue.Null;
        }

        var written = text.String.Contains("://", StringComparison.Ordinal) ? text.String : $"http://{text.String}";
        if (!Uri.TryCreate(written, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            return PropertyValue.Null;
        }

        return part.String.ToLowerInvariant() switch
        {
            "full_domain" => PropertyValue.Of(url.Host),
            "domain" => PropertyValue.Of(url.HostNameType == UriHostNameType.Dns ? string.Join('.', url.Host.Split('.').TakeLast(2)) : url.Host),
            _ => PropertyValue.Null,
        };
    }
}
