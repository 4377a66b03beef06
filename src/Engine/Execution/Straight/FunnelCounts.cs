namespace Rondo.Engine.Execution.Straight;

/// <summary>What a thread has counted of a plain funnel, per cell of the breakdown. Combining is commutative.</summary>
internal sealed class FunnelCounts(int stepCount)
{
    private readonly List<long[]?> _cells = [];

    /// <summary>Per step of a cell: persons, milliseconds from the previous step, milliseconds from the first; null for a cell nobody entered.</summary>
    public IReadOnlyList<long[]?> Cells => _cells;

    /// <param name="cell">The entry's cell; 0 without a breakdown.</param>
    /// <param name="times">When each step was reached.</param>
    public void Add(int cell, ReadOnlySpan<long> times)
    {
        var counts = Of(cell);
        counts[0]++;
        for (var step = 1; step < times.Length; step++)
        {
            counts[step * 3]++;
            counts[(step * 3) + 1] += times[step] - times[step - 1];
            counts[(step * 3) + 2] += times[step] - times[0];
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

    private long[] Of(int cell)
    {
        while (_cells.Count <= cell)
        {
            _cells.Add(null);
        }

        return _cells[cell] ??= new long[stepCount * 3];
    }
}
