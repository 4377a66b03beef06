using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Rondo.Model;

namespace Rondo.Web.Components;

/// <summary>
/// Questions in addresses: the same JSON that the HTTP API takes. Short ones stand there as they are; long ones are
/// compressed and marked with "~", because servers and mail programs cut long addresses.
/// </summary>
internal static class QueryAddress
{
    private const int LongestPlain = 1500;

    /// <summary>The value for <c>?q=</c>, not yet escaped.</summary>
    public static string Write<T>(T query)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(query, ModelJson.Options);
        if (json.Length <= LongestPlain)
        {
            return System.Text.Encoding.UTF8.GetString(json);
        }

        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            deflate.Write(json);
        }

        return "~" + WebEncoders.Base64UrlEncode(packed.GetBuffer(), 0, (int)packed.Length);
    }

    /// <summary>Reads it back; null when the text is no question of this kind, as after a hand-made change.</summary>
    public static T? Read<T>(string? text)
        where T : class
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            if (text[0] != '~')
            {
                return JsonSerializer.Deserialize<T>(text, ModelJson.Options);
            }

            using var packed = new MemoryStream(WebEncoders.Base64UrlDecode(text, 1, text.Length - 1));
            using var inflate = new DeflateStream(packed, CompressionMode.Decompress);
            return JsonSerializer.Deserialize<T>(inflate, ModelJson.Options);
        }
        catch (Exception refused) when (refused is JsonException or FormatException or InvalidDataException or NotSupportedException)
        {
            return null;
        }
    }
}
