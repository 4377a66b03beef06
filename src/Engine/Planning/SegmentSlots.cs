using System.Collections.Immutable;
using Rondo.Model.Queries;

namespace Rondo.Engine.Planning;

/// <summary>Which segments are shown, in order, and which fold into "other".</summary>
internal sealed class SegmentSlots
{
    private readonly int[][] _slotsOfCell;

    private SegmentSlots(ImmutableArray<Segment> shown, int foldedCount, int[][] slotsOfCell)
    {
        Shown = shown;
        FoldedCount = foldedCount;
        _slotsOfCell = slotsOfCell;
    }

    /// <summary>The segments shown, largest first, then by label; "other" last if anything is folded.</summary>
    public ImmutableArray<Segment> Shown { get; }

    /// <summary>How many segments are folded.</summary>
    public int FoldedCount { get; }

    /// <summary>Ranks by the weight of each segment.</summary>
    /// <param name="reader">The segments.</param>
    /// <param name="weights">Per segment number what it is ranked by.</param>
    /// <param name="limit">Segments shown before the rest is folded.</param>
    /// <param name="isEmpty">Per segment number whether nothing is in it, which leaves it out; null: a weight of 0 does.</param>
    public static SegmentSlots Of(SegmentReader reader, double[] weights, int limit, bool[]? isEmpty = null)
    {
        var ranked = Enumerable.Range(0, reader.Segments.Count)
            .Where(number => isEmpty is null ? weights[number] > 0 : !isEmpty[number])
            .OrderByDescending(number => weights[number])
            .ThenBy(number => reader.Segments[number].Label, StringComparer.Ordinal)
            .Select(number => reader.Segments[number])
            .ToList();
        return Of(reader, [.. ranked.Take(limit)], Math.Max(0, ranked.Count - limit));
    }

    /// <summary>Ranks by what is counted per cell; a segment weighs what its cells weigh together.</summary>
    public static SegmentSlots OfCells(SegmentReader reader, IEnumerable<KeyValuePair<int, long>> weights, int limit)
    {
        var bySegment = new double[reader.Segments.Count];
        foreach (var (cell, weight) in weights)
        {
            foreach (var segment in reader.SegmentsOf(cell))
            {
                bySegment[segment] += weight;
            }
        }

        return Of(reader, bySegment, limit);
    }

    /// <summary>Shows just these segments and, if any are folded, every other one as "other".</summary>
    public static SegmentSlots Of(SegmentReader reader, ImmutableArray<Segment> shown, int foldedCount)
    {
        var slots = shown.Select((segment, slot) => (segment, slot)).ToDictionary(pair => pair.segment, pair => pair.slot);
        var slotsOfCell = new int[reader.CellCount][];
        for (var cell = 0; cell < slotsOfCell.Length; cell++)
        {
            var found = new SortedSet<int>();
            foreach (var segment in reader.SegmentsOf(cell))
            {
                if (slots.TryGetValue(reader.Segments[segment], out var slot) || foldedCount > 0)
                {
                    found.Add(slots.ContainsKey(reader.Segments[segment]) ? slot : shown.Length);
                }
            }

            slotsOfCell[cell] = [.. found];
        }

        return new SegmentSlots(foldedCount > 0 ? shown.Add(Segment.Other) : shown, foldedCount, slotsOfCell);
    }

    /// <summary>The places in <see cref="Shown"/> where an event of a cell counts; none twice.</summary>
    public ReadOnlySpan<int> SlotsOf(int cell) => _slotsOfCell[cell];

    /// <summary>Whether an event of a cell counts in a place.</summary>
    public bool Holds(int cell, int slot) => _slotsOfCell[cell].AsSpan().Contains(slot);

    /// <summary>The place of a segment as shown; −1 when it is not shown.</summary>
    public int Find(Segment segment) => Shown.IndexOf(segment);
}
