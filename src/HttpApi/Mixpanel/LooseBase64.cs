using System.Buffers;
using System.Buffers.Text;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Base64 as SDKs write it: standard or url-safe, padded or not, with spaces where an unescaped '+' went through a form.</summary>
internal static class LooseBase64
{
    /// <summary>The decoded bytes; null when it is not base64.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        var normal = new byte[text.Length + 3];
        var length = 0;
        foreach (var character in text)
        {
            switch (character)
            {
                case (byte)'-' or (byte)' ': normal[length++] = (byte)'+'; break;
                case (byte)'_': normal[length++] = (byte)'/'; break;
                case (byte)'\r' or (byte)'\n' or (byte)'=': break;
                default: normal[length++] = character; break;
            }
        }

        while (length % 4 != 0)
        {
            normal[length++] = (byte)'=';
        }

        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(length)];
        return Base64.DecodeFromUtf8(normal.AsSpan(0, length), decoded, out _, out var written) == OperationStatus.Done
            ? decoded.AsSpan(0, written).ToArray()
            : null;
    }
}
