using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Rondo.StandIns;

/// <summary>
/// Mixpanel's import (Mixpanel reference, 1.4) in strict mode: good records of a request are kept, the others are told one by
/// one. What it would take, and the documents forbid, is written down as a violation.
/// </summary>
public sealed partial class MixpanelServer : EventServer
{
    private const int MaximumBytes = 10_000_000;
    private const int MaximumEvents = 2000;
    private static readonly HashSet<string> Meaningless = new(
        ["00000000-0000-0000-0000-000000000000", "anon", "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", "<nil>", "0", "-1", "true", "false", "[]", "{}"],
        StringComparer.OrdinalIgnoreCase);

    private readonly TimeProvider _time;

    private MixpanelServer(TimeProvider time) => (_time, KeyProperty) = (time, "dispatch_id");

    public string Token { get; set; } = "0123456789abcdef0123456789abcdef";

    /// <summary>What stands in HTTP Basic: secret and a colon, or a service account's user and secret.</summary>
    public string Credentials { get; set; } = "secret-of-the-project:";

    /// <summary>The project that must be named; null where none must.</summary>
    public string? Project { get; set; }

    /// <summary>Names of the events that were taken, and their properties.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<JsonElement> Events { get; } = [];

    public static async Task<MixpanelServer> StartAsync(TimeProvider time, int port = 0)
    {
        var server = new MixpanelServer(time);
        await server.ListenAsync("/import", port);
        return server;
    }

    protected override async Task<(byte[] Body, JsonElement Root)?> ReadAsync(HttpRequest request)
    {
        Check(request.Headers.ContentEncoding == "gzip", "Content-Encoding: gzip");
        using var body = new MemoryStream();
        try
        {
            await using var plain = new GZipStream(request.Body, CompressionMode.Decompress);
            await plain.CopyToAsync(body);
            using var document = JsonDocument.Parse(body.ToArray());
            return (body.ToArray(), document.RootElement.Clone());
        }
        catch (Exception failure) when (failure is JsonException or InvalidDataException)
        {
            Check(false, "the body is packed JSON");
            return null;
        }
    }

    protected override (int Status, object Body)? Judge(HttpRequest request, byte[] body)
    {
        Check(request.ContentType == "application/json", "Content-Type: application/json", request.ContentType);
        Check(request.Query["strict"] == "1", "strict=1");
        Check(Project is null || request.Query["project_id"] == Project, "project_id goes with a service account");
        Check(body.Length <= MaximumBytes, "at most 10 MB", body.Length);
        return request.Headers.Authorization != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Credentials)) ? (401, new { code = 401, error = "Invalid credentials", status = "Unauthorized" })
            : body.Length > MaximumBytes ? (413, new { code = 413, error = "request exceeds max limit of 10000000 bytes", status = "Request Entity Too Large" })
            : null;
    }

    protected override (int Status, object Body) Take(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Array)
        {
            return (400, new { code = 400, error = "expected an array", status = "Bad Request" });
        }

        var items = root.EnumerateArray().ToList();
        CountEvents(items.Count);
        Check(items.Count <= MaximumEvents, "at most 2,000 events", items.Count);
        var failed = new List<object>();
        foreach (var (index, item) in items.Index())
        {
            if (FaultOf(item) is { } fault)
            {
                failed.Add(new { index, insert_id = InsertIdOf(item), field = fault.Field, message = fault.Message });
                continue;
            }

            CheckMessageEvent(item.GetProperty("properties"));
            if (KeepsBodies)
            {
                Events.Enqueue(item);
            }

            Keep(InsertIdOf(item), item.GetProperty("properties"));
        }

        return failed.Count == 0
            ? (200, new { code = 200, num_records_imported = items.Count, status = "OK" })
            : (400, new { code = 400, error = "some data points in the request failed validation", status = "Bad Request", num_records_imported = items.Count - failed.Count, failed_records = failed });
    }

    private (string Field, string Message)? FaultOf(JsonElement item)
    {
        if (IsRefused?.Invoke(item) == true)
        {
            return ("properties", "'properties' is invalid: refused on purpose");
        }

        if (!IsText(item, "event"))
        {
            return ("event", "'event' must not be missing or blank");
        }

        if (!item.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object || properties.EnumerateObject().Count() >= 255)
        {
            return ("properties", "'properties' is invalid: must have fewer than 255 properties");
        }

        Check(IsText(properties, "token") && properties.GetProperty("token").GetString() == Token, "properties.token is the project's");
        if (!properties.TryGetProperty("time", out var time) || time.ValueKind != JsonValueKind.Number || !IsTime(time.GetDouble()))
        {
            return ("properties.time", "'properties.time' is invalid: must be specified as seconds since epoch");
        }

        if (!properties.TryGetProperty("distinct_id", out var person) || person.ValueKind != JsonValueKind.String || Meaningless.Contains(person.GetString()!))
        {
            return ("properties.distinct_id", "'properties.distinct_id' is invalid: must not be missing");
        }

        return !InsertId().IsMatch(InsertIdOf(item)) || Meaningless.Contains(InsertIdOf(item)) ? ("properties.$insert_id", "'properties.$insert_id' is invalid") : null;
    }

    /// <summary>What the connector for Mixpanel leaves out, or names otherwise (Braze reference, 3.5).</summary>
    private void CheckMessageEvent(JsonElement properties)
    {
        if (properties.TryGetProperty("$partner_id", out _))
        {
            foreach (var name in new[] { "user_id", "timezone", "sending_ip", "device_model", "os_version", "external_user_id", "id", "purchase_properties" })
            {
                Check(!properties.TryGetProperty(name, out _), $"a message event has no {name}");
            }

            Check(IsText(properties, "distinct_id") && !properties.GetProperty("distinct_id").GetString()!.StartsWith("$device:", StringComparison.Ordinal), "a message event's distinct_id is the external id");
        }
    }

    private bool IsTime(double time)
    {
        var seconds = time > 4_294_967_295 ? time / 1000 : time;
        return seconds >= 31_536_000 && seconds <= _time.GetUtcNow().ToUnixTimeSeconds() + 3600;
    }

    private static string InsertIdOf(JsonElement item) =>
        item.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty("$insert_id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : string.Empty;

    [GeneratedRegex("^[A-Za-z0-9-]{1,36}$")]
    private static partial Regex InsertId();
}
