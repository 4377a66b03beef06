using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Reads a whole body, unpacked, up to a limit.</summary>
internal static class BodyBytes
{
    private const int FirstBufferBytes = 16 * 1024;

    /// <summary>The body, or what was wrong with it.</summary>
    public static async Task<(ReadOnlyMemory<byte> Body, RequestFault? Fault)> ReadAsync(HttpRequest request, int maximumBytes, CancellationToken cancellationToken)
    {
        // The bound below is ours: the server's own would end the connection where an SDK needs an answer.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } serverBound)
        {
            serverBound.MaxRequestBodySize = null;
        }

        if (request.ContentLength > maximumBytes)
        {
            return (default, RequestFault.TooManyBytes(maximumBytes));
        }

        var (body, isWhole) = await ReadAllAsync(request.Body, maximumBytes, cancellationToken);
        if (!isWhole)
        {
            return (default, RequestFault.TooManyBytes(maximumBytes));
        }

        // Told or not: no other encoding begins like this, and some proxies unpack without changing the header.
        return body.Span.StartsWith<byte>([0x1f, 0x8b]) ? await UnpackAsync(body, maximumBytes, cancellationToken) : (body, null);
    }

    private static async Task<(ReadOnlyMemory<byte> Body, RequestFault? Fault)> UnpackAsync(ReadOnlyMemory<byte> packed, int maximumBytes, CancellationToken cancellationToken)
    {
        try
        {
            using var source = new MemoryStream(packed.ToArray(), writable: false);
            await using var unpacking = new GZipStream(source, CompressionMode.Decompress);
            var (body, isWhole) = await ReadAllAsync(unpacking, maximumBytes, cancellationToken);
            return isWhole ? (body, null) : (default, RequestFault.TooManyBytes(maximumBytes));
        }
        catch (InvalidDataException)
        {
            return (default, RequestFault.Malformed("data, not valid gzip"));
        }
    }

    private static async Task<(ReadOnlyMemory<byte> Body, bool IsWhole)> ReadAllAsync(Stream stream, int maximumBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[FirstBufferBytes];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return (buffer.AsMemory(0, length), true);
            }

            length += read;
            if (length > maximumBytes)
            {
                return (default, false);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
