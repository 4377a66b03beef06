using System.Text.Json;
using Rondo.Running;

namespace Rondo.Server.Tests;

/// <summary>An event as a folder holds it.</summary>
/// <param name="SentAs">What its sender knows it by.</param>
/// <param name="DistinctId">As it was sent.</param>
/// <param name="Device">Null when it told none.</param>
/// <param name="User">Null when it told none.</param>
internal sealed record StoredEvent(string SentAs, string DistinctId, string? Device, string? User)
{
    private const string DevicePrefix = "$device:";

    /// <summary>The events of a folder's project, each as often as it is there.</summary>
    public static async Task<List<StoredEvent>> OfAsync(string project, string dataDirectory)
    {
        var export = await ServerProcess.RunAsync("export", "--project", project, "--data", dataDirectory);
        export.ExitCode.ShouldBe(0, export.Errors);
        return [.. export.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            using var document = JsonDocument.Parse(line);
            var properties = document.RootElement.GetProperty("properties");
            return new StoredEvent(TextOf(properties, "sent_as")!, TextOf(properties, "distinct_id")!, TextOf(properties, "$device_id"), TextOf(properties, "$user_id"));
        })];
    }

    /// <summary>How many persons did them: a device is the person's with whom an event names it.</summary>
    public static int PersonsIn(IReadOnlyList<StoredEvent> events)
    {
        var users = events.Where(stored => stored is { Device: not null, User: not null }).GroupBy(stored => stored.Device!).ToDictionary(device => device.Key, device => device.Select(stored => stored.User!).Distinct().Single());
        return events.Select(stored => stored.User ?? (stored.Device is { } device ? users.GetValueOrDefault(device, DevicePrefix + device) : stored.DistinctId)).Distinct().Count();
    }

    private static string? TextOf(JsonElement properties, string name) => properties.TryGetProperty(name, out var value) ? value.GetString() : null;
}
