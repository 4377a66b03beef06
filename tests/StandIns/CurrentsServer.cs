using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rondo.Analytics.Contracts;

namespace Rondo.StandIns;

/// <summary>A receiver of Currents' custom HTTP connector (Braze reference, 3.2), strict about everything the reference says.</summary>
public sealed class CurrentsServer : EventServer
{
    private static readonly HashSet<string> Floats = ["price", "latitude", "longitude", "altitude", "ll_accuracy", "alt_accuracy", "duration"];
    private static readonly HashSet<string> Integers =
        ["conversion_behavior_index", "ios_push_token_apns_gateway", "push_token_created_at", "push_token_updated_at", "http_status_code", "content_length", "retry_count", "webhook_duration", "attempt_count", "time_ms"];

    private CurrentsServer()
    {
    }

    /// <summary>The bearer token that is accepted.</summary>
    public string Token { get; set; } = "token-of-the-receiver";

    /// <summary>More events than this are too large.</summary>
    public int MaximumEvents { get; set; } = int.MaxValue;

    public static async Task<CurrentsServer> StartAsync(int port = 0)
    {
        var server = new CurrentsServer();
        await server.ListenAsync("/currents", port);
        return server;
    }

    protected override async Task<(byte[] Body, JsonElement Root)?> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        try
        {
            using var document = JsonDocument.Parse(body.ToArray());
            return (body.ToArray(), document.RootElement.Clone());
        }
        catch (JsonException)
        {
            Check(false, "the body is JSON");
            return null;
        }
    }

    protected override (int Status, object Body)? Judge(HttpRequest request, byte[] body)
    {
        Check(request.ContentType == "application/json", "Content-Type: application/json", request.ContentType);
        Check(request.Headers["Braze-Currents-Version"] == "1", "Braze-Currents-Version: 1");
        return request.Headers.Authorization != $"Bearer {Token}" ? (401, new { message = $"unknown token {request.Headers.Authorization}" }) : null;
    }

    protected override (int Status, object Body) Take(JsonElement root)
    {
        Check(root.ValueKind == JsonValueKind.Object && root.EnumerateObject().Select(member => member.Name).SequenceEqual(["events"]), "the envelope holds events and nothing else");
        var events = root.GetProperty("events").EnumerateArray().ToList();
        CountEvents(events.Count);
        if (events.Count > MaximumEvents)
        {
            return (413, new { message = "too many events" });
        }

        Check(events.Select(item => item.GetProperty("id").GetString()).Distinct().Count() == events.Count, "an id comes once a request");
        if (IsRefused is { } isRefused && events.Any(isRefused))
        {
            return (400, new { message = "an event cannot be taken" });
        }

        foreach (var item in events)
        {
            CheckEvent(item);
            Keep(item.GetProperty("id").GetString()!, item.GetProperty("properties"));
        }

        return (200, new { message = "success" });
    }

    private void CheckEvent(JsonElement item)
    {
        Check(item.EnumerateObject().Select(member => member.Name).Order().SequenceEqual(["event_type", "id", "properties", "time", "user"]), "an event holds exactly event_type, id, time, user and properties");
        Check(Guid.TryParseExact(item.GetProperty("id").GetString(), "D", out _), "id is a UUID");
        Check(item.GetProperty("time").TryGetInt32(out var time) && time > 0, "time is whole seconds since 1970");
        var user = item.GetProperty("user");
        Check(IsText(user, "user_id"), "user.user_id is never missing");
        if (CurrentsCatalogue.Find(item.GetProperty("event_type").GetString()!) is not { } type)
        {
            Check(false, "the type is in the catalogue", item.GetProperty("event_type"));
            return;
        }

        foreach (var member in user.EnumerateObject())
        {
            Check(member.Name is "user_id" or "external_user_id" || type.UserFields.Contains(member.Name), $"{type.Type}: no other field of user", member.Name);
            Check(member.Value.ValueKind == JsonValueKind.String, "fields of user are texts", member.Name);
        }

        var properties = item.GetProperty("properties");
        foreach (var member in properties.EnumerateObject())
        {
            Check(type.Fields.Contains(member.Name), $"{type.Type}: no other property", member.Name);
            Check(IsOfKind(member), $"{type.Type}: {member.Name} has its kind", member.Value);
        }

        foreach (var required in type.RequiredFields)
        {
            Check(properties.TryGetProperty(required, out _), $"{type.Type}: {required} is never missing");
        }
    }

    /// <summary>Absent fields are left out, never null.</summary>
    private static bool IsOfKind(JsonProperty field) => field.Name switch
    {
        "custom_properties" or "purchase_properties" => field.Value.ValueKind == JsonValueKind.Object,
        "media_urls" or "suspected_bot_click_reason" => field.Value.ValueKind == JsonValueKind.Array && field.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String),
        "in_control_group" or "ad_tracking_enabled" or "push_token_foreground_push_disabled" or "push_token_provisionally_opted_in" => field.Value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "cache_hit" or "llm_owned_by_customer" => true,
        var name when name.StartsWith("is_", StringComparison.Ordinal) => field.Value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        var name when Floats.Contains(name) => field.Value.ValueKind == JsonValueKind.Number,
        var name when Integers.Contains(name) => field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt64(out _),
        var name when name.EndsWith("_tokens", StringComparison.Ordinal) => field.Value.ValueKind == JsonValueKind.Number,
        _ => field.Value.ValueKind == JsonValueKind.String,
    };
}
