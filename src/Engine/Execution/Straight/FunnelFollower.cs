using System.Numerics;
using System.Runtime.CompilerServices;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution.Straight;

/// <summary>
/// Follows one person through the steps of a plain funnel: steps of different single events in order, counted once a person.
/// Belongs to one thread; allocates nothing per person.
/// </summary>
/// <remarks>
/// Entries come in order, and a later entry never reaches a step earlier than an earlier entry does, so every step's place
/// only moves forward: O(events of the steps) per person, with every entry tried.
/// </remarks>
/// <param name="stepCount">2 or more.</param>
/// <param name="grace">How long a step may come before the previous one.</param>
/// <param name="window">How long from the entry, its end included.</param>
/// <param name="isOptimized">Whether every entry is tried.</param>
/// <typeparam name="T">See <see cref="TrackBlock{T}"/>.</typeparam>
internal sealed unsafe class FunnelFollower<T>(int stepCount, T grace, T window, bool isOptimized)
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly NativeColumn<nint> _next = new(stepCount);
    private readonly NativeColumn<nint> _ends = new(stepCount);
    private readonly NativeColumn<T> _times = new(stepCount);
    private readonly NativeColumn<T> _best = new(stepCount);

    /// <summary>When the steps of the attempt that counts were reached; as many as were.</summary>
    public ReadOnlySpan<T> Times => new(_best.Start, Reached);

    /// <summary>How many steps the attempt that counts reached.</summary>
    public int Reached { get; private set; }

    /// <summary>The entry of the attempt that counts, among those given.</summary>
    public int Entry { get; private set; }

    /// <summary>Names a later step's events of the person.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int step, T* start, T* end)
    {
        _next.Start[step] = (nint)start;
        _ends.Start[step] = (nint)end;
    }

    /// <summary>Follows attempts from a person's entries, one or more, in order.</summary>
    public void Follow(T* entries, int entryCount)
    {
        Reached = 0;
        for (var entry = 0; entry < (isOptimized ? entryCount : 1); entry++)
        {
            if (!Prefer(entry, Attempt(entries[entry], T.MinValue, window > T.MaxValue - entries[entry] ? T.MaxValue : entries[entry] + window)))
            {
                return;
            }
        }
    }

    /// <summary>The same where all steps must lie within sessions.</summary>
    /// <param name="entries">The person's entries.</param>
    /// <param name="entryCount">How many.</param>
    /// <param name="sessionStarts">When the person's sessions begin; every entry lies in one.</param>
    /// <param name="sessionEnds">Their last events.</param>
    /// <param name="sessionCount">How many.</param>
    /// <param name="sessionsOfWindow">How many sessions an attempt may take.</param>
    public void Follow(T* entries, int entryCount, T[] sessionStarts, T[] sessionEnds, int sessionCount, int sessionsOfWindow)
    {
        Reached = 0;
        var session = 0;
        for (var entry = 0; entry < (isOptimized ? entryCount : 1); entry++)
        {
            while (session + 1 < sessionCount && sessionStarts[session + 1] <= entries[entry])
            {
                session++;
            }

            if (!Prefer(entry, Attempt(entries[entry], sessionStarts[session], sessionEnds[Math.Min(session + sessionsOfWindow, sessionCount) - 1])))
            {
                return;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Attempt(T entry, T earliest, T deadline)
    {
        var times = _times.Start;
        times[0] = entry;
        var step = 1;
        do
        {
            var next = (T*)_next.Start[step];
            var end = (T*)_ends.Start[step];
            var bound = T.Max(earliest, times[step - 1] - grace);
            while (next < end && *next < bound)
            {
                next++;
            }

            _next.Start[step] = (nint)next;
            if (next == end || *next > deadline)
            {
                return step;
            }

            times[step] = *next;
        }
        while (++step < stepCount);

        return step;
    }

    /// <summary>Keeps the better of two attempts: more steps, then the earlier last step, then the later entry. False when no later entry can win.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Prefer(int entry, int reached)
    {
        var best = _best.Start;
        var times = _times.Start;
        if (reached > Reached || (reached == Reached && times[reached - 1] <= best[reached - 1]))
        {
            Reached = reached;
            Entry = entry;
            for (var step = 0; step < reached; step++)
            {
                best[step] = times[step];
            }

            return true;
        }

        // Nobody reaches further than the best did once the events of the step after it are used up, or there is no such step.
        return Reached < stepCount && _next.Start[Reached] != _ends.Start[Reached];
    }
}
