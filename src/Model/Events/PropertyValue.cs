using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using NodaTime;
using NodaTime.Text;

namespace Rondo.Model.Events;

/// <summary>One value of an event or profile property. The default value is <see cref="Null"/>, which means "not set".</summary>
[JsonConverter(typeof(PropertyValueJsonConverter))]
public readonly struct PropertyValue : IEquatable<PropertyValue>
{
    private readonly object? _reference;
    private readonly double _number;

    private PropertyValue(PropertyKind kind, object? reference, double number)
    {
        Kind = kind;
        _reference = reference;
        _number = number;
    }

    /// <summary>The absent value.</summary>
    public static PropertyValue Null => default;

    /// <summary>Which of the accessors may be read.</summary>
    public PropertyKind Kind { get; }

    /// <summary>True unless the value is <see cref="PropertyKind.Null"/>.</summary>
    public bool IsSet => Kind != PropertyKind.Null;

    /// <summary>The text of a <see cref="PropertyKind.String"/>.</summary>
    public string String => Kind == PropertyKind.String ? (string)_reference! : throw WrongKind(PropertyKind.String);

    /// <summary>The value of a <see cref="PropertyKind.Number"/>.</summary>
    public double Number => Kind == PropertyKind.Number ? _number : throw WrongKind(PropertyKind.Number);

    /// <summary>The value of a <see cref="PropertyKind.Boolean"/>.</summary>
    public bool Boolean => Kind == PropertyKind.Boolean ? _number != 0 : throw WrongKind(PropertyKind.Boolean);

    /// <summary>The instant of a <see cref="PropertyKind.Date"/>.</summary>
    public Instant Date => Kind == PropertyKind.Date ? Instant.FromUnixTimeMilliseconds((long)_number) : throw WrongKind(PropertyKind.Date);

    /// <summary>The items of a <see cref="PropertyKind.List"/>, in the order they were sent.</summary>
    public ImmutableArray<PropertyValue> Items => Kind == PropertyKind.List ? (ImmutableArray<PropertyValue>)_reference! : throw WrongKind(PropertyKind.List);

    /// <summary>The JSON text of a <see cref="PropertyKind.Object"/>.</summary>
    public string ObjectJson => Kind == PropertyKind.Object ? (string)_reference! : throw WrongKind(PropertyKind.Object);

    /// <summary>A text value.</summary>
    public static PropertyValue Of(string value) => new(PropertyKind.String, value, 0);

    /// <summary>A number.</summary>
    public static PropertyValue Of(double value) => new(PropertyKind.Number, null, value);

    /// <summary>True or false.</summary>
    public static PropertyValue Of(bool value) => new(PropertyKind.Boolean, null, value ? 1 : 0);

    /// <summary>An instant, to the millisecond.</summary>
    public static PropertyValue Of(Instant instant) => new(PropertyKind.Date, null, instant.ToUnixTimeMilliseconds());

    /// <summary>A list.</summary>
    public static PropertyValue Of(ImmutableArray<PropertyValue> items) => new(PropertyKind.List, items, 0);

    /// <summary>A JSON object given as its text.</summary>
    public static PropertyValue OfObject(string json) => new(PropertyKind.Object, json, 0);

    /// <summary>Whether two values are of the same kind and equal; lists compare item by item.</summary>
    public static bool operator ==(PropertyValue left, PropertyValue right) => left.Equals(right);

    /// <summary>The negation of equality.</summary>
    public static bool operator !=(PropertyValue left, PropertyValue right) => !left.Equals(right);

    /// <summary>
    /// The text a breakdown shows and a string filter compares: numbers in the shortest form that reads back
    /// (invariant culture), booleans as <c>true</c> and <c>false</c>, dates as ISO text in UTC, lists and objects as JSON. Null gives null.
    /// </summary>
    public string? ToText() => Kind switch
    {
        PropertyKind.Null => null,
        PropertyKind.String => (string)_reference!,
        PropertyKind.Number => _number.ToString("R", CultureInfo.InvariantCulture),
        PropertyKind.Boolean => _number != 0 ? "true" : "false",
        PropertyKind.Date => InstantPattern.ExtendedIso.Format(Date),
        _ => PropertyValueJson.Write(this),
    };

    /// <inheritdoc/>
    public bool Equals(PropertyValue other)
    {
        if (Kind != other.Kind)
        {
            return false;
        }

        return Kind switch
        {
            PropertyKind.Null => true,
            PropertyKind.Number or PropertyKind.Boolean or PropertyKind.Date => _number.Equals(other._number),
            PropertyKind.List => Items.AsSpan().SequenceEqual(other.Items.AsSpan()),
            _ => string.Equals((string)_reference!, (string)other._reference!, StringComparison.Ordinal),
        };
    }

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is PropertyValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Kind switch
    {
        PropertyKind.Null => 0,
        PropertyKind.Number or PropertyKind.Boolean or PropertyKind.Date => _number.GetHashCode(),
        PropertyKind.List => Items.Length,
        _ => StringComparer.Ordinal.GetHashCode((string)_reference!),
    };

    /// <summary>The text of the value, or "(not set)".</summary>
    public override string ToString() => ToText() ?? "(not set)";

    private InvalidOperationException WrongKind(PropertyKind asked) => new($"A {Kind} value was read as {asked}.");
}
