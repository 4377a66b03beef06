using System.IO.Hashing;
using System.Text;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Remembers short texts by their bytes: names and common values repeat in every event, and need not be made anew.</summary>
/// <remarks>Threads may overwrite each other's entries; a reader compares the bytes, so the worst case is a text made twice.</remarks>
internal static class TextCache
{
    private const int EntryCount = 1 << 13;
    private const int MaximumBytes = 48;

    private static readonly Entry?[] Entries = new Entry?[EntryCount];

    /// <summary>The text of valid UTF-8 bytes.</summary>
    public static string TextOf(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaximumBytes)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref var slot = ref Entries[(int)(XxHash3.HashToUInt64(utf8) & (EntryCount - 1))];
        if (slot is { } found && utf8.SequenceEqual(found.Bytes))
        {
            return found.Text;
        }

        var text = Encoding.UTF8.GetString(utf8);
        slot = new Entry(utf8.ToArray(), text);
        return text;
    }

    private sealed record Entry(byte[] Bytes, string Text);
}
