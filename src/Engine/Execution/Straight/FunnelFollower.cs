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
/// <param name="grace">Milliseconds that a step may come before the previous one.</param>
/// <param name="window">Milliseconds from the entry, its end included.</param>
/// <param name="isOptimized">Whether every entry is tried.</param>
internal sealed unsafe class FunnelFollower(int stepCount, long grace, long window, bool isOptimized)
{
    private readonly nint[] _next = new nint[stepCount];
    private readonly nint[] _ends = new nint[stepCount];
    private readonly long[] _times = new long[stepCount];
    private readonly long[] _best = new long[stepCount];

    /// <summary>When the steps of the attempt that counts were reached; as many as were.</summary>
    public ReadOnlySpan<long> Times => _best.AsSpan(0, Reached);

    /// <summary>How many steps the attempt that counts reached.</summary>
    public int Reached { get; private set; }

    /// <summary>The entry of the attempt that counts, among those given.</summary>
    public int Entry { get; private set; }

    /// <summary>Names a later step's events of the person.</summary>
    public void Set(int step, long* start, long* end) => (_next[step], _ends[step]) = ((nint)start, (nint)end);

    /// <summary>Follows attempts from a person's entries, one or more, in order.</summary>
    public void Follow(long* entries, int entryCount)
    {
        Reached = 0;
        for (var entry = 0; entry < (isOptimized ? entryCount : 1); entry++)
        {
            var reached = Attempt(entries[entry], long.MinValue, entries[entry] + window);
            if (!Prefer(entry, reached))
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
    public void Follow(long* entries, int entryCount, long[] sessionStarts, long[] sessionEnds, int sessionCount, int sessionsOfWindow)
    {
        Reached = 0;
        var session = 0;
        for (var entry = 0; entry < (isOptimized ? entryCount : 1); entry++)
        {
            while (session + 1 < sessionCount && sessionStarts[session + 1] <= entries[entry])
            {
                session++;
            }

            var reached = Attempt(entries[entry], sessionStarts[session], sessionEnds[Math.Min(session + sessionsOfWindow, sessionCount) - 1]);
            if (!Prefer(entry, reached))
            {
                return;
            }
        }
    }

    private int Attempt(long entry, long earliest, long deadline)
    {
        _times[0] = entry;
        var previous = entry;
        for (var step = 1; step < stepCount; step++)
        {
            var next = (long*)_next[step];
            var end = (long*)_ends[step];
            var bound = Math.Max(earliest, previous - grace);
            while (next < end && *next < bound)
            {
                next++;
            }

            _next[step] = (nint)next;
            if (next == end || *next > deadline)
            {
                return step;
            }

            previous = *next;
            _times[step] = previous;
        }

        return stepCount;
    }

    /// <summary>Keeps the better of two attempts: more steps, then the earlier last step, then the later entry. False when no later entry can win.</summary>
    private bool Prefer(int entry, int reached)
    {
        if (reached > Reached || (reached == Reached && _times[reached - 1] <= _best[reached - 1]))
        {
            (Reached, Entry) = (reached, entry);
            for (var step = 0; step < reached; step++)
            {
                _best[step] = _times[step];
            }

            return true;
        }

        return Reached < stepCount || reached < stepCount;
    }
}
