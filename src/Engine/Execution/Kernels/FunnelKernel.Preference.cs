namespace Rondo.Engine.Execution.Kernels;

/// <content>Which of several attempts is the better one, and who keeps an event that two of them use.</content>
internal sealed partial class FunnelKernel
{
    private readonly Comparison<int> _byPreference;
    private readonly HashSet<(int Step, long Id)> _taken = [];

    /// <summary>More steps first, then the one whose last step is earlier, then the one that begins later.</summary>
    private int Compare(int left, int right)
    {
        var byReached = _reached[right].CompareTo(_reached[left]);
        if (byReached != 0)
        {
            return byReached;
        }

        var leftPath = PathOf(left);
        var rightPath = PathOf(right);
        var bySteps = StepCount(rightPath).CompareTo(StepCount(leftPath));
        if (bySteps != 0)
        {
            return bySteps;
        }

        var byEnd = _events.Times[Last(leftPath)].CompareTo(_events.Times[Last(rightPath)]);
        if (byEnd != 0)
        {
            return byEnd;
        }

        var byStart = _events.Times[rightPath[0]].CompareTo(_events.Times[leftPath[0]]);
        return byStart != 0 ? byStart : right.CompareTo(left);
    }

    private static int StepCount(ReadOnlySpan<int> path)
    {
        var count = 0;
        foreach (var step in path)
        {
            count += step >= 0 ? 1 : 0;
        }

        return count;
    }

    private static int Last(ReadOnlySpan<int> path)
    {
        var step = path.Length - 1;
        while (path[step] < 0)
        {
            step--;
        }

        return path[step];
    }

    /// <summary>The better attempt keeps an event that another uses at the same step; the other ends before it.</summary>
    private void ShareEvents()
    {
        _order.AsSpan(0, _attemptCount).Sort(_byPreference);
        foreach (var attempt in Attempts)
        {
            var path = _paths.AsSpan(attempt * _stepCount, _stepCount);
            for (var step = 1; step < _stepCount; step++)
            {
                if (path[step] >= 0 && !_taken.Add((step, _events.IdOf(path[step]))))
                {
                    path[step..].Fill(Absent);
                    _reached[attempt] = ReachedBy(path);
                }
            }
        }

        _order.AsSpan(0, _attemptCount).Sort(_byPreference);
    }

    /// <summary>Steps up to the last one reached that is not optional.</summary>
    private int ReachedBy(ReadOnlySpan<int> path)
    {
        var step = _stepCount - 1;
        while (path[step] < 0 || _isOptional[step])
        {
            step--;
        }

        return step + 1;
    }
}
