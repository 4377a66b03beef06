using System.Numerics;

namespace Rondo.Engine.Execution;

/// <summary>Finds the bucket of a time by one look into a table and, at most, a few steps on. O(1); allocates nothing when asked.</summary>
internal sealed class BucketTable
{
    private const int LargestTable = 1 << 20;

    private readonly long[] _edges;
    private readonly int[] _firstOf;
    private readonly int _shift;

    /// <param name="edges">Ascending milliseconds: bucket i reaches from edge i to edge i + 1, which is not included. At least two.</param>
    public BucketTable(long[] edges)
    {
        _edges = edges;
        var shortest = long.MaxValue;
        for (var edge = 1; edge < edges.Length; edge++)
        {
            shortest = Math.Min(shortest, edges[edge] - edges[edge - 1]);
        }

        _shift = BitOperations.Log2((ulong)Math.Max(1, shortest));
        while ((edges[^1] - edges[0]) >> _shift >= LargestTable)
        {
            _shift++;
        }

        _firstOf = new int[((edges[^1] - edges[0]) >> _shift) + 1];
        var bucket = 0;
        for (var slot = 0; slot < _firstOf.Length; slot++)
        {
            var time = edges[0] + ((long)slot << _shift);
            while (bucket + 2 < edges.Length && time >= edges[bucket + 1])
            {
                bucket++;
            }

            _firstOf[slot] = bucket;
        }
    }

    public int Count => _edges.Length - 1;

    /// <summary>When a bucket begins.</summary>
    public long StartOf(int bucket) => _edges[bucket];

    /// <summary>When the next one begins.</summary>
    public long EndOf(int bucket) => _edges[bucket + 1];

    /// <summary>The bucket of a time from the first edge on and before the last.</summary>
    public int Of(long time)
    {
        var bucket = _firstOf[(time - _edges[0]) >> _shift];
        while (time >= _edges[bucket + 1])
        {
            bucket++;
        }

        return bucket;
    }
}
