namespace Rondo.Model.Queries;

/// <summary>Whether a segment of a funnel converts differently from the whole, or by chance (Mixpanel reference, 3.2).</summary>
public static class Significance
{
    /// <summary>Below this many entries of a segment nothing is said.</summary>
    public const int FewestEntries = 30;

    /// <summary>
    /// With X conversions among n entries drawn from N entries with K conversions: the larger of P(k &lt; X) and P(k &gt; X).
    /// O(conversions).
    /// </summary>
    /// <returns>0 to 1; null when there are too few entries or the segment is no part of the whole.</returns>
    public static double? Confidence(long entries, long conversions, long allEntries, long allConversions)
    {
        var lowest = Math.Max(0, entries + allConversions - allEntries);
        var highest = Math.Min(entries, allConversions);
        if (entries < FewestEntries || entries > allEntries || conversions < lowest || conversions > highest)
        {
            return null;
        }

        // Each probability is the one before times a ratio, so that only their sum is needed. The likeliest one is set to 1:
        // taking it as the start keeps all others within what a double can hold.
        var likeliest = Math.Clamp((long)((double)(entries + 1) * (allConversions + 1) / (allEntries + 2)), lowest, highest);
        double below = 0;
        double above = 0;
        double all = 0;
        void Add(long k, double weight)
        {
            all += weight;
            below += k < conversions ? weight : 0;
            above += k > conversions ? weight : 0;
        }

        Add(likeliest, 1);
        var weight = 1.0;
        for (var k = likeliest; k < highest && weight > 0; k++)
        {
            weight *= (double)(allConversions - k) / (k + 1) * (entries - k) / (allEntries - allConversions - entries + k + 1);
            Add(k + 1, weight);
        }

        weight = 1.0;
        for (var k = likeliest; k > lowest && weight > 0; k--)
        {
            weight *= (double)k / (allConversions - k + 1) * (allEntries - allConversions - entries + k) / (entries - k + 1);
            Add(k - 1, weight);
        }

        return Math.Max(below, above) / all;
    }
}
