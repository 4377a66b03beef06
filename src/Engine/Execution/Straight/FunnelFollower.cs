using System.Numerics;
using System.Runtime.CompilerServices;
using Rondo.Engine.Parts;

namespace Rondo.Engine.Execution.Straight;

/// <summary>
/// Follows one person through the steps of a plain funnel: steps of different single events in order, counted once a person.
/// Belongs to one thread; allocates nothing per person.
/// </summary>
/// <remarks>
/// Entries come in order, and a later entry never reaches a step earlier than an earlier entry does, so every step's place
/// only moves forward: O(events of the steps) per person, with every entry tried. An entry whose window ends before the next step
/// takes all entries with it that are too early for that event as well.
/// </remarks>
/// <param name="stepCount">2 or more.</param>
/// <param name="grace">How long a step may come before the previous one.</param>
/// <param name="window">How long from the entry, its end included.</param>
/// <param name="isOptimized">Whether every entry is tried.</param>
/// <typeparam name="T">See <see cref="Planning.TrackBlock{T}"/>.</typeparam>
internal sealed unsafe class FunnelFollower<T>(int stepCount, T grace, T window, bool isOptimized)
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly NativeColumn<nint> _next = new(stepCount);
    private readonly NativeColumn<nint> _ends = new(stepCount);
    private readonly NativeColumn<nint> _readable = new(stepCount);
    private readonly NativeColumn<nint> _nextOfBest = new(stepCount);
    private readonly NativeColumn<T> _times = new(stepCount);
    private readonly NativeColumn<T> _best = new(stepCount);

    /// <summary>When the steps of the attempt that counts were reached; beyond those that were, nothing is meant.</summary>
    public ReadOnlySpan<T> Times => new(_best.Start, stepCount);

    /// <summary>How many steps the attempt that counts reached.</summary>
    public int Reached { get; private set; }

    /// <summary>Per step, where the person's events begin; to be filled before each person, and moved on while following.</summary>
    public nint* Next => _next.Start;

    /// <summary>Per step, where they end.</summary>
    public nint* Ends => _ends.Start;

    /// <summary>Per step, how far memory may be read.</summary>
    public nint* Readable => _readable.Start;

    /// <summary>Follows attempts from a person's entries, one or more, in order.</summary>
    public void Follow(T* entries, int entryCount)
    {
        var next = (T**)_next.Start;
        var ends = (T**)_ends.Start;
        var times = _times.Start;
        var end = entries + entryCount;
        var bestReached = 0;
        var bestEntry = entries;
        for (var entry = entries; entry < end;)
        {
            var reached = Attempt(next, ends, times, *entry, T.MinValue, DeadlineOf(*entry));
            if (reached > bestReached)
            {
                bestReached = reached;
                bestEntry = entry;
                Keep(next, times, reached);
            }

            // Whoever cannot come further than the best: nobody can once the events of a step are used up.
            if (reached == stepCount || !isOptimized || next[reached] == ends[reached])
            {
                break;
            }

            entry = AscendingTimes.FirstNotBefore(entry + 1, end, *next[reached] - window, (T*)_readable.Start[0]);
        }

        Reached = bestReached;
        if (isOptimized && bestReached > 1)
        {
            TakeLatestEntry(bestEntry + 1, end);
        }
    }

    /// <summary>Of the entries that reach the last step of the best attempt at the same time, the latest counts.</summary>
    private void TakeLatestEntry(T* entry, T* end)
    {
        var times = _times.Start;
        var best = _best.Start;
        var next = (T**)_nextOfBest.Start;
        var latest = best[Reached - 1] + (grace * T.CreateTruncating(Reached - 1));
        for (; entry < end && *entry <= latest; entry++)
        {
            if (Attempt(next, (T**)_ends.Start, times, *entry, T.MinValue, DeadlineOf(*entry), Reached) < Reached || times[Reached - 1] != best[Reached - 1])
            {
                return;
            }

            Keep(next, times, Reached);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T DeadlineOf(T entry) => window > T.MaxValue - entry ? T.MaxValue : entry + window;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Keep(T** next, T* times, int reached)
    {
        for (var step = 0; step < reached; step++)
        {
            _best.Start[step] = times[step];
            _nextOfBest.Start[step] = (nint)next[step];
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
        var next = (T**)_next.Start;
        var ends = (T**)_ends.Start;
        var times = _times.Start;
        var best = _best.Start;
        var bestReached = 0;
        var session = 0;
        var last = isOptimized ? entryCount : 1;
        for (var entry = 0; entry < last; entry++)
        {
            while (session + 1 < sessionCount && sessionStarts[session + 1] <= entries[entry])
            {
                session++;
            }

            var reached = Attempt(next, ends, times, entries[entry], sessionStarts[session], sessionEnds[Math.Min(session + sessionsOfWindow, sessionCount) - 1]);
            if (!Prefer(next, ends, times, best, reached, ref bestReached))
            {
                break;
            }
        }

        Reached = bestReached;
    }

    /// <summary>Follows one attempt of several that come one after another; the events that serve it serve no later one.</summary>
    /// <returns>From when on the next may begin.</returns>
    public T FollowOnce(T entry) => FollowOnce(entry, T.MinValue, DeadlineOf(entry));

    /// <summary>The same where all steps must lie within sessions.</summary>
    /// <param name="entry">When the attempt begins.</param>
    /// <param name="earliest">Start of the entry's session.</param>
    /// <param name="deadline">The last event that may serve.</param>
    public T FollowOnce(T entry, T earliest, T deadline)
    {
        var next = (T**)_next.Start;
        Reached = Attempt(next, (T**)_ends.Start, _best.Start, entry, earliest, deadline);
        var end = entry;
        for (var step = 1; step < Reached; step++)
        {
            next[step]++;
            end = T.Max(end, _best.Start[step]);
        }

        return Reached == stepCount ? end : deadline == T.MaxValue ? T.MaxValue : deadline + T.One;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Attempt(T** next, T** ends, T* times, T entry, T earliest, T deadline) => Attempt(next, ends, times, entry, earliest, deadline, stepCount);

    /// <summary>Follows an attempt up to so many steps, 2 or more; gives how many were reached.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Attempt(T** next, T** ends, T* times, T entry, T earliest, T deadline, int steps)
    {
        times[0] = entry;
        var previous = entry;
        var step = 1;
        do
        {
            var end = ends[step];
            var at = AscendingTimes.FirstNotBefore(next[step], end, T.Max(earliest, previous - grace), (T*)_readable.Start[step]);
            next[step] = at;
            if (at == end || *at > deadline)
            {
                return step;
            }

            previous = *at;
            times[step] = previous;
        }
        while (++step < steps);

        return step;
    }

    /// <summary>Keeps the better of two attempts: more steps, then the earlier last step, then the later entry. False when no later entry can win.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Prefer(T** next, T** ends, T* times, T* best, int reached, ref int bestReached)
    {
        if (reached > bestReached || (reached == bestReached && times[reached - 1] <= best[reached - 1]))
        {
            bestReached = reached;
            for (var step = 0; step < reached; step++)
            {
                best[step] = times[step];
            }

            return true;
        }

        // Nobody reaches further than the best did once the events of the step after it are used up, or there is no such step.
        return bestReached < stepCount && next[bestReached] != ends[bestReached];
    }
}
