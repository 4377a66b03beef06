namespace Rondo.HttpApi;

/// <summary>What the HTTP interfaces are told at start.</summary>
public sealed record HttpApiOptions
{
    /// <summary>Opens every project for the operator of this data folder; null when nobody may.</summary>
    public string? AdminToken { get; init; }

    /// <summary>Largest decoded body of an ingestion request. Default 10 MiB. What is sent may be twice as long, for its encoding.</summary>
    public int MaximumBodyBytes { get; init; } = 10 << 20;

    /// <summary>Most records of one ingestion request. Default 2000.</summary>
    public int MaximumRecords { get; init; } = 2000;

    /// <summary>Most events that a project may import in a minute; more are answered with 429. Default null: no bound.</summary>
    public int? MaximumImportedEventsPerMinute { get; init; }

    /// <summary>What clients are told to wait when the store cannot write. Default 10 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most people in one page of a list. Default 1000.</summary>
    public int MaximumPage { get; init; } = 1000;

    internal void Check()
    {
        if (AdminToken is { Length: < 16 })
        {
            throw new InvalidOperationException($"{nameof(AdminToken)} must have at least 16 characters.");
        }

        if (MaximumBodyBytes < 1 || MaximumRecords < 1 || MaximumPage < 1 || MaximumImportedEventsPerMinute < 1 || RetryAfter < TimeSpan.FromSeconds(1))
        {
            throw new InvalidOperationException("The limits of the HTTP interfaces must be positive.");
        }
    }
}
