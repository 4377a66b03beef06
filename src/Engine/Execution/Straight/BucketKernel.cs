using System.Numerics;
using System.Runtime.CompilerServices;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution.Straight;

/// <summary>
/// Finds buckets without a branch, in the unit of a block. Times out of the range fall into one more bucket, number
/// <see cref="Count"/>. Read-only, so threads share it.
/// </summary>
/// <remarks>A slot is at most as long as the shortest bucket, so it holds one edge at most: a look and a comparison.</remarks>
internal sealed unsafe class BucketKernel<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly NativeColumn<int> _bucketOfSlot;
    private readonly NativeColumn<T> _endOf;
    private readonly T _first;
    private readonly T _lastSlot;
    private readonly int _shift;

    /// <param name="table">The buckets.</param>
    /// <param name="start">First millisecond of the range; not before the first bucket.</param>
    /// <param name="end">Its end, not included.</param>
    public BucketKernel(BucketTable table, long start, long end)
    {
        Count = table.Count;
        var edges = new List<T>();
        var numbers = new List<int>();
        for (var bucket = 0; bucket < table.Count; bucket++)
        {
            if (table.EndOf(bucket) > start && table.StartOf(bucket) < end)
            {
                edges.Add(TrackBlocks.CeilingOf<T>(Math.Max(start, table.StartOf(bucket))));
                numbers.Add(bucket);
            }
        }

        edges.Add(TrackBlocks.CeilingOf<T>(Math.Min(end, table.EndOf(table.Count - 1))));
        numbers.Add(Count);
        _first = edges[0];
        var shortest = Enumerable.Range(1, edges.Count - 1).Select(edge => ulong.CreateTruncating(edges[edge] - edges[edge - 1])).DefaultIfEmpty(1UL).Min();
        _shift = BitOperations.Log2(Math.Max(1, shortest));
        var slotCount = (int)(ulong.CreateTruncating(edges[^1] - _first) >> _shift) + 2;
        _lastSlot = T.CreateTruncating(slotCount - 1);

        // Numbers are kept by their place among the edges; the place after the last one is out of range.
        _bucketOfSlot = new NativeColumn<int>(slotCount);
        _endOf = new NativeColumn<T>(Count + 1);
        _endOf.Values.Fill(T.MaxValue);
        for (var edge = 0; edge + 1 < edges.Count; edge++)
        {
            _endOf.Start[numbers[edge]] = edges[edge + 1];
        }

        IsContiguous = numbers.Zip(numbers.Skip(1)).All(pair => pair.Second == pair.First + 1);
        var place = 0;
        for (var slot = 0; slot < slotCount; slot++)
        {
            var time = ulong.CreateTruncating(_first) + ((ulong)slot << _shift);
            while (place + 1 < edges.Count && time >= ulong.CreateTruncating(edges[place + 1]))
            {
                place++;
            }

            _bucketOfSlot.Start[slot] = slot == slotCount - 1 ? Count : numbers[place];
        }
    }

    /// <summary>Buckets in the range; also the number that out of range has.</summary>
    public int Count { get; }

    /// <summary>Whether the last bucket of the range is the last of all, so that one step beyond it is out of range.</summary>
    public bool IsContiguous { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(T time)
    {
        // A time before the first wraps around to a slot beyond the last.
        var slot = typeof(T) == typeof(uint)
            ? Math.Min(uint.CreateTruncating(time - _first) >> _shift, uint.CreateTruncating(_lastSlot))
            : Math.Min(ulong.CreateTruncating(time - _first) >> _shift, ulong.CreateTruncating(_lastSlot));
        var bucket = _bucketOfSlot.Start[slot];
        return bucket + (time >= _endOf.Start[bucket] ? 1 : 0);
    }
}
