using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Rondo.Engine;

/// <summary>
/// What the store keeps of an insert id: 32 bits, never 0. Two rows are duplicates only when name, id and time to the
/// millisecond agree as well, so a collision needs all four.
/// </summary>
public static class InsertKey
{
    private const string Prefix = "rondo-";

    /// <summary>The key of an insert id; 0 for none.</summary>
    public static uint Of(string? insertId)
    {
        if (insertId is null)
        {
            return 0;
        }

        // An id that this store made from a key means that key, so that an export can be imported again without doubling.
        if (insertId.Length == Prefix.Length + 8 && insertId.StartsWith(Prefix, StringComparison.Ordinal)
            && uint.TryParse(insertId.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key))
        {
            return Math.Max(1, key);
        }

        var hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(insertId.AsSpan()));
        return Math.Max(1, (uint)(hash ^ (hash >> 32)));
    }

    /// <summary>An insert id that has this key; null for 0.</summary>
    public static string? ToInsertId(uint key) => key == 0 ? null : $"{Prefix}{key:x8}";
}
