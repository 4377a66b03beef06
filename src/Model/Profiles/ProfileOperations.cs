using System.Collections.Immutable;
using NodaTime.Text;
using Rondo.Model.Events;

namespace Rondo.Model.Profiles;

/// <summary>The meaning of the eight operators, in one place for every store (Mixpanel reference, 1.8).</summary>
public static class ProfileOperations
{
    /// <summary>When the profile was last updated, as ISO text in UTC.</summary>
    public const string LastSeen = "$last_seen";

    private static readonly InstantPattern LastSeenPattern = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss");

    /// <summary>Changes <paramref name="profile"/> in place.</summary>
    /// <returns>False when the profile is to be deleted.</returns>
    public static bool Apply(IDictionary<string, PropertyValue> profile, ProfileUpdate update)
    {
        if (update.Operator == ProfileOperator.Delete)
        {
            profile.Clear();
            return false;
        }

        foreach (var (name, operand) in update.Properties)
        {
            var current = profile.TryGetValue(name, out var found) ? found : PropertyValue.Null;
            var changed = update.Operator switch
            {
                ProfileOperator.Set => operand,
                ProfileOperator.SetOnce => current.IsSet ? current : operand,
                ProfileOperator.Add => Add(current, operand),
                ProfileOperator.Append => PropertyValue.Of(ItemsOf(current).Add(operand)),
                ProfileOperator.Union => Union(current, operand),
                ProfileOperator.Remove => Remove(current, operand),
                _ => PropertyValue.Null,
            };
            if (changed.IsSet)
            {
                profile[name] = changed;
            }
            else
            {
                profile.Remove(name);
            }
        }

        if (!update.IgnoreTime)
        {
            profile[LastSeen] = PropertyValue.Of(LastSeenPattern.Format(update.Time));
        }

        return true;
    }

    private static PropertyValue Add(PropertyValue current, PropertyValue operand) => (current.Kind, operand.Kind) switch
    {
        (PropertyKind.Null, PropertyKind.Number) => operand,
        (PropertyKind.Number, PropertyKind.Number) => PropertyValue.Of(current.Number + operand.Number),
        _ => current,
    };

    private static PropertyValue Union(PropertyValue current, PropertyValue operand)
    {
        var items = ItemsOf(current).ToBuilder();
        foreach (var item in ItemsOf(operand))
        {
            if (!items.Contains(item))
            {
                items.Add(item);
            }
        }

        return PropertyValue.Of(items.ToImmutable());
    }

    private static PropertyValue Remove(PropertyValue current, PropertyValue operand) =>
        current.Kind == PropertyKind.List ? PropertyValue.Of(current.Items.RemoveAll(item => item == operand)) : current;

    private static ImmutableArray<PropertyValue> ItemsOf(PropertyValue value) => value.Kind switch
    {
        PropertyKind.Null => [],
        PropertyKind.List => value.Items,
        _ => [value],
    };
}
