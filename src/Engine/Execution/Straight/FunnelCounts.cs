using System.Numerics;
using System.Runtime.CompilerServices;

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
