using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Writes small JSON replies by hand: their keys and order are part of the dialect.</summary>
internal static class ReplyJson
{
    // Quotes in messages stay readable; the reply is never taken for a page.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(Action<Utf8JsonWriter> writeFields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            writeFields(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static async Task SendAsync(HttpResponse response, int status, string contentType, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        await response.Body.WriteAsync(body, cancellationToken);
    }

    public static Task SendAsync(HttpResponse response, int status, Action<Utf8JsonWriter> writeFields, CancellationToken cancellationToken) =>
        SendAsync(response, status, "application/json", Write(writeFields), cancellationToken);
}
