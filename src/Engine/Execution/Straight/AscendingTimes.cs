using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rondo.Engine.Execution.Straight;

/// <summary>Looking for a time among a person's few: many at once, since a loop over them would end unforeseen.</summary>
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

    /// <summary>For many persons, the first of each one's ascending times that is not before a bound, or the last that is.</summary>
    /// <param name="times">The times of all.</param>
    /// <param name="readable">The end of what may be read.</param>
    /// <param name="lastEnd">The greatest end of any person.</param>
    /// <param name="places">The persons.</param>
    /// <param name="count">How many.</param>
    /// <param name="starts">Per place the index of the first time.</param>
    /// <param name="ends">Per place the index behind the last.</param>
    /// <param name="given">For each of <paramref name="places"/> what its bound comes from.</param>
    /// <param name="early">How much the bound is before that.</param>
    /// <param name="back">0 for the first not before the bound, whose index may be the end; 1 for the last before it, which there must be.</param>
    /// <param name="at">Becomes the index.</param>
    /// <param name="found">Becomes the time there; where there is none, any.</param>
    /// <param name="rest">Room for as many numbers.</param>
    /// <remarks>Nothing in the loop is a branch that depends on what a person did. Who has more before the bound than fit into a vector is looked at again.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Find<T>(T* times, T* readable, int lastEnd, int* places, int count, int* starts, int* ends, T* given, T early, uint back, int* at, T* found, int* rest)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (readable - times < lastEnd + Vector512<T>.Count)
        {
            // At the very end of the times, where a vector would reach beyond them, or where there are none.
            for (var index = 0; index < count; index++)
            {
                var before = CountBefore(times + starts[places[index]], ends[places[index]] - starts[places[index]], given[index] - early);
                at[index] = starts[places[index]] + before - (int)back;
                found[index] = at[index] < ends[places[index]] ? times[at[index]] : T.Zero;
            }

            return;
        }

        var restCount = 0u;
        for (var index = 0u; index < (uint)count; index++)
        {
            var place = (uint)places[index];
            var start = (uint)starts[place];
            var length = ends[place] - (int)start;
            var isBefore = Vector512.LessThan(Vector512.Load(times + start), Vector512.Create(given[index] - early)).ExtractMostSignificantBits();

            // Not more than there are, in the lowest six bits.
            var before = (uint)BitOperations.TrailingZeroCount(~isBefore | (1UL << (length | ((63 - length) >> 31))));
            rest[restCount] = (int)index;
            restCount += before / (uint)Vector512<T>.Count;
            var where = start + before - back;
            at[index] = (int)where;
            found[index] = times[where];
        }

        for (var index = 0u; index < restCount; index++)
        {
            var of = rest[index];
            var passed = at[of] + (int)back;
            passed += CountBefore(times + passed, ends[places[of]] - passed, given[of] - early);
            at[of] = passed - (int)back;
            found[of] = times[at[of]];
        }
    }

    /// <summary>How many of some ascending times are before a bound: halves what is left.</summary>
    public static int CountBefore<T>(T* times, int count, T bound)
        where T : unmanaged, IBinaryInteger<T>
    {
        var at = times;
        for (var left = count; left > 0;)
        {
            var half = (left + 1) >> 1;
            at += at[half - 1] < bound ? half : 0;
            left -= half;
        }

        return (int)(at - times);
    }
}
