using System.Numerics;
using System.Runtime.CompilerServices;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution.Straight;

/// <summary>
/// Finds buckets without a branch, in the unit of a block. Buckets are numbered from 1; 0 is before the range, and
/// <see cref="Count"/> + 1 after it. Read-only, so threads share it.
/// </summary>
/// <remarks>
/// The table reaches over the range and over all times that will be asked. A slot is at most as long as the shortest bucket, so
/// it holds one edge at most: a look and a comparison.
/// </remarks>
internal sealed unsafe class BucketKernel<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly NativeColumn<int> _bucketOfSlot;
    private readonly NativeColumn<T> _endOf;
    private readonly T _first;
    private readonly int _shift;

    /// <param name="table">The buckets.</param>
    /// <param name="start">First millisecond of the range, in the first bucket.</param>
    /// <param name="end">Its end, not included, in the last bucket or at its end.</param>
    /// <param name="span">First and last millisecond that will be asked.</param>
    public BucketKernel(BucketTable table, long start, long end, (long First, long Last) span)
    {
        Count = table.Count;
        _endOf = new NativeColumn<T>(Count + 2);
        _endOf.Start[0] = TrackBlocks.CeilingOf<T>(Math.Max(start, table.StartOf(0)));
        var shortest = long.MaxValue;
        for (var bucket = 0; bucket < Count; bucket++)
        {
            _endOf.Start[bucket + 1] = TrackBlocks.CeilingOf<T>(Math.Min(end, table.EndOf(bucket)));
            shortest = Math.Min(shortest, long.CreateTruncating(_endOf.Start[bucket + 1] - _endOf.Start[bucket]));
        }

        _endOf.Start[Count + 1] = T.MaxValue;
        _shift = BitOperations.Log2((ulong)Math.Max(1, shortest));
        _first = T.Min(_endOf.Start[0], TrackBlocks.Of<T>(span.First));
        var last = long.CreateTruncating(T.Max(_endOf.Start[Count], TrackBlocks.Of<T>(span.Last)));
        var first = long.CreateTruncating(_first);
        _bucketOfSlot = new NativeColumn<int>(checked((int)((last - first) >> _shift) + 1));
        var place = 0;
        for (var slot = 0; slot < _bucketOfSlot.Length; slot++)
        {
            var time = first + ((long)slot << _shift);
            while (place <= Count && time >= long.CreateTruncating(_endOf.Start[place]))
            {
                place++;
            }

            _bucketOfSlot.Start[slot] = place;
        }
    }

    /// <summary>Buckets in the range.</summary>
    public int Count { get; }

    /// <summary>What a loop needs, to be held in registers; valid while this object lives.</summary>
    public Finder Buckets => new(_bucketOfSlot.Start, _endOf.Start, _first, _shift);

    /// <summary>Finds buckets.</summary>
    public readonly struct Finder(int* bucketOfSlot, T* endOf, T first, int shift)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Of(T time)
        {
            var bucket = typeof(T) == typeof(uint)
                ? bucketOfSlot[uint.CreateTruncating(time - first) >> shift]
                : bucketOfSlot[ulong.CreateTruncating(time - first) >> shift];
            return bucket + (time >= endOf[bucket] ? 1 : 0);
        }
    }
}
