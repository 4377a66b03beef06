using System.Globalization;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.Streaming.Receivers;

/// <summary>
/// Files by type, hour and number, such as <c>stream-3/event_type=users.messages.email.Open/date=2026-03-10-12/0000000042.avro</c>. A
/// number is used once, so a file that is there is never written over, and nothing is ever added to it.
/// </summary>
internal sealed class FileReceiver(IFilePlace place, StreamId stream, StreamFileFormat format, Duration patience, int eventsPerFile, string application, TimeProvider time) : IEventReceiver
{
    private static readonly InstantPattern Hour = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd-HH");

    public ReceiverNeeds Needs => new(Person: true, ExternalId: false);

    public int MaximumEvents => eventsPerFile;

    public Duration Patience => patience;

    public bool IsNumbered => true;

    public Task<DestinationAnswer> TestAsync(CancellationToken cancellationToken) => place.TestAsync(cancellationToken);

    public async Task<DestinationAnswer> SendAsync(IReadOnlyList<StreamedEvent> events, long number, CancellationToken cancellationToken)
    {
        var hour = Hour.Format(time.GetCurrentInstant());
        foreach (var type in events.GroupBy(streamed => streamed.Shape))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"stream-{stream}/event_type={type.Key.Type.Type}/date={hour}/{number:d10}.{(format == StreamFileFormat.Avro ? "avro" : "ndjson")}");
            var content = format == StreamFileFormat.Avro ? AvroFile.Of(type.Key, type, application) : LinesOf(type);
            if (await place.WriteAsync(name, content, cancellationToken) is not Taken and var trouble)
            {
                return trouble;
            }
        }

        return new Taken();
    }

    public ValueTask DisposeAsync() => place.DisposeAsync();

    private byte[] LinesOf(IEnumerable<StreamedEvent> events)
    {
        using var content = new MemoryStream();
        using var json = new Utf8JsonWriter(content, CurrentsJson.Options);
        foreach (var streamed in events)
        {
            CurrentsJson.Write(json, streamed, application);
            json.Flush();
            json.Reset();
            content.WriteByte((byte)'\n');
        }

        return content.ToArray();
    }
}
