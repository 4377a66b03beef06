using System.Buffers;
using System.Text;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Takes a form apart without the limits and copies of the framework's reader: one field may be the whole body.</summary>
internal static class FormBody
{
    private static readonly SearchValues<byte> Encoded = SearchValues.Create("%+"u8);

    /// <summary>Whether the bytes begin like a form that carries data.</summary>
    public static bool Looks(ReadOnlySpan<byte> body) => body.StartsWith("data="u8);

    /// <summary>Gives every small field to <paramref name="parameters"/> and returns the decoded "data"; null when there is none.</summary>
    public static byte[]? Read(ReadOnlySpan<byte> body, RequestParameters parameters)
    {
        byte[]? data = null;
        foreach (var range in body.Split((byte)'&'))
        {
            var field = body[range];
            var equals = field.IndexOf((byte)'=');
            if (equals < 1)
            {
                continue;
            }

            var name = field[..equals];
            if (name.SequenceEqual("data"u8))
            {
                data = Decode(field[(equals + 1)..]);
            }
            else
            {
                parameters.AddForm(Encoding.UTF8.GetString(Decode(name)), Encoding.UTF8.GetString(Decode(field[(equals + 1)..])));
            }
        }

        return data;
    }

    private static byte[] Decode(ReadOnlySpan<byte> encoded)
    {
        var decoded = new byte[encoded.Length];
        var length = 0;
        while (true)
        {
            var next = encoded.IndexOfAny(Encoded);
            var plain = next < 0 ? encoded : encoded[..next];
            plain.CopyTo(decoded.AsSpan(length));
            length += plain.Length;
            if (next < 0)
            {
                return decoded.AsSpan(0, length).ToArray();
            }

            encoded = encoded[next..];
            if (encoded[0] == '%' && encoded.Length > 2 && char.IsAsciiHexDigit((char)encoded[1]) && char.IsAsciiHexDigit((char)encoded[2]))
            {
                decoded[length++] = (byte)((HexDigit(encoded[1]) << 4) | HexDigit(encoded[2]));
                encoded = encoded[3..];
            }
            else
            {
                // A stray percent sign is kept, as browsers do.
                decoded[length++] = encoded[0] == '+' ? (byte)' ' : encoded[0];
                encoded = encoded[1..];
            }
        }
    }

    private static int HexDigit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
