using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using NodaTime;

namespace Rondo.Engagement.Channels.Fcm;

/// <summary>Reads what FCM answers (Braze reference, 5.3, error table).</summary>
internal static class FcmAnswer
{
    /// <summary>FCM asks for at least a minute after its quota is used up.</summary>
    private static readonly Duration QuotaDelay = Duration.FromMinutes(1);

    /// <summary>What an answer means for the message.</summary>
    public static ProviderAnswer Of(HttpStatusCode status, RetryConditionHeaderValue? retryAfter, string body, Instant now)
    {
        if ((int)status is >= 200 and < 300)
        {
            return new Accepted(MemberOf(body, "name"));
        }

        var (code, fields) = ErrorOf(body);
        var detail = code ?? ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var delay = DelayOf(retryAfter, now);
        return (code, status) switch
        {
            ("UNREGISTERED", _) => new Bounced(detail),
            ("INVALID_ARGUMENT", _) when fields.Contains("message.token") => new Bounced(detail),
            ("SENDER_ID_MISMATCH", _) => new Bounced(detail),
            ("THIRD_PARTY_AUTH_ERROR" or "UNAUTHENTICATED" or "PERMISSION_DENIED", _) => new NotReady(detail),
            ("QUOTA_EXCEEDED" or "RESOURCE_EXHAUSTED", _) or (_, HttpStatusCode.TooManyRequests) => new TryLater(detail, delay ?? QuotaDelay),
            ("UNAVAILABLE" or "INTERNAL", _) => new TryLater(detail, delay),
            (_, HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) => new NotReady(detail),

            // Without FCM's own code a 404 speaks of the project or the address of the service, not of the device.
            (_, HttpStatusCode.NotFound) => new NotReady(detail),
            _ when (int)status >= 500 => new TryLater(detail, delay),
            _ => new Refused(detail),
        };
    }

    private static Duration? DelayOf(RetryConditionHeaderValue? retryAfter, Instant now) => retryAfter switch
    {
        { Delta: { } delta } => Duration.FromTimeSpan(delta),
        { Date: { } date } => Duration.Max(Duration.Zero, Instant.FromDateTimeOffset(date) - now),
        _ => null,
    };

    private static (string? Code, IReadOnlyList<string> Fields) ErrorOf(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
            {
                return (null, []);
            }

            var code = error.TryGetProperty("status", out var status) ? status.GetString() : null;
            var fields = new List<string>();
            if (error.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Array)
            {
                foreach (var detail in details.EnumerateArray())
                {
                    code = detail.TryGetProperty("errorCode", out var specific) ? specific.GetString() : code;
                    if (detail.TryGetProperty("fieldViolations", out var violations) && violations.ValueKind == JsonValueKind.Array)
                    {
                        fields.AddRange(violations.EnumerateArray().Where(violation => violation.TryGetProperty("field", out _)).Select(violation => violation.GetProperty("field").GetString() ?? string.Empty));
                    }
                }
            }

            return (code, fields);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return (null, []);
        }
    }

    private static string? MemberOf(string body, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var member) ? member.GetString() : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
