namespace Rondo.Engine.Compaction;

/// <summary>Chooses neighbouring parts to join, so that the number of parts grows with the logarithm of the rows.</summary>
internal static class CompactionPlan
{
    /// <summary>
    /// The first stretch of <paramref name="fanIn"/> or more neighbours of the smallest tier that has one. A part's tier is the
    /// number of times <paramref name="fanIn"/> of the size of a full head fits into it.
    /// </summary>
    /// <returns>Start and count; a count of 0 when nothing is due.</returns>
    public static (int Start, int Count) Choose(IReadOnlyList<long> rowCounts, int fanIn, int fullHeadRows)
    {
        var tiers = rowCounts.Select(rows => Tier(rows, fanIn, fullHeadRows)).ToArray();
        foreach (var tier in tiers.Distinct().Order())
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
                    return (start, index - start);
                }

                start = index + 1;
            }
        }

        return (0, 0);
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
