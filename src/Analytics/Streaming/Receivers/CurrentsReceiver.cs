using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using NodaTime;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.Streaming.Receivers;

/// <summary>Currents' custom HTTP connector (Braze reference, 3.2), seen from the sender.</summary>
internal sealed class CurrentsReceiver(CurrentsConnection connection, HttpClient client, string application, TimeProvider time) : IEventReceiver
{
    /// <summary>Braze names no bound; receivers commonly take no more.</summary>
    private const int MaximumBytes = 5_000_000;

    private readonly Uri _address = new(connection.Url);

    public ReceiverNeeds Needs => new(Person: true, ExternalId: false);

    public int MaximumEvents => connection.EventsPerRequest;

    public Duration Patience => Duration.Zero;

    public bool IsNumbered => false;

    public Task<DestinationAnswer> TestAsync(CancellationToken cancellationToken) => PostAsync(BodyOf([]), cancellationToken);

    public Task<DestinationAnswer> SendAsync(IReadOnlyList<StreamedEvent> events, long number, CancellationToken cancellationToken)
    {
        var body = BodyOf(events);
        return body.Length > MaximumBytes
            ? Task.FromResult<DestinationAnswer>(new TooLarge($"{body.Length} bytes, and at most {MaximumBytes} are sent at once"))
            : PostAsync(body, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private ReadOnlyMemory<byte> BodyOf(IReadOnlyList<StreamedEvent> events)
    {
        var body = new ArrayBufferWriter<byte>(1 << 16);
        using var json = new Utf8JsonWriter(body, CurrentsJson.Options);
        json.WriteStartObject();
        json.WriteStartArray("events");
        foreach (var streamed in events)
        {
            CurrentsJson.Write(json, streamed, application);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private async Task<DestinationAnswer> PostAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Braze-Currents-Version", "1");
        request.Headers.Authorization = string.IsNullOrEmpty(connection.Token) ? null : new AuthenticationHeaderValue("Bearer", connection.Token);
        return await HttpCall.SendAsync(client, request, Read, time, cancellationToken);
    }

    private DestinationAnswer Read(HttpStatusCode status, Duration? after, string body)
    {
        var words = HttpCall.TextOf(body, "message", "error");
        var detail = string.IsNullOrEmpty(connection.Token) ? words : words.Replace(connection.Token, "•••", StringComparison.Ordinal);
        return status switch
        {
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => new PageRefused(HttpCall.Described(status, detail)),
            HttpStatusCode.RequestEntityTooLarge => new TooLarge(HttpCall.Described(status, detail)),
            _ => HttpCall.Of(status, after, detail),
        };
    }
}
