using System.Text.Json;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>
/// What Mixpanel's cohort webhook sends (Mixpanel reference, 5.3), read from its bytes. What cannot be read is refused by
/// field and rule; nothing is thrown for what anybody sends.
/// </summary>
internal sealed record CohortPushRequest(string Action, string CohortId, string Name, ReceivedPage Page, ReceivedMembers Members, string? Refusal)
{
    private const int MaximumIdLength = 255;

    public static CohortPushRequest Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // A text that is no UTF-16, such as half of a pair, is found only when it is read.
            return Refused(string.Empty, "the body must be a JSON object");
        }
    }

    private static CohortPushRequest Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return Refused(string.Empty, "the body must be a JSON object");
        }

        var action = TextOf(root, "action") ?? string.Empty;
        if (action is not ("members" or "add_members" or "remove_members"))
        {
            return Refused(action, "action must be members, add_members or remove_members");
        }

        if (!root.TryGetProperty("parameters", out var parameters) || parameters.ValueKind != JsonValueKind.Object)
        {
            return Refused(action, "parameters must be an object");
        }

        if (TextOf(parameters, "mixpanel_cohort_id") is not { Length: > 0 and <= MaximumIdLength } cohort)
        {
            return Refused(action, $"parameters.mixpanel_cohort_id must be a text of 1 to {MaximumIdLength} characters");
        }

        if (TextOf(parameters, "mixpanel_cohort_name") is not { } name || string.IsNullOrWhiteSpace(name))
        {
            return Refused(action, "parameters.mixpanel_cohort_name must be a text that is not empty");
        }

        return PageOf(parameters) is not { } page ? Refused(action, "parameters.page_info must hold page_count, from 1, and total_pages, at least as large")
            : action == "members" && page.Session.Length is 0 or > MaximumIdLength ? Refused(action, $"parameters.mixpanel_session_id must be a text of 1 to {MaximumIdLength} characters")
            : MembersOf(parameters, action == "remove_members") is not { } members ? Refused(action, "parameters.members must be a list of objects with mixpanel_distinct_id, a text")
            : new CohortPushRequest(action, cohort, name, page, members, null);
    }

    private static CohortPushRequest Refused(string action, string rule) => new(action, string.Empty, string.Empty, new ReceivedPage(string.Empty, 1, 1), new ReceivedMembers([], [], [], false), rule);

    /// <summary>Without page information there is one page.</summary>
    private static ReceivedPage? PageOf(JsonElement parameters)
    {
        var session = TextOf(parameters, "mixpanel_session_id") ?? string.Empty;
        if (!parameters.TryGetProperty("page_info", out var info) || info.ValueKind == JsonValueKind.Null)
        {
            return new ReceivedPage(session, 1, 1);
        }

        return info.ValueKind == JsonValueKind.Object && NumberOf(info, "page_count") is { } number && NumberOf(info, "total_pages") is { } count && number <= count
            ? new ReceivedPage(session, number, count)
            : null;
    }

    private static ReceivedMembers? MembersOf(JsonElement parameters, bool isRemoval)
    {
        if (!parameters.TryGetProperty("members", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var (users, devices) = (new List<string>(), new List<string>());
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || TextOf(item, "mixpanel_distinct_id") is not { Length: > 0 } id)
            {
                return null;
            }

            if (DeviceIds.IsDevice(id))
            {
                devices.Add(id[DeviceIds.Prefix.Length..]);
            }
            else
            {
                users.Add(id);
            }
        }

        return new ReceivedMembers(users, devices, [], isRemoval);
    }

    private static string? TextOf(JsonElement root, string name) => root.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static int? NumberOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out var number) && number >= 1 ? number : null;
}
