namespace Rondo.Analytics.Data;

/// <summary>
/// How it is written since when each member belongs, in the order of the members: one byte of format (1), then stretches of
/// members who entered in the same second: how many, and the second since 1970, both as <see cref="Varint"/>.
/// </summary>
internal static class SinceBlob
{
    private const byte Format = 1;

    public static byte[] Write(IEnumerable<uint> seconds)
    {
        using var stream = new MemoryStream();
        stream.WriteByte(Format);
        var (count, current) = (0u, 0u);
        foreach (var second in seconds)
        {
            if (count > 0 && second != current)
            {
                Put();
                count = 0;
            }

            current = second;
            count++;
        }

        if (count > 0)
        {
            Put();
        }

        return stream.ToArray();

        void Put()
        {
            Varint.Write(stream, count);
            Varint.Write(stream, current);
        }
    }

    /// <param name="blob">What was written; empty for no members or a row from before this was kept.</param>
    /// <param name="memberCount">How many members there are.</param>
    /// <param name="otherwise">The second of members of whom nothing is written.</param>
    public static uint[] Read(ReadOnlySpan<byte> blob, int memberCount, uint otherwise)
    {
        var seconds = new uint[memberCount];
        if (blob.IsEmpty)
        {
            Array.Fill(seconds, otherwise);
            return seconds;
        }

        if (blob[0] != Format)
        {
            throw new InvalidDataException($"It is stored in an unknown format ({blob[0]}) since when members belong.");
        }

        blob = blob[1..];
        var filled = 0;
        while (!blob.IsEmpty)
        {
            var count = (int)Varint.Read(ref blob);
            var second = Varint.Read(ref blob);
            if (count > memberCount - filled)
            {
                throw new InvalidDataException("It is stored of more members than there are since when they belong.");
            }

            seconds.AsSpan(filled, count).Fill(second);
            filled += count;
        }

        return filled == memberCount ? seconds : throw new InvalidDataException("It is stored of fewer members than there are since when they belong.");
    }
}
