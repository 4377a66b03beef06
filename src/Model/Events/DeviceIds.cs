namespace Rondo.Model.Events;

/// <summary>How an anonymous device is written as a distinct id (Mixpanel, simplified identity merge).</summary>
public static class DeviceIds
{
    /// <summary>What stands before a device id in a distinct id.</summary>
    public const string Prefix = "$device:";

    /// <summary>The distinct id of a device.</summary>
    public static string DistinctIdOf(string deviceId) => Prefix + deviceId;

    /// <summary>Whether a distinct id names a device rather than a user.</summary>
    public static bool IsDevice(string distinctId) => distinctId.StartsWith(Prefix, StringComparison.Ordinal);
}
