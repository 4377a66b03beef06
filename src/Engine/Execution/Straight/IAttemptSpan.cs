using System.Numerics;

namespace Rondo.Engine.Execution.Straight;

/// <summary>What an attempt has to stay within: a length of time, or a session.</summary>
/// <typeparam name="T">See <see cref="Planning.TrackBlock{T}"/>.</typeparam>
internal unsafe interface IAttemptSpan<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    /// <summary>Says of many attempts whether they are still in their span at a time. Before its entry an attempt is.</summary>
    /// <param name="places">The persons.</param>
    /// <param name="entries">For each of <paramref name="places"/> when the attempt began, at one of the person's events.</param>
    /// <param name="times">Likewise the time of another of the person's events.</param>
    /// <param name="count">How many.</param>
    /// <param name="isWithin">Become 1, or 0.</param>
    void Find(int* places, T* entries, T* times, int count, int* isWithin);
}
