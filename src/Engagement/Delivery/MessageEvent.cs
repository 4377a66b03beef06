using NodaTime;
using Rondo.Model.Events;

namespace Rondo.Engagement.Delivery;

/// <summary>Events about messages, as they enter ingestion.</summary>
internal static class MessageEvent
{
    /// <summary>An event of a person by canonical id, so that device and user stay what they are.</summary>
    public static TrackedEvent Of(string name, string person, Instant at, string insertId, IReadOnlyList<Property> properties) => new()
    {
        Name = name,
        DistinctId = person,
        UserId = DeviceIds.IsDevice(person) ? null : person,
        DeviceId = DeviceIds.IsDevice(person) ? person[DeviceIds.Prefix.Length..] : null,
        Time = at,
        InsertId = insertId,
        Properties = properties,
    };

    /// <summary>A message's ids as properties.</summary>
    public static List<Property> Properties(IReadOnlyDictionary<string, string> ids) => [.. ids.Select(pair => Text(pair.Key, pair.Value))];

    public static Property Text(string name, string value) => new(name, PropertyValue.Of(value));
}
