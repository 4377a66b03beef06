namespace Rondo.Analytics.AudienceSync;

/// <summary>Bounds and intervals of what is sent to other companies' products.</summary>
public sealed record IntegrationOptions
{
    /// <summary>Whether connections may lead to this machine and to private networks. Default false.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Whether syncs and streams are taken up by themselves. Default true; false for a server that lives for one command only.</summary>
    public bool RunsSyncs { get; init; } = true;

    /// <summary>How long one call may take. Default 30 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often syncs are looked at: the least lag of a live one. Default 1 s.</summary>
    public TimeSpan ClockInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the identifiers of members who stay are compared with what was sent. Default 15 min.</summary>
    public TimeSpan CompareInterval { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Wait after the first attempt that failed; it doubles with each further one. Default 2 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait between two attempts, unless the other side asks for more. Default 10 min.</summary>
    public TimeSpan MaximumRetryDelay { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the record of who was sent is kept. Default 90 days.</summary>
    public TimeSpan AuditRetention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>After so many members or events are refused one by one with none accepted between them, the sync is paused or the stream halted. Default 20.</summary>
    public int RefusalsBeforePause { get; init; } = 20;

    /// <summary>After so long without anything taken a stream is shown as halted. Default 24 h.</summary>
    public TimeSpan StreamPatience { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How often a halted stream is tried all the same. Default 5 min.</summary>
    public TimeSpan HaltedInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Most events of one file of a stream, unless one batch alone has more. Default 15,000.</summary>
    public int EventsPerFile { get; init; } = 15_000;

    /// <summary>The wait after so many failures: it doubles with each; each of many a little apart from the others, so that they do not come back all at once.</summary>
    internal TimeSpan DelayAfter(int number, int failures)
    {
        var doubled = RetryDelay * Math.Pow(2, Math.Min(failures - 1, 20));
        var longest = doubled < MaximumRetryDelay ? doubled : MaximumRetryDelay;
        return longest * (0.8 + (0.2 * ((unchecked((uint)((number * 2_654_435_761L) + failures)) % 1000) / 1000.0)));
    }

    internal void Check()
    {
        if (CallTimeout <= TimeSpan.Zero || ClockInterval <= TimeSpan.Zero || CompareInterval <= TimeSpan.Zero || AuditRetention <= TimeSpan.Zero
            || StreamPatience <= TimeSpan.Zero || HaltedInterval <= TimeSpan.Zero)
        {
            throw new InvalidOperationException("The time-outs and intervals of integrations must be above 0.");
        }

        if (RetryDelay <= TimeSpan.Zero || MaximumRetryDelay < RetryDelay)
        {
            throw new InvalidOperationException($"{nameof(RetryDelay)} must be above 0 and at most {nameof(MaximumRetryDelay)}.");
        }

        if (EventsPerFile < 1)
        {
            throw new InvalidOperationException($"{nameof(EventsPerFile)} must be at least 1.");
        }

        if (RefusalsBeforePause < 1)
        {
            throw new InvalidOperationException($"{nameof(RefusalsBeforePause)} must be at least 1.");
        }
    }
}
