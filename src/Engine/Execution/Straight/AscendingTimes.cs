using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rondo.Engine.Execution.Straight;

/// <summary>Looking for a time among a person's few: eight at once, since a loop over them would end unforeseen.</summary>
internal static unsafe class AscendingTimes
{
    /// <summary>The first of some ascending times that is not before a bound; their end when all are.</summary>
    /// <param name="at">The first time.</param>
    /// <param name="end">Behind the last.</param>
    /// <param name="bound">The bound.</param>
    /// <param name="readable">The end of what may be read; not before <paramref name="end"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* FirstNotBefore<T>(T* at, T* end, T bound, T* readable)
        where T : unmanaged, IBinaryInteger<T>
    {
        var bounds = Vector256.Create(bound);
        while (at < end && at + Vector256<T>.Count <= readable)
        {
            var before = BitOperations.TrailingZeroCount(~Vector256.LessThan(Vector256.Load(at), bounds).ExtractMostSignificantBits());
            at += before;
            if (before < Vector256<T>.Count)
            {
                return at < end ? at : end;
            }
        }

        while (at < end && *at < bound)
        {
            at++;
        }

        return at < end ? at : end;
    }
}
