namespace Rondo.Soaking;

/// <summary>What was measured. Times in milliseconds, sizes in megabytes of 1,000,000 bytes.</summary>
public sealed record ServerStartsResult
{
    /// <summary>The binary that was started.</summary>
    public required string Server { get; init; }

    public required int Processors { get; init; }

    public required long Events { get; init; }

    /// <summary>People with a profile of two properties.</summary>
    public required int People { get; init; }

    /// <summary>From the start of the process until <c>/readyz</c> answers that it is ready.</summary>
    public required Delays Ready { get; init; }

    /// <summary>From the start of the process until a funnel over all events is answered.</summary>
    public required Delays FirstAnswer { get; init; }

    /// <summary>As <see cref="Ready"/>, once, after a kill at the end of the load; null where the folder was filled by an earlier run.</summary>
    public required double? ReadyAfterKillMs { get; init; }

    /// <summary>The opening of the store alone, in this process.</summary>
    public required Delays StoreOpens { get; init; }

    /// <summary>What the server holds once nothing has been asked of it for a while, pages of mapped files included.</summary>
    public required double IdleResidentMegabytes { get; init; }

    /// <summary>The same without them.</summary>
    public required double IdleOwnMegabytes { get; init; }

    /// <summary>What the managed heap holds of the system, as of the last collection; null when there was none.</summary>
    public required double? IdleManagedMegabytes { get; init; }

    public required double DiskMegabytes { get; init; }
}
