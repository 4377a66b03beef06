using Rondo.Analytics.AudienceSync;

namespace Rondo.Analytics;

/// <summary>What the analytics half is told at start.</summary>
public sealed record AnalyticsOptions
{
    /// <summary>The data folder; <c>analytics.db</c>, <c>integrations.db</c> and the keys are kept in it. Created when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Shortest time from one look at what happened to cohorts to the next: what comes in between is looked at together. Default
    /// 200 ms; at most 1 s, 0 for none.
    /// </summary>
    public TimeSpan CohortInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often every dynamic cohort is computed in full and compared with its live members. Default 1 hour; at least 1 minute.</summary>
    public TimeSpan CohortComparisonInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the changes of memberships can be read again. Default 7 days; at least 1 hour.</summary>
    public TimeSpan MembershipChangeRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How many changes of memberships are kept at most, whatever their age; a quarter more before any are forgotten. One is
    /// whoever entered and left one cohort in one turn. Default 1,000,000; at least 100.
    /// </summary>
    public int MembershipChangesKept { get; init; } = 1_000_000;

    /// <summary>How often the ingestion counters are written down. Default 2 s; a kill loses at most this much of the counting.</summary>
    public TimeSpan CounterWriteInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What an event may hold and how old it may be. Default as Mixpanel.</summary>
    public IngestionLimits Limits { get; init; } = new();

    /// <summary>Bounds and intervals of what is sent to other companies' products.</summary>
    public IntegrationOptions Integrations { get; init; } = new();

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Directory);
        Integrations.Check();
        if (CohortInterval < TimeSpan.Zero || CohortInterval > TimeSpan.FromSeconds(1))
        {
            throw new InvalidOperationException($"{nameof(CohortInterval)} must be 0 to 1 second.");
        }

        if (CohortComparisonInterval < TimeSpan.FromMinutes(1))
        {
            throw new InvalidOperationException($"{nameof(CohortComparisonInterval)} must be at least 1 minute.");
        }

        if (MembershipChangeRetention < TimeSpan.FromHours(1))
        {
            throw new InvalidOperationException($"{nameof(MembershipChangeRetention)} must be at least 1 hour.");
        }

        if (MembershipChangesKept < 100)
        {
            throw new InvalidOperationException($"{nameof(MembershipChangesKept)} must be at least 100.");
        }

        if (CounterWriteInterval <= TimeSpan.Zero)
        {
            throw new InvalidOperationException($"{nameof(CounterWriteInterval)} must be above 0.");
        }
    }
}

/// <summary>Bounds of what is taken in (Mixpanel reference, 1.3, 1.4 and 1.8).</summary>
public sealed record IngestionLimits
{
    /// <summary>How old an event sent by a client SDK may be. Default 5 days.</summary>
    public TimeSpan MaximumTrackAge { get; init; } = TimeSpan.FromDays(5);

    /// <summary>How far ahead of our clock an imported event may be; nearer ones are taken as now. Default 1 hour.</summary>
    public TimeSpan MaximumAhead { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Most properties of one event. Default 254 ("fewer than 255").</summary>
    public int MaximumProperties { get; init; } = 254;

    /// <summary>Most items of a list and keys of an object. Default 254.</summary>
    public int MaximumItems { get; init; } = 254;

    /// <summary>How deep objects may nest. Default 3.</summary>
    public int MaximumDepth { get; init; } = 3;

    /// <summary>Longest text of an event, in UTF-16 units; longer is cut. Default 255.</summary>
    public int MaximumTextLength { get; init; } = 255;

    /// <summary>Largest record, as JSON. Default 1 MiB, itself excluded.</summary>
    public int MaximumRecordBytes { get; init; } = 1 << 20;

    /// <summary>Most properties of one profile update. Default 2000.</summary>
    public int MaximumProfileProperties { get; init; } = 2000;
}
