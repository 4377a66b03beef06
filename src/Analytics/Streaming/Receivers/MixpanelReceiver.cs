using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using NodaTime;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;

namespace Rondo.Analytics.Streaming.Receivers;

/// <summary>
/// Mixpanel's import (Mixpanel reference, 1.4). Message events are flat and named as Braze names them there (Braze reference,
/// 3.5); product events go as they came.
/// </summary>
internal sealed class MixpanelReceiver : IEventReceiver
{
    private const int EventsPerRequest = 2000;
    private const int MaximumBytes = 10_000_000;
    private const string Partner = "rondo";

    /// <summary>What Braze keeps from Mixpanel, or sends under another name.</summary>
    private static readonly HashSet<string> Kept = ["sending_ip", "timezone", "user_id"];

    private readonly MixpanelConnection _connection;
    private readonly HttpClient _client;
    private readonly string _application;
    private readonly TimeProvider _time;
    private readonly Uri _address;
    private readonly AuthenticationHeaderValue _authorization;

    public MixpanelReceiver(MixpanelConnection connection, HttpClient client, string application, TimeProvider time)
    {
        (_connection, _client, _application, _time) = (connection, client, application, time);
        _address = new Uri($"{connection.Endpoint.TrimEnd('/')}/import?strict=1{(connection.RemoteProject is { Length: > 0 } project ? "&project_id=" + Uri.EscapeDataString(project) : string.Empty)}");
        var credentials = connection.ServiceAccount is { Length: > 0 } account ? $"{account}:{connection.Secret}" : $"{connection.Secret ?? connection.Token}:";
        _authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
    }

    /// <summary>Braze's users without an id of the customer's are not sent to Mixpanel.</summary>
    public ReceiverNeeds Needs => new(Person: false, ExternalId: true);

    public int MaximumEvents => EventsPerRequest;

    public Duration Patience => Duration.Zero;

    public bool IsNumbered => false;

    public Task<DestinationAnswer> TestAsync(CancellationToken cancellationToken) => PostAsync("[]"u8.ToArray(), 0, cancellationToken);

    public Task<DestinationAnswer> SendAsync(IReadOnlyList<StreamedEvent> events, long number, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream(1 << 16);
        using (var json = new Utf8JsonWriter(body, CurrentsJson.Options))
        {
            json.WriteStartArray();
            foreach (var streamed in events)
            {
                Write(json, streamed);
            }

            json.WriteEndArray();
        }

        return body.Length > MaximumBytes
            ? Task.FromResult<DestinationAnswer>(new TooLarge($"{body.Length} bytes, and Mixpanel takes {MaximumBytes}"))
            : PostAsync(body.ToArray(), events.Count, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Write(Utf8JsonWriter json, StreamedEvent streamed)
    {
        var tracked = streamed.Tracked;
        json.WriteStartObject();
        json.WriteString("event", tracked.Name);
        json.WriteStartObject("properties");
        json.WriteString("token", _connection.Token);
        json.WriteString("distinct_id", streamed.Person);

        // To the millisecond: an open and what follows it within the same second keep their order.
        json.WriteNumber("time", tracked.Time.ToUnixTimeMilliseconds());
        json.WriteString("$insert_id", streamed.Id);
        if (streamed.IsProductEvent)
        {
            WriteIfKnown(json, "$device_id", tracked.DeviceId);
            WriteIfKnown(json, "$user_id", tracked.UserId);
            WriteAll(json, tracked.Properties.Where(property => property.Name is not ("token" or "distinct_id" or "time" or "$insert_id" or "$device_id" or "$user_id")).Select(property => (property.Name, property.Value)));
        }
        else
        {
            var partner = tracked.Properties.FirstOrDefault(property => property.Name == "$partner_id").Value;
            json.WriteString("$partner_id", partner.IsSet ? partner.ToText() : Partner);
            WriteIfKnown(json, "device_id", streamed.Shape.Type.UserFields.Contains("device_id") ? streamed.DeviceId : null);
            WriteAll(json, FlatOf(streamed));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The fields under the names that they have in Mixpanel; what is the customer's own is marked as such.</summary>
    private IEnumerable<(string Name, PropertyValue Value)> FlatOf(StreamedEvent streamed)
    {
        foreach (var (field, value) in streamed.Shape.ValuesOf(streamed.Tracked, _application).Where(pair => !Kept.Contains(pair.Field.Name)))
        {
            if (field.Name == "purchase_properties")
            {
                using var own = JsonDocument.Parse(value.ObjectJson);
                foreach (var member in own.RootElement.EnumerateObject())
                {
                    yield return ("[Purchase property] " + member.Name, PropertyValueJson.From(member.Value));
                }
            }
            else
            {
                yield return (field.Name switch { "device_model" => "$device", "os_version" => "$os", var name => name }, value);
            }
        }
    }

    private static void WriteAll(Utf8JsonWriter json, IEnumerable<(string Name, PropertyValue Value)> properties)
    {
        foreach (var (name, value) in properties)
        {
            json.WritePropertyName(name);
            PropertyValueJson.Write(json, value);
        }
    }

    private static void WriteIfKnown(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    private async Task<DestinationAnswer> PostAsync(byte[] body, int eventCount, CancellationToken cancellationToken)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(body, cancellationToken);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ReadOnlyMemoryContent(packed.GetBuffer().AsMemory(0, (int)packed.Length)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.Authorization = _authorization;
        return await HttpCall.SendAsync(_client, request, (status, after, answer) => Read(status, after, answer, eventCount), _time, cancellationToken);
    }

    private DestinationAnswer Read(HttpStatusCode status, Duration? after, string body, int eventCount)
    {
        // A 400 is a partial success: the good ones are kept and must not be sent again.
        if (status == HttpStatusCode.BadRequest && FailedIn(body, eventCount) is { Count: > 0 } failed)
        {
            return new TakenInPart(failed);
        }

        var detail = WithoutKeys(HttpCall.TextOf(body, "error", "message"));
        return status switch
        {
            HttpStatusCode.BadRequest => new PageRefused(HttpCall.Described(status, detail)),
            HttpStatusCode.RequestEntityTooLarge => new TooLarge(HttpCall.Described(status, detail)),
            _ => HttpCall.Of(status, after, detail),
        };
    }

    private static List<(int Index, string Reason)>? FailedIn(string body, int eventCount)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("failed_records", out var records)
                || records.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            var failed = new Dictionary<int, string>();
            foreach (var record in records.EnumerateArray())
            {
                if (record.ValueKind != JsonValueKind.Object || !record.TryGetProperty("index", out var index) || !index.TryGetInt32(out var place) || place < 0 || place >= eventCount)
                {
                    return null;
                }

                failed[place] = record.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? HttpCall.Described(HttpStatusCode.BadRequest, message.GetString()!) : "400";
            }

            return [.. failed.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value))];
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private string WithoutKeys(string text) => _connection.Secret is { Length: > 0 } secret ? text.Replace(secret, "•••", StringComparison.Ordinal) : text;
}
