using System.Buffers.Binary;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Data;

/// <summary>
/// How members are written: one byte of format (1), then the set's words, eight bytes each, least significant first,
/// trailing zero words left out. Stored blobs live for years; another format gets another number.
/// </summary>
internal static class MembershipBlob
{
    private const byte Format = 1;

    public static byte[] Write(PersonSet members)
    {
        var words = members.Words.TrimEnd(0UL);
        var blob = new byte[1 + (words.Length * sizeof(ulong))];
        blob[0] = Format;
        for (var index = 0; index < words.Length; index++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(blob.AsSpan(1 + (index * sizeof(ulong))), words[index]);
        }

        return blob;
    }

    public static PersonSet Read(ReadOnlySpan<byte> blob)
    {
        if (blob.Length % sizeof(ulong) != 1 || blob[0] != Format)
        {
            throw new InvalidDataException($"A cohort's members are stored in an unknown format ({(blob.Length > 0 ? blob[0] : 0)}).");
        }

        var words = new ulong[(blob.Length - 1) / sizeof(ulong)];
        for (var index = 0; index < words.Length; index++)
        {
            words[index] = BinaryPrimitives.ReadUInt64LittleEndian(blob[(1 + (index * sizeof(ulong)))..]);
        }

        return PersonSet.OfWords(words);
    }
}
