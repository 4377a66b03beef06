namespace Rondo.Engine.Tests.Disk;

/// <summary>A file's bytes as of its last flush, and what was written since.</summary>
internal sealed class WrittenFile(byte[] durable)
{
    private const int SectorBytes = 512;
    private readonly List<Change> _since = [];
    private byte[] _durable = durable;

    public bool IsFolder { get; private init; }

    public static WrittenFile Folder() => new([]) { IsFolder = true };

    public void Write(long offset, ReadOnlySpan<byte> bytes) => _since.Add(new Change(offset, bytes.ToArray()));

    public void Truncate(long length) => _since.Add(new Change(length, null));

    /// <summary>All that was written, flushed or not.</summary>
    public byte[] Everything() => With(_since);

    public void Flush()
    {
        _durable = Everything();
        _since.Clear();
    }

    /// <summary>
    /// Some of what was written is there and the rest never will be, whatever is flushed later: Linux takes pages for written
    /// once it has told of the failure.
    /// </summary>
    public void FailFlush()
    {
        _durable = AfterPowerCut(new Random(_since.Count));
        _since.Clear();
    }

    /// <summary>
    /// Any sectors of what was written since the flush. Their order needs no chance of its own: of two writes to a sector the
    /// earlier one stays wherever the later one is left out.
    /// </summary>
    public byte[] AfterPowerCut(Random random)
    {
        if (_since.Count == 0)
        {
            return _durable;
        }

        // Mostly all or nothing is where a search at even odds would hardly ever come.
        double[] shares = [0, 0.1, 0.5, 0.9, 1];
        var share = shares[random.Next(shares.Length)];
        var kept = With(_since.SelectMany(change => change.Sectors()).Where(_ => random.NextDouble() < share));
        var longest = With(_since).Length;
        if (longest > kept.Length && random.Next(4) == 0)
        {
            Array.Resize(ref kept, longest);
        }

        return kept;
    }

    private byte[] With(IEnumerable<Change> changes)
    {
        var bytes = (byte[])_durable.Clone();
        var length = bytes.Length;
        foreach (var (offset, written) in changes)
        {
            if (written is null)
            {
                bytes.AsSpan((int)Math.Min(offset, length)..length).Clear();
                length = (int)offset;
            }
            else
            {
                length = Math.Max(length, (int)offset + written.Length);
            }

            if (bytes.Length < length)
            {
                Array.Resize(ref bytes, length * 2);
            }

            written?.CopyTo(bytes, (int)offset);
        }

        return bytes[..length];
    }

    /// <param name="Offset">Where; of a cut the new length.</param>
    /// <param name="Bytes">Null where the file was cut.</param>
    private readonly record struct Change(long Offset, byte[]? Bytes)
    {
        /// <summary>What a power cut may tear apart.</summary>
        public IEnumerable<Change> Sectors()
        {
            if (Bytes is null)
            {
                yield return this;
                yield break;
            }

            for (var start = 0; start < Bytes.Length;)
            {
                var end = Math.Min(Bytes.Length, start + SectorBytes - (int)((Offset + start) % SectorBytes));
                yield return new Change(Offset + start, Bytes[start..end]);
                start = end;
            }
        }
    }
}
