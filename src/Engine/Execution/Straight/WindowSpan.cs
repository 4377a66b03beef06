using System.Numerics;

namespace Rondo.Engine.Execution.Straight;

/// <summary>A length of time from the entry on, its end included.</summary>
internal sealed unsafe class WindowSpan<T>(T window) : IAttemptSpan<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly long _window = long.CreateSaturating(window);

    /// <inheritdoc/>
    public void Find(int* places, T* entries, T* times, int count, int* isWithin)
    {
        var longest = _window;
        for (var index = 0; index < count; index++)
        {
            isWithin[index] = (int)((long.CreateTruncating(times[index]) - long.CreateTruncating(entries[index]) - longest - 1) >>> 63);
        }
    }
}
