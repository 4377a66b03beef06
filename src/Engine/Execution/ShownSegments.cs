using System.Collections.Immutable;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>Which segments of a funnel are shown, in order, and which fold into "other".</summary>
/// <param name="Shown">The segments shown, largest first, then by label; "other" last if anything is folded.</param>
/// <param name="SlotOf">Per segment number its place in <paramref name="Shown"/>; −1 for one with nothing in it.</param>
/// <param name="FoldedCount">How many are folded.</param>
internal sealed record ShownSegments(ImmutableArray<Segment> Shown, int[] SlotOf, int FoldedCount)
{
    /// <param name="segments">All segments by number.</param>
    /// <param name="weights">Per number what it is ranked by; 0 leaves it out.</param>
    /// <param name="limit">Segments shown before the rest is folded.</param>
    public static ShownSegments Of(IReadOnlyList<Segment> segments, long[] weights, int limit)
    {
        var ranked = Enumerable.Range(0, segments.Count)
            .Where(number => weights[number] > 0)
            .OrderByDescending(number => weights[number])
            .ThenBy(number => segments[number].Label, StringComparer.Ordinal)
            .ToArray();
        var slotOf = new int[segments.Count];
        Array.Fill(slotOf, -1);
        for (var rank = 0; rank < ranked.Length; rank++)
        {
            slotOf[ranked[rank]] = Math.Min(rank, limit);
        }

        var shown = ranked.Take(limit).Select(number => segments[number]).ToImmutableArray();
        var foldedCount = Math.Max(0, ranked.Length - limit);
        return new ShownSegments(foldedCount > 0 ? shown.Add(Segment.Other) : shown, slotOf, foldedCount);
    }

    /// <summary>The place of a segment as shown; −1 when it is not shown.</summary>
    public int Find(Segment segment) => Shown.IndexOf(segment);
}
