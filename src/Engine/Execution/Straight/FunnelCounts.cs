using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution.Straight;

/// <summary>What a thread has counted of a plain funnel, per cell of the breakdown. Combining is commutative.</summary>
internal sealed class FunnelCounts(int stepCount)
{
    private readonly List<long[]?> _cells = [];

    /// <summary>Per step of a cell: persons, milliseconds from the previous step, milliseconds from the first; null for a cell nobody entered.</summary>
    public IReadOnlyList<long[]?> Cells => _cells;

    /// <param name="cell">The entry's cell; 0 without a breakdown.</param>
    /// <param name="times">When each step was reached, of all steps.</param>
    /// <param name="reached">How many were; 1 or more.</param>
    /// <param name="perSecond">Times in a second.</param>
    /// <remarks>All steps are added, those not reached as nothing: how far somebody comes is not foreseen.</remarks>
    public void Add<T>(int cell, ReadOnlySpan<T> times, int reached, long perSecond)
        where T : unmanaged, IBinaryInteger<T>
    {
        var counts = Of(cell);
        var scale = 1000 / perSecond;
        var first = long.CreateTruncating(times[0]);
        var before = first;
        counts[0]++;
        for (var step = 1; step < times.Length; step++)
        {
            var isReached = step < reached ? 1L : 0;
            var time = long.CreateTruncating(times[step]);
            counts[step * 3] += isReached;
            counts[(step * 3) + 1] += (time - before) * scale * isReached;
            counts[(step * 3) + 2] += (time - first) * scale * isReached;
            before = time;
        }
    }

    /// <summary>Adds attempts that all reached the same step.</summary>
    /// <param name="times">Per step when it was reached, an attempt after the other.</param>
    /// <param name="last">The last step reached, from 0.</param>
    /// <param name="places">Whose attempts.</param>
    /// <param name="count">How many.</param>
    /// <param name="cells">Per place the cell; null without a breakdown.</param>
    public unsafe void Add<T>(NativeColumn<T>[] times, int last, int* places, int count, int* cells)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (cells is null)
        {
            AddAll(times, last, count);
            return;
        }

        var scale = 1000 / TrackBlocks.PerSecond<T>();
        for (var index = 0; index < count; index++)
        {
            ref var counts = ref MemoryMarshal.GetArrayDataReference(Of(cells[places[index]]));
            var first = long.CreateTruncating(times[0].Start[index]);
            var before = first;
            counts++;
            for (var step = 1; step <= last; step++)
            {
                var time = long.CreateTruncating(times[step].Start[index]);
                counts = ref Unsafe.Add(ref counts, 3);
                counts++;
                Unsafe.Add(ref counts, 1) += (time - before) * scale;
                Unsafe.Add(ref counts, 2) += (time - first) * scale;
                before = time;
            }
        }
    }

    /// <summary>The same where all are in cell 0.</summary>
    private unsafe void AddAll<T>(NativeColumn<T>[] times, int last, int count)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (count == 0)
        {
            return;
        }

        var counts = Of(0);
        var scale = 1000 / TrackBlocks.PerSecond<T>();
        var first = times[0].Start;
        counts[0] += count;
        for (var step = 1; step <= last; step++)
        {
            var time = times[step].Start;
            var before = times[step - 1].Start;
            long sinceBefore = 0;
            long sinceFirst = 0;
            for (var index = 0; index < count; index++)
            {
                sinceBefore += long.CreateTruncating(time[index]) - long.CreateTruncating(before[index]);
                sinceFirst += long.CreateTruncating(time[index]) - long.CreateTruncating(first[index]);
            }

            counts[step * 3] += count;
            counts[(step * 3) + 1] += sinceBefore * scale;
            counts[(step * 3) + 2] += sinceFirst * scale;
        }
    }

    public void Combine(FunnelCounts other)
    {
        for (var cell = 0; cell < other._cells.Count; cell++)
        {
            if (other._cells[cell] is { } theirs)
            {
                var ours = Of(cell);
                for (var index = 0; index < ours.Length; index++)
                {
                    ours[index] += theirs[index];
                }
            }
        }
    }

    /// <summary>Adds all cells of another to the first of this.</summary>
    public void CombineCells(FunnelCounts other)
    {
        foreach (var theirs in other._cells.OfType<long[]>())
        {
            var ours = Of(0);
            for (var index = 0; index < ours.Length; index++)
            {
                ours[index] += theirs[index];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long[] Of(int cell) => cell < _cells.Count && _cells[cell] is { } counts ? counts : Make(cell);

    private long[] Make(int cell)
    {
        while (_cells.Count <= cell)
        {
            _cells.Add(null);
        }

        return _cells[cell] ??= new long[stepCount * 3];
    }
}
