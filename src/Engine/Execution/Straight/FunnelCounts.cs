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
    /// <param name="times">When each step was reached.</param>
    /// <param name="perSecond">Times in a second.</param>
    public void Add<T>(int cell, ReadOnlySpan<T> times, long perSecond)
        where T : unmanaged, IBinaryInteger<T>
    {
        var counts = Of(cell);
        counts[0]++;
        for (var step = 1; step < times.Length; step++)
        {
            counts[step * 3]++;
            counts[(step * 3) + 1] += (long.CreateTruncating(times[step]) - long.CreateTruncating(times[step - 1])) * (1000 / perSecond);
            counts[(step * 3) + 2] += (long.CreateTruncating(times[step]) - long.CreateTruncating(times[0])) * (1000 / perSecond);
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
