using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Profiles;

namespace Rondo.Engine.Tests;

/// <summary>Short ways to write events in tests.</summary>
internal static class Music
{
    public static readonly Instant Start = Instant.FromUtc(2026, 1, 5, 0, 0);

    public static TrackedEvent Event(string name, string person, double hours, string? insertId = null, params Property[] properties) => new()
    {
        Name = name,
        DistinctId = person,
        Time = Start + Duration.FromMilliseconds((long)(hours * 3_600_000)),
        InsertId = insertId,
        DeviceId = DeviceIds.IsDevice(person) ? person[DeviceIds.Prefix.Length..] : null,
        UserId = DeviceIds.IsDevice(person) || person.Length == 0 ? null : person,
        Properties = properties,
    };

    public static Property P(string name, string value) => new(name, PropertyValue.Of(value));

    public static Property P(string name, double value) => new(name, PropertyValue.Of(value));

    public static IngestBatch Batch(params TrackedEvent[] events) => new(Start + Duration.FromDays(400), events, []);

    public static IngestBatch ProfileBatch(params ProfileUpdate[] updates) => new(Start + Duration.FromDays(400), [], updates);

    public static ProfileUpdate Set(string person, params Property[] properties) =>
        new() { DistinctId = person, Operator = ProfileOperator.Set, Properties = properties, Time = Start, IgnoreTime = true };
}
