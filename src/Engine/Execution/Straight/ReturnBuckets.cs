using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Rondo.Engine.Execution.Straight;

/// <summary>The buckets of a person's returns, eight returns at once.</summary>
internal static unsafe class ReturnBuckets
{
    /// <summary>One bit for each bucket that a time lies in; times before the birth, and beyond the last bucket, give none.</summary>
    /// <param name="next">The first time, in seconds, ascending.</param>
    /// <param name="last">Behind the last.</param>
    /// <param name="birth">Where bucket 0 begins, in seconds.</param>
    /// <param name="perBucket">Buckets in a second.</param>
    /// <param name="bucketCount">1 to 32.</param>
    /// <param name="readable">The end of what may be read.</param>
    /// <remarks>Half a second keeps the multiplication away from the edges of buckets, so it is exact.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(uint* next, uint* last, uint birth, double perBucket, int bucketCount, uint* readable)
    {
        var births = Vector256.Create(birth);
        var buckets = Vector256<uint>.Zero;
        var lanes = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
        for (; next < last && next + Vector256<uint>.Count <= readable; next += Vector256<uint>.Count)
        {
            var times = Vector256.Load(next);
            var seconds = (times - births).AsInt32();
            var low = Avx.ConvertToVector128Int32WithTruncation((Avx.ConvertToVector256Double(seconds.GetLower()) + Vector256.Create(0.5)) * Vector256.Create(perBucket));
            var high = Avx.ConvertToVector128Int32WithTruncation((Avx.ConvertToVector256Double(seconds.GetUpper()) + Vector256.Create(0.5)) * Vector256.Create(perBucket));

            // A shift by more than 31 gives nothing: that is where times of others go, and those before the birth.
            var isOthers = Vector256.GreaterThanOrEqual(lanes, Vector256.Create((int)Math.Min(last - next, Vector256<uint>.Count)));
            var shifts = Vector256.Create(low, high).AsUInt32() | isOthers.AsUInt32() | Vector256.LessThan(times, births);
            buckets |= Avx2.ShiftLeftLogicalVariable(Vector256<uint>.One, shifts);
        }

        ulong bits = 0;
        for (; next < last; next++)
        {
            var bucket = (int)(((long)*next - birth + 0.5) * perBucket);
            bits |= *next >= birth && bucket < bucketCount ? 1UL << bucket : 0;
        }

        var halves = buckets.GetLower() | buckets.GetUpper();
        var quarters = halves.AsUInt64().GetElement(0) | halves.AsUInt64().GetElement(1);
        return (bits | (uint)quarters | (quarters >> 32)) & (ulong.MaxValue >> (64 - bucketCount));
    }
}
