using Rondo.Model.Events;

namespace Rondo.Analytics.Streaming;

/// <summary>An event on its way out.</summary>
/// <param name="Id">Always the same for the same event, however often and from wherever it is sent.</param>
/// <param name="Tracked">The event as it was taken in.</param>
/// <param name="Shape">Its form in Currents.</param>
/// <param name="IsProductEvent">Whether it is one that the catalogue does not know.</param>
/// <param name="Person">The canonical id of whoever did it, as of now; empty for nobody.</param>
/// <param name="TimeZone">Where they live; null when it is not known or not wanted.</param>
internal sealed record StreamedEvent(string Id, TrackedEvent Tracked, CurrentsShape Shape, bool IsProductEvent, string Person, string? TimeZone)
{
    /// <summary>The customer's id; null for a device and for nobody.</summary>
    public string? ExternalId => Person.Length > 0 && !DeviceIds.IsDevice(Person) ? Person : null;

    /// <summary>The device; null when none is known.</summary>
    public string? DeviceId => Tracked.DeviceId is { Length: > 0 } device ? device : DeviceIds.IsDevice(Person) ? Person[DeviceIds.Prefix.Length..] : null;
}
