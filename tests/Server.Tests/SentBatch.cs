using System.Text.Json.Nodes;

namespace Rondo.Server.Tests;

/// <summary>
/// A batch as a client sends it. Every third one carries events that must be refused. The first event is of a device alone;
/// every other batch tells to which member the device of the one before the last belongs.
/// </summary>
internal sealed record SentBatch(string Client, int Number)
{
    private const int Size = 40;
    private const int Members = 3;
    private const long Start = 1_760_000_000;

    /// <summary>What its events are known by, when they may be stored.</summary>
    public IReadOnlyList<string> Good => [.. Enumerable.Range(0, Size).Where(index => !IsRefused(index)).Select(IdOf)];

    /// <summary>What those are known by that must never be stored.</summary>
    public IReadOnlyList<string> Refused => [.. Enumerable.Range(0, Size).Where(IsRefused).Select(IdOf)];

    public JsonArray ToJson() => [.. Enumerable.Range(0, Size).Select(Event)];

    private JsonObject Event(int index)
    {
        var properties = Person(index);
        properties["$insert_id"] = IdOf(index);
        properties["sent_as"] = IdOf(index);
        properties["number"] = index;
        if (!IsRefused(index) || index % 2 == 0)
        {
            properties["time"] = Start + Number;
        }

        return new JsonObject { ["event"] = IsRefused(index) && index % 2 == 0 ? string.Empty : index % 3 == 0 ? "Play Song" : "View Page", ["properties"] = properties };
    }

    private JsonObject Person(int index) => index switch
    {
        0 => new JsonObject { ["distinct_id"] = $"$device:{DeviceOf(Number)}", ["$device_id"] = DeviceOf(Number) },
        1 when Number > 0 && Number % 2 == 0 => new JsonObject { ["distinct_id"] = Member, ["$device_id"] = DeviceOf(Number - 2), ["$user_id"] = Member },
        _ => new JsonObject { ["distinct_id"] = $"user-{index}" },
    };

    /// <summary>Some have several devices.</summary>
    private string Member => $"member-{Client}-{Number % Members}";

    private string DeviceOf(int number) => $"phone-{Client}-{number}";

    /// <summary>Those with an odd index have no time, the others no name.</summary>
    private bool IsRefused(int index) => Number % 3 == 2 && index % 7 == 6;

    private string IdOf(int index) => $"{Client}-{Number}-{index}";
}
