using Rondo.Model.Events;

namespace Rondo.Model.Expressions;

/// <summary>What the signs of an expression do to two values.</summary>
internal static class Operations
{
    public static bool IsTrue(PropertyValue value) => value.Kind == PropertyKind.Boolean && value.Boolean;

    public static PropertyValue NumberOf(double number) => double.IsFinite(number) ? PropertyValue.Of(number) : PropertyValue.Null;

    public static PropertyValue TextOf(string text) => text.Length <= Expression.MaximumText ? PropertyValue.Of(text) : PropertyValue.Null;

    /// <summary>A list in a list is not made: such an item is undefined.</summary>
    public static PropertyValue ListOf(IEnumerable<PropertyValue> items) =>
        PropertyValue.Of([.. items.Select(item => item.Kind == PropertyKind.List ? PropertyValue.Null : item)]);

    public static PropertyValue Of(Sign sign, PropertyValue left, PropertyValue right) => sign switch
    {
        Sign.Equal => PropertyValue.Of(AreEqual(left, right)),
        Sign.NotEqual => PropertyValue.Of(!AreEqual(left, right)),
        Sign.In => IsIn(left, right),
        Sign.Plus when left.Kind == PropertyKind.String && right.Kind == PropertyKind.String => TextOf(left.String + right.String),
        Sign.Less or Sign.Greater or Sign.AtMost or Sign.AtLeast => Compare(sign, left, right),
        _ when left.Kind == PropertyKind.Number && right.Kind == PropertyKind.Number => NumberOf(sign switch
        {
            Sign.Plus => left.Number + right.Number,
            Sign.Minus => left.Number - right.Number,
            Sign.Times => left.Number * right.Number,
            Sign.Over => left.Number / right.Number,
            _ => left.Number % right.Number,
        }),
        _ => PropertyValue.Null,
    };

    private static bool AreEqual(PropertyValue left, PropertyValue right) => left.Kind == PropertyKind.String && right.Kind == PropertyKind.String
        ? string.Equals(left.String, right.String, StringComparison.OrdinalIgnoreCase)
        : left == right;

    private static PropertyValue IsIn(PropertyValue left, PropertyValue right) => right.Kind switch
    {
        PropertyKind.List => PropertyValue.Of(right.Items.Any(item => AreEqual(left, item))),
        PropertyKind.String when left.Kind == PropertyKind.String => PropertyValue.Of(right.String.Contains(left.String, StringComparison.OrdinalIgnoreCase)),
        _ => PropertyValue.Null,
    };

    private static PropertyValue Compare(Sign sign, PropertyValue left, PropertyValue right)
    {
        var order = (left.Kind, right.Kind) switch
        {
            (PropertyKind.Number, PropertyKind.Number) => left.Number.CompareTo(right.Number),
            (PropertyKind.Date, PropertyKind.Date) => left.Date.CompareTo(right.Date),
            _ => (int?)null,
        };
        return order is not { } compared ? PropertyValue.Null : PropertyValue.Of(sign switch
        {
            Sign.Less => compared < 0,
            Sign.Greater => compared > 0,
            Sign.AtMost => compared <= 0,
            _ => compared >= 0,
        });
    }
}
