namespace Rondo.Soaking;

/// <summary>What was measured while events came in. Rates are a second's, sizes megabytes of 1,000,000 bytes.</summary>
public sealed record ImportSoakResult
{
    /// <summary>The binary that ran.</summary>
    public required string Server { get; init; }

    /// <summary>Processors of the machine; the sender has its share of them.</summary>
    public required int Processors { get; init; }

    public required long Events { get; init; }

    public required double Seconds { get; init; }

    public required long EventsPerSecond { get; init; }

    /// <summary>From before a batch of 2,000 is sent until it is acknowledged, on disk.</summary>
    public required Delays Acknowledged { get; init; }

    /// <summary>From before a single event is sent, beside the batches, until a report counts it.</summary>
    public required Delays CountedSinceSent { get; init; }

    /// <summary>The same, from when it was acknowledged.</summary>
    public required Delays CountedSinceAcknowledged { get; init; }

    /// <summary>Each report that was asked meanwhile, from before the request until the answer was read.</summary>
    public required IReadOnlyDictionary<string, Delays> Reports { get; init; }

    /// <summary>The server's memory at most, pages of mapped files included.</summary>
    public required double PeakResidentMegabytes { get; init; }

    /// <summary>At most without them, of looks every 50 ms.</summary>
    public required double PeakOwnMegabytes { get; init; }

    /// <summary>The run in four parts of the same length.</summary>
    public required IReadOnlyList<ImportQuarter> Quarters { get; init; }

    /// <summary>Bytes of the whole folder for each event, as the server left it: with its log of 48 hours.</summary>
    public required double BytesPerEventWithLog { get; init; }

    /// <summary>The same once everything is sealed and joined and the log is not kept.</summary>
    public required double BytesPerEventSettled { get; init; }

    /// <summary>Acknowledged events that the server does not count at the end, or, below zero, counts in excess.</summary>
    public required long Missing { get; init; }
}

/// <summary>A quarter of the run: rate, acknowledgements, and what the server held at most.</summary>
public sealed record ImportQuarter(long EventsPerSecond, Delays Acknowledged, double PeakOwnMegabytes, double PeakResidentMegabytes);
