namespace Rondo.Engine.Compaction;

/// <summary>What the plan knows of a part.</summary>
/// <param name="RowCount">Its events.</param>
/// <param name="LargestFileBytes">Bytes of its largest file.</param>
/// <param name="IsFixed">Whether it must be left as it is.</param>
internal readonly record struct PartSize(long RowCount, long LargestFileBytes, bool IsFixed);

/// <summary>
/// Chooses neighbouring parts to join, so that the number of parts grows with the logarithm of the rows, and beyond the size
/// that a file may have, with the rows.
/// </summary>
internal static class CompactionPlan
{
    /// <summary>
    /// What the files of a joined part may add up to: a file is mapped as a whole and may not have 2 GiB, and codes may grow
    /// wider when dictionaries come together.
    /// </summary>
    public const long LargestFileBytes = 1_500_000_000;

    /// <summary>
    /// The first stretch of <paramref name="fanIn"/> or more neighbours of the smallest tier that has one. A part's tier is the
    /// number of times <paramref name="fanIn"/> of the size of a full head fits into it. Parts that are fixed, or too large to
    /// be joined with as many of their like, end a stretch.
    /// </summary>
    /// <returns>Start and count; a count of 0 when nothing is due.</returns>
    public static (int Start, int Count) Choose(IReadOnlyList<PartSize> parts, int fanIn, int fullHeadRows, long largestFileBytes = LargestFileBytes)
    {
        var tiers = parts.Select(part => part.IsFixed || part.LargestFileBytes > largestFileBytes / fanIn ? int.MaxValue : Tier(part.RowCount, fanIn, fullHeadRows)).ToArray();
        foreach (var tier in tiers.Where(tier => tier < int.MaxValue).Distinct().Order())
        {
            var start = 0;
            for (var index = 0; index <= tiers.Length; index++)
            {
                if (index < tiers.Length && tiers[index] <= tier)
                {
                    continue;
                }

                if (index - start >= fanIn)
                {
                    return (start, Fitting(parts, start, index, largestFileBytes));
                }

                start = index + 1;
            }
        }

        return (0, 0);
    }

    /// <summary>Cuts all parts into as few stretches as the size of a file allows; those of one part are left out.</summary>
    public static IEnumerable<(int Start, int Count)> All(IReadOnlyList<PartSize> parts, long largestFileBytes = LargestFileBytes)
    {
        for (var start = 0; start < parts.Count;)
        {
            if (parts[start].IsFixed)
            {
                start++;
                continue;
            }

            var end = start;
            while (end < parts.Count && !parts[end].IsFixed)
            {
                end++;
            }

            var count = Math.Max(1, Fitting(parts, start, end, largestFileBytes));
            if (count > 1)
            {
                yield return (start, count);
            }

            start += count;
        }
    }

    /// <summary>How many parts from a start on stay below the size of a file together.</summary>
    private static int Fitting(IReadOnlyList<PartSize> parts, int start, int end, long largestFileBytes)
    {
        long bytes = 0;
        for (var index = start; index < end; index++)
        {
            bytes += parts[index].LargestFileBytes;
            if (bytes > largestFileBytes)
            {
                return index - start;
            }
        }

        return end - start;
    }

    private static int Tier(long rows, int fanIn, int fullHeadRows)
    {
        var tier = 0;
        for (var size = (double)fullHeadRows; rows > size * 1.5; size *= fanIn)
        {
            tier++;
        }

        return tier;
    }
}
