using System.Collections.Immutable;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Data;

/// <summary>
/// How a list of persons is written: one byte of format (1), then from each person the distance to the one before, seven bits a
/// byte, lowest first, the highest bit set on all but the last byte. Nobody is no bytes at all.
/// </summary>
internal static class PersonListBlob
{
    private const byte Format = 1;

    public static byte[] Write(ImmutableArray<PersonNumber> persons)
    {
        if (persons.IsEmpty)
        {
            return [];
        }

        using var stream = new MemoryStream(1 + (persons.Length * 2));
        stream.WriteByte(Format);
        var before = 0;
        foreach (var person in persons)
        {
            Varint.Write(stream, (uint)(person.Value - before));
            before = person.Value;
        }

        return stream.ToArray();
    }

    public static ImmutableArray<PersonNumber> Read(ReadOnlySpan<byte> blob)
    {
        if (blob.IsEmpty)
        {
            return [];
        }

        if (blob[0] != Format)
        {
            throw new InvalidDataException($"A list of persons is stored in an unknown format ({blob[0]}).");
        }

        blob = blob[1..];
        var persons = ImmutableArray.CreateBuilder<PersonNumber>();
        var person = 0;
        while (!blob.IsEmpty)
        {
            person += (int)Varint.Read(ref blob);
            persons.Add(new PersonNumber(person));
        }

        return persons.ToImmutable();
    }
}

/// <summary>Whole numbers in as few bytes as they need.</summary>
internal static class Varint
{
    public static void Write(Stream stream, uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }

    /// <summary>Reads one and goes on to what follows it.</summary>
    public static uint Read(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0u;
        for (var shift = 0; shift < 35; shift += 7)
        {
            if (bytes.IsEmpty)
            {
                break;
            }

            var next = bytes[0];
            bytes = bytes[1..];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A stored number is cut off or too long.");
    }
}
