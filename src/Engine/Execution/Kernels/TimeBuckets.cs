namespace Rondo.Engine.Execution.Kernels;

/// <summary>Finds the bucket of a time. O(log buckets), or O(1) while times ascend within a bucket; allocates nothing.</summary>
internal static class TimeBuckets
{
    /// <summary>Index of the bucket whose start is the last at or before <paramref name="time"/>; −1 before the first edge. Edges ascend.</summary>
    public static int IndexOf(ReadOnlySpan<long> edges, long time)
    {
        var low = 0;
        var high = edges.Length;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (edges[middle] <= time)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    /// <summary>Index of the first time at or after <paramref name="bound"/>; the length when there is none. Times ascend.</summary>
    public static int LowerBound(ReadOnlySpan<long> times, long bound)
    {
        var low = 0;
        var high = times.Length;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (times[middle] < bound)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
