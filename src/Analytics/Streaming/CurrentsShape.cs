using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;

namespace Rondo.Analytics.Streaming;

/// <summary>
/// A type of Currents as events of ours take its form: exactly the fields of the catalogue, each under its own name and with its
/// own kind of value. An event whose name the catalogue does not know takes the form of a custom event.
/// </summary>
internal sealed class CurrentsShape
{
    private const string CustomProperty = "[Custom event property] ";
    private const string PurchaseProperty = "[Purchase property] ";

    private static readonly FrozenDictionary<string, CurrentsShape> ByType = CurrentsCatalogue.All.ToFrozenDictionary(type => type.Type, type => new CurrentsShape(type), StringComparer.Ordinal);

    private CurrentsShape(CurrentsType type)
    {
        Type = type;
        Fields = [.. type.Fields.Select(field => CurrentsField.Of(field, type.RequiredFields.Contains(field)))];
    }

    /// <summary>The type in the catalogue.</summary>
    public CurrentsType Type { get; }

    /// <summary>Its fields in the catalogue's order.</summary>
    public IReadOnlyList<CurrentsField> Fields { get; }

    /// <summary>The form of a type.</summary>
    public static CurrentsShape Of(CurrentsType type) => ByType[type.Type];

    /// <summary>The form of events that the catalogue does not know.</summary>
    public static CurrentsShape Custom { get; } = ByType[CurrentsCatalogue.CustomEvent];

    /// <summary>Whether the event has everything that the type requires.</summary>
    public bool Fits(TrackedEvent tracked, string application) => Fields.All(field => !field.IsRequired || ValueOf(field, tracked, application) is not null);

    /// <summary>The fields that the event has a value for.</summary>
    public IEnumerable<(CurrentsField Field, PropertyValue Value)> ValuesOf(TrackedEvent tracked, string application)
    {
        foreach (var field in Fields)
        {
            if (ValueOf(field, tracked, application) is { } value)
            {
                yield return (field, value);
            }
        }
    }

    private PropertyValue? ValueOf(CurrentsField field, TrackedEvent tracked, string application) => field.Name switch
    {
        "name" when this == Custom => PropertyValue.Of(CustomNameOf(tracked.Name)),
        "custom_properties" => CustomPropertiesOf(tracked),
        "purchase_properties" => Prefixed(tracked, PurchaseProperty),

        // A project is one app and one group of apps.
        "app_id" or "app_group_id" => Found(tracked, field, field.Name) ?? PropertyValue.Of(application),
        "device_model" => Found(tracked, field, "device_model", "$device", "$model"),
        "os_version" => Found(tracked, field, "os_version", "$os_version", "$os"),
        _ => Found(tracked, field, field.Name),
    };

    private static PropertyValue? Found(TrackedEvent tracked, CurrentsField field, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            foreach (var property in tracked.Properties)
            {
                if (property.Name == name)
                {
                    return field.Take(property.Value);
                }
            }
        }

        return null;
    }

    /// <summary>A custom event that came from Braze goes back under the name it has there.</summary>
    private static string CustomNameOf(string name) =>
        name.StartsWith(CurrentsCatalogue.CustomEventPrefix + " ", StringComparison.Ordinal) && name.Length > CurrentsCatalogue.CustomEventPrefix.Length + 1 ? name[(CurrentsCatalogue.CustomEventPrefix.Length + 1)..] : name;

    private PropertyValue? CustomPropertiesOf(TrackedEvent tracked) => tracked.Name.StartsWith(CurrentsCatalogue.CustomEventPrefix, StringComparison.Ordinal)
        ? Prefixed(tracked, CustomProperty)
        : ObjectOf(tracked.Properties.Where(property => property.Name is "name" or "custom_properties" || !Type.Fields.Contains(property.Name)).Select(property => (property.Name, property.Value)));

    private static PropertyValue? Prefixed(TrackedEvent tracked, string prefix) =>
        ObjectOf(tracked.Properties.Where(property => property.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(property => (property.Name[prefix.Length..], property.Value)));

    private static PropertyValue? ObjectOf(IEnumerable<(string Name, PropertyValue Value)> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        var isEmpty = true;
        foreach (var (name, value) in members)
        {
            isEmpty = false;
            json.WritePropertyName(name);
            PropertyValueJson.Write(json, value);
        }

        json.WriteEndObject();
        json.Flush();
        return isEmpty ? null : PropertyValue.OfObject(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
