using System.Text.Json;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;

namespace Rondo.HttpApi.Braze;

/// <summary>
/// A batch of Braze's Currents (Braze reference, 3.2), read from its bytes. Events get the names and properties that Braze gives
/// them in Mixpanel (3.5). What cannot be read is refused by place and rule; nothing is thrown for what anybody sends.
/// </summary>
internal sealed record CurrentsRequest(IReadOnlyList<SubmittedEvent> Events, IReadOnlyList<(int Index, string Rule)> Refused)
{
    private const int MaximumIdLength = 255;

    /// <summary>Null when the body is no object with a list of events.</summary>
    public static CurrentsRequest? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("events", out var list) || list.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            var (events, refused) = (new List<SubmittedEvent>(), new List<(int, string)>());
            foreach (var (index, item) in list.EnumerateArray().Index())
            {
                var (read, rule) = ReadEvent(item);
                if (read is null)
                {
                    refused.Add((index, rule));
                }
                else
                {
                    events.Add(read);
                }
            }

            return new CurrentsRequest(events, refused);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // A text that is no UTF-16, such as half of a pair, is found only when it is read.
            return null;
        }
    }

    private static (SubmittedEvent? Event, string Rule) ReadEvent(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return (null, "must be an object");
        }

        if (TextOf(item, "event_type") is not { Length: > 0 } type)
        {
            return (null, "event_type must be a text that is not empty");
        }

        if (TextOf(item, "id") is not { Length: > 0 and <= MaximumIdLength } id)
        {
            return (null, $"id must be a text of 1 to {MaximumIdLength} characters");
        }

        if (TimeOf(item) is not { } time)
        {
            return (null, "time must be seconds since 1970");
        }

        if (!item.TryGetProperty("user", out var user) || user.ValueKind != JsonValueKind.Object || TextOf(user, "user_id") is not { Length: > 0 } brazeId)
        {
            return (null, "user.user_id must be a text that is not empty");
        }

        var hasProperties = item.TryGetProperty("properties", out var properties) && properties.ValueKind != JsonValueKind.Null;
        if (hasProperties && properties.ValueKind != JsonValueKind.Object)
        {
            return (null, "properties must be an object");
        }

        if (NameOf(type, hasProperties ? properties : default) is not { } name)
        {
            return (null, "properties.name must be a text that is not empty");
        }

        return (EventOf(name, id, time, user, brazeId, hasProperties ? properties : default), string.Empty);
    }

    private static SubmittedEvent EventOf(string name, string id, Instant time, JsonElement user, string brazeId, JsonElement properties)
    {
        var deviceId = TextOf(user, "device_id");
        var read = new SubmittedEvent { Name = name, InsertId = id, Time = time };
        if (TextOf(user, "external_user_id") is { Length: > 0 } externalId)
        {
            read.UserId = externalId;
        }
        else
        {
            // Whoever has no id of the customer's is anonymous here too: a device, or what Braze knows of one.
            read.DeviceId = string.IsNullOrEmpty(deviceId) ? brazeId : deviceId;
        }

        if (deviceId is { Length: > 0 })
        {
            read.Properties.Add(new Property("device_id", PropertyValue.Of(deviceId)));
        }

        foreach (var member in properties.ValueKind == JsonValueKind.Object ? properties.EnumerateObject() : default)
        {
            Add(read.Properties, member);
        }

        read.Properties.Add(new Property("$partner_id", PropertyValue.Of("braze")));
        return read;
    }

    /// <summary>Fields keep their names, except where Mixpanel has its own; what is the customer's own is marked as such.</summary>
    private static void Add(List<Property> properties, JsonProperty member)
    {
        switch (member.Name)
        {
            case "device_model":
                properties.Add(new Property("$device", PropertyValueJson.From(member.Value)));
                break;
            case "os_version":
                properties.Add(new Property("$os", PropertyValueJson.From(member.Value)));
                break;
            case "custom_properties" or "purchase_properties" when member.Value.ValueKind == JsonValueKind.Object:
                var prefix = member.Name == "custom_properties" ? "[Custom event property] " : "[Purchase property] ";
                properties.AddRange(member.Value.EnumerateObject().Select(own => new Property(prefix + own.Name, PropertyValueJson.From(own.Value))));
                break;
            default:
                properties.Add(new Property(member.Name, PropertyValueJson.From(member.Value)));
                break;
        }
    }

    private static string? NameOf(string type, JsonElement properties) => type != CurrentsCatalogue.CustomEvent ? CurrentsCatalogue.EventNameOf(type)
        : properties.ValueKind == JsonValueKind.Object && TextOf(properties, "name") is { Length: > 0 } name ? $"{CurrentsCatalogue.CustomEventPrefix} {name}"
        : null;

    private static Instant? TimeOf(JsonElement item) =>
        item.TryGetProperty("time", out var time) && time.ValueKind == JsonValueKind.Number && time.TryGetDouble(out var seconds) && seconds is >= 0 and <= 4_294_967_295
            ? Instant.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;

    private static string? TextOf(JsonElement root, string name) => root.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}
