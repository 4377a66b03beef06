using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;

namespace Rondo.Analytics.AudienceSync.Destinations;

/// <summary>Mixpanel's cohort webhook (Mixpanel reference, 5.3): members by their distinct ids, with a few properties.</summary>
internal sealed class WebhookDestination : IAudienceDestination
{
    private const int MembersPerRequest = 1000;
    private const int LongestReasonLength = 300;

    /// <summary>Where the usual properties are sent, and the profile properties they come from.</summary>
    private static readonly (string Sent, string Property)[] Usual =
        [("email", "$email"), ("first_name", "$first_name"), ("last_name", "$last_name"), ("phone_number", "$phone"), ("$timezone", "$timezone")];

    private readonly WebhookConnection _connection;
    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private readonly Uri _address;
    private readonly AuthenticationHeaderValue? _authorization;

    public WebhookDestination(WebhookConnection connection, HttpClient client, TimeProvider time)
    {
        (_connection, _client, _time, _address) = (connection, client, time, new Uri(connection.Url));
        _authorization = connection.User is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{connection.User}:{connection.Password}")));
    }

    public int MaximumPage => MembersPerRequest;

    public bool WantsProfiles => true;

    public bool WantsEmptyPages => true;

    /// <summary>"Full sync: … when the last snapshot is older than 3 days" (Mixpanel reference, 5.3).</summary>
    public Duration? FullAfter => Duration.FromDays(3);

    public Task<DestinationAnswer> TestAsync(CancellationToken cancellationToken) => SendAsync(
        new SentCohort("rondo-connection-test", "Rondo connection test", "Sent to try the connection; it has no members.", default, default),
        new MemberPage(0, PageAction.Add, 1, 1, []),
        cancellationToken);

    /// <summary>The name travels with every page.</summary>
    public Task<DestinationAnswer> DeclareAsync(SentCohort cohort, CancellationToken cancellationToken) => Task.FromResult<DestinationAnswer>(new Taken());

    public Task<DestinationAnswer> SendAsync(SentCohort cohort, MemberPage page, CancellationToken cancellationToken) =>
        HttpCall.PostAsync(_client, _address, BodyOf(cohort, page), _authorization, Read, _time, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private byte[] BodyOf(SentCohort cohort, MemberPage page)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("action", page.Action switch { PageAction.Add => "add_members", PageAction.Remove => "remove_members", _ => "members" });
            json.WriteStartObject("parameters");
            json.WriteString("mixpanel_project_id", cohort.Project.ToString());
            json.WriteString("mixpanel_cohort_name", cohort.Name);
            json.WriteString("mixpanel_cohort_id", cohort.RemoteId);
            json.WriteString("mixpanel_cohort_description", cohort.Description);
            json.WriteString("mixpanel_session_id", page.Run.ToString(System.Globalization.CultureInfo.InvariantCulture));
            json.WriteStartObject("page_info");
            json.WriteNumber("total_pages", Math.Max(page.Count, page.Number));
            json.WriteNumber("page_count", page.Number);
            json.WriteEndObject();
            json.WriteStartArray("members");
            foreach (var member in page.Members)
            {
                Write(json, member);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private void Write(Utf8JsonWriter json, SentMember member)
    {
        json.WriteStartObject();
        json.WriteString("mixpanel_distinct_id", member.Kind == IdentifierKind.DeviceId ? DeviceIds.DistinctIdOf(member.Identifier) : member.Identifier);
        if (member.Profile is { } profile)
        {
            foreach (var (sent, property) in Usual)
            {
                if (profile.TryGetValue(property, out var value) && value.IsSet)
                {
                    json.WriteString(sent, value.ToText());
                }
            }

            foreach (var property in (_connection.Properties ?? []).Except(Usual.Select(usual => usual.Sent)))
            {
                if (profile.TryGetValue(property, out var value) && value.IsSet)
                {
                    json.WritePropertyName(property);
                    JsonSerializer.Serialize(json, value);
                }
            }
        }

        json.WriteEndObject();
    }

    private DestinationAnswer Read(HttpStatusCode status, Duration? after, string body)
    {
        // A refusal may come as 200, with its own code inside.
        var (code, reason) = FailureIn(body) ?? ((int)status, (int)status is >= 200 and < 300 ? string.Empty : body);
        reason = _connection.Password is { Length: > 0 } password ? reason.Replace(password, "•••", StringComparison.Ordinal) : reason;
        return HttpCall.Of((HttpStatusCode)code, after, reason.Length > LongestReasonLength ? reason[..LongestReasonLength] : reason);
    }

    private static (int Code, string Reason)? FailureIn(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("status", out var status) || !status.ValueEquals("failure"))
            {
                return null;
            }

            // Without a code of its own, a refusal is taken as final: repeating it would not change it.
            var error = root.TryGetProperty("error", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
            var hasError = error.ValueKind == JsonValueKind.Object;
            var code = hasError && error.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) && value is >= 400 and < 600 ? value : 400;
            return (code, hasError && error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString()! : "failure");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
