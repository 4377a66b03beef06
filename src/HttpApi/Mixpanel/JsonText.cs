using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Reads JSON strings as phones and browsers write them, which is not always as Unicode wants them.</summary>
internal static class JsonText
{
    /// <summary>The text of a string or property name. <paramref name="isValid"/> tells whether nothing had to be replaced in it.</summary>
    public static string Read(ref Utf8JsonReader reader, out bool isValid)
    {
        var bytes = reader.ValueSpan;
        isValid = Utf8.IsValid(bytes);
        if (!reader.ValueIsEscaped)
        {
            return isValid ? TextCache.TextOf(bytes) : Encoding.UTF8.GetString(bytes);
        }

        // SDKs cut texts at 255 units, sometimes through the middle of an emoji, and JSON writes the half as an escape.
        var text = Unescape(bytes);
        if (!HasLoneSurrogate(text))
        {
            return text;
        }

        isValid = false;
        return ReplaceLoneSurrogates(text);
    }

    private static string Unescape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (true)
        {
            var next = bytes.IndexOf((byte)'\\');
            text.Append(Encoding.UTF8.GetString(next < 0 ? bytes : bytes[..next]));
            if (next < 0)
            {
                return text.ToString();
            }

            // The reader has already seen to it that every escape is a whole one.
            var escape = (char)bytes[next + 1];
            text.Append(escape switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => (char)int.Parse(bytes.Slice(next + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                _ => escape,
            });
            bytes = bytes[(next + (escape == 'u' ? 6 : 2))..];
        }
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
            {
                continue;
            }

            if (index + 1 == text.Length || !char.IsSurrogatePair(text[index], text[index + 1]))
            {
                return true;
            }

            index++;
        }

        return false;
    }

    private static string ReplaceLoneSurrogates(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
