using System.Globalization;
using System.Text.Json;
using Rondo.Analytics.Contracts;

namespace Rondo.HttpApi.Braze;

/// <summary>
/// What a partner sends to Braze's cohort import (Braze reference, 2), read from its bytes. What cannot be read is refused in
/// Braze's own words; nothing is thrown for what anybody sends.
/// </summary>
internal sealed record PartnerCohortRequest(string? PartnerApiKey, string? ClientSecret, string? CohortId, string? Name, IReadOnlyList<ReceivedMembers> Changes, string? Refusal)
{
    /// <summary>Most ids of one request, of all kinds together.</summary>
    public const int MaximumIds = 1000;

    private const string CohortIdRule = "`cohort_id` must be a valid string";
    private const string ChangesRule = "`cohort_changes` must be an array of objects each with key `user_ids` and/or `device_ids` mapping to an array of strings, or an `aliases` object";
    private const string IdsRule = "Only 1,000 `user_ids`, `device_ids`, and `aliases` are allowed per request";
    private const string NameRule = "`name` must be a non-empty string";
    private const string CreatedRule = "`created_at` must be a valid time as an ISO-8601 string";

    /// <summary>Longest id of a cohort that is kept.</summary>
    private const int MaximumCohortIdLength = 255;

    /// <summary>A request that names a cohort; null when the body is no JSON object.</summary>
    public static PartnerCohortRequest? ReadDeclaration(ReadOnlyMemory<byte> body) => Read(body, (request, root) => request with
    {
        Name = TextOf(root, "name"),
        Refusal = request.Refusal
            ?? (string.IsNullOrWhiteSpace(TextOf(root, "name")) ? NameRule : null)
            ?? (IsTime(TextOf(root, "created_at")) ? null : CreatedRule),
    });

    /// <summary>A request that changes members; null when the body is no JSON object.</summary>
    public static PartnerCohortRequest? ReadChanges(ReadOnlyMemory<byte> body) => Read(body, (request, root) =>
    {
        if (request.Refusal is not null)
        {
            return request;
        }

        var (changes, refusal) = ChangesOf(root);
        return request with { Changes = changes, Refusal = refusal };
    });

    private static PartnerCohortRequest? Read(ReadOnlyMemory<byte> body, Func<PartnerCohortRequest, JsonElement, PartnerCohortRequest> rest)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var cohort = TextOf(root, "cohort_id");
            var isCohort = !string.IsNullOrWhiteSpace(cohort) && cohort.Length <= MaximumCohortIdLength;
            return rest(new PartnerCohortRequest(TextOf(root, "partner_api_key"), TextOf(root, "client_secret"), cohort, null, [], isCohort ? null : CohortIdRule), root);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // A text that is no UTF-16, such as half of a pair, is found only when it is read.
            return null;
        }
    }

    private static (IReadOnlyList<ReceivedMembers> Changes, string? Refusal) ChangesOf(JsonElement root)
    {
        if (!root.TryGetProperty("cohort_changes", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return ([], ChangesRule);
        }

        var changes = new List<ReceivedMembers>();
        var idCount = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (ChangeOf(item) is not { } change)
            {
                return ([], ChangesRule);
            }

            changes.Add(change);
            idCount += change.UserIds.Count + change.DeviceIds.Count + change.Aliases.Count;
        }

        return idCount > MaximumIds ? ([], IdsRule) : (changes, null);
    }

    private static ReceivedMembers? ChangeOf(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var (hasUsers, hasDevices, hasAliases) = (item.TryGetProperty("user_ids", out var users), item.TryGetProperty("device_ids", out var devices), item.TryGetProperty("aliases", out var aliases));
        var isRemoval = item.TryGetProperty("should_remove", out var remove) && remove.ValueKind == JsonValueKind.True;
        var isFlag = remove.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False;
        return (hasUsers || hasDevices || hasAliases) && isFlag && TextsOf(users) is { } userIds && TextsOf(devices) is { } deviceIds && AliasesOf(aliases) is { } named
            ? new ReceivedMembers(userIds, deviceIds, named, isRemoval)
            : null;
    }

    private static List<string>? TextsOf(JsonElement list) => list.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        JsonValueKind.Array when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => [.. list.EnumerateArray().Select(item => item.GetString()!)],
        _ => null,
    };

    /// <summary>A list of aliases; one alone may stand without its list.</summary>
    private static List<(string Label, string Name)>? AliasesOf(JsonElement aliases)
    {
        IEnumerable<JsonElement> items = aliases.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => [],
            JsonValueKind.Array => aliases.EnumerateArray(),
            _ => [aliases],
        };
        var named = new List<(string, string)>();
        foreach (var item in items)
        {
            if (item.ValueKind != JsonValueKind.Object || TextOf(item, "alias_label") is not { Length: > 0 } label || TextOf(item, "alias_name") is not { Length: > 0 } name)
            {
                return null;
            }

            named.Add((label, name));
        }

        return named;
    }

    private static string? TextOf(JsonElement root, string name) => root.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static bool IsTime(string? text) =>
        text is { Length: >= 10 } && char.IsAsciiDigit(text[0]) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);
}
