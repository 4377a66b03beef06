using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
        var milliseconds = Milliseconds == 0 ? null : (ushort*)Milliseconds + firstRow;
        var index = 0;
        fixed (long* to = times)
        {
            if (Avx2.IsSupported)
            {
                for (; index + Vector256<long>.Count <= times.Length; index += Vector256<long>.Count)
                {
                    var wide = Avx2.Multiply(Avx2.ConvertToVector256Int64(seconds + index).AsUInt32(), Vector256.Create(1000UL).AsUInt32()).AsInt64();
                    if (milliseconds is not null)
                    {
                        wide += Avx2.ConvertToVector256Int64(milliseconds + index);
                    }

                    wide.Store(to + index);
                }
            }

            for (; index < times.Length; index++)
            {
                to[index] = (seconds[index] * 1000L) + (milliseconds is null ? 0 : milliseconds[index]);
            }
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
