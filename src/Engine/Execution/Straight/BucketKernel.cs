using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
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
    private readonly Division? _division;

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
        _division = typeof(T) == typeof(uint) && Avx2.IsSupported ? Division.Of(LengthOfAll()) : null;
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

    /// <summary>Finds the buckets of many times. Where all buckets are as long as one another, before the range may count as after it.</summary>
    /// <param name="times">The times.</param>
    /// <param name="count">How many.</param>
    /// <param name="buckets">Become their buckets.</param>
    public void Find(T* times, int count, int* buckets)
    {
        var index = 0;
        if (_division is { } division)
        {
            var first = Vector256.Create(uint.CreateTruncating(_endOf.Start[0]));
            var last = Vector256.Create((uint)Count);
            for (; index + Vector256<uint>.Count <= count; index += Vector256<uint>.Count)
            {
                var number = division.Divide(Vector256.Load((uint*)times + index) - first);
                (Vector256.Min(number, last) + Vector256<uint>.One).Store((uint*)buckets + index);
            }
        }

        var finder = Buckets;
        for (; index < count; index++)
        {
            buckets[index] = finder.Of(times[index]);
        }
    }

    /// <summary>How long every bucket is; 0 where they differ.</summary>
    private uint LengthOfAll()
    {
        var length = _endOf.Start[1] - _endOf.Start[0];
        for (var bucket = 1; bucket < Count; bucket++)
        {
            if (_endOf.Start[bucket + 1] - _endOf.Start[bucket] != length)
            {
                return 0;
            }
        }

        return uint.CreateSaturating(length);
    }

    /// <summary>What a loop needs, to be held in registers; valid while this object lives.</summary>
    public Finder Buckets => new(_bucketOfSlot.Start, _endOf.Start, _first, _shift);

    /// <summary>Divides by an even number without dividing: its powers of two are shifted out, the rest is a multiplication.</summary>
    /// <remarks>
    /// With y below 2^31, m the rest, 2^s at most m, and f = 2^(32 + s) / m rounded up, y * f / 2^(32 + s) is too large by less than 1 / m.
    /// </remarks>
    private sealed class Division
    {
        private readonly int _evenShift;
        private readonly Vector256<uint> _factor;
        private readonly int _shift;

        private Division(uint divisor)
        {
            _evenShift = BitOperations.TrailingZeroCount(divisor);
            var rest = divisor >> _evenShift;
            var power = BitOperations.Log2(rest);
            _shift = 32 + power;
            _factor = Vector256.Create((uint)(((1UL << _shift) + rest - 1) / rest));
        }

        /// <summary>Null for what it cannot divide by: nothing, an odd number, or a power of two.</summary>
        public static Division? Of(uint divisor) => divisor == 0 || divisor % 2 != 0 || BitOperations.IsPow2(divisor) ? null : new Division(divisor);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<uint> Divide(Vector256<uint> numbers)
        {
            var halved = Vector256.ShiftRightLogical(numbers, _evenShift);
            var even = Vector256.ShiftRightLogical(Avx2.Multiply(halved, _factor), _shift);
            var odd = Vector256.ShiftRightLogical(Avx2.Multiply(Vector256.ShiftRightLogical(halved.AsUInt64(), 32).AsUInt32(), _factor), _shift);
            return (even | Vector256.ShiftLeft(odd, 32)).AsUInt32();
        }
    }

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
