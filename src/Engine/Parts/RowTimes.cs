namespace Rondo.Engine.Parts;

/// <summary>The time of each row: seconds since 1970, and the milliseconds within the second unless all are 0.</summary>
/// <remarks>Most questions read 4 bytes a row; imports in whole seconds store no more than that.</remarks>
/// <param name="Seconds">1970 to 2106.</param>
/// <param name="Milliseconds">0 to 999; null when every row has 0.</param>
internal readonly unsafe record struct RowTimes(nint Seconds, nint Milliseconds)
{
    /// <summary>Milliseconds since 1970 of the last instant that can be stored, at 2106-02-07.</summary>
    public const long Latest = (uint.MaxValue * 1000L) + 999;

    public uint* SecondsStart => (uint*)Seconds;

    public ushort* MillisecondsStart => (ushort*)Milliseconds;

    /// <summary>Milliseconds since 1970.</summary>
    public long this[int row] => Milliseconds == 0 ? ((uint*)Seconds)[row] * 1000L : (((uint*)Seconds)[row] * 1000L) + ((ushort*)Milliseconds)[row];

    /// <summary>Writes the times of neighbouring rows.</summary>
    public void CopyTo(int firstRow, Span<long> times)
    {
        var seconds = (uint*)Seconds + firstRow;
        if (Milliseconds == 0)
        {
            for (var index = 0; index < times.Length; index++)
            {
                times[index] = seconds[index] * 1000L;
            }

            return;
        }

        var milliseconds = (ushort*)Milliseconds + firstRow;
        for (var index = 0; index < times.Length; index++)
        {
            times[index] = (seconds[index] * 1000L) + milliseconds[index];
        }
    }

    /// <summary>First of the rows, whose times ascend, that is at or after a time; <paramref name="endRow"/> when there is none.</summary>
    public int LowerBound(int firstRow, int endRow, long time)
    {
        while (firstRow < endRow)
        {
            var middle = (int)(((uint)firstRow + (uint)endRow) >> 1);
            if (this[middle] < time)
            {
                firstRow = middle + 1;
            }
            else
            {
                endRow = middle;
            }
        }

        return firstRow;
    }
}
