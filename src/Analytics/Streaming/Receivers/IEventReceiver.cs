using NodaTime;
using Rondo.Analytics.AudienceSync.Destinations;

namespace Rondo.Analytics.Streaming.Receivers;

/// <summary>
/// A place that takes events. Taking one again must be harmless: an answer that was lost leads to the same events under the same
/// ids. Thread-safe; one stream's requests come one after the other.
/// </summary>
internal interface IEventReceiver : IAsyncDisposable
{
    /// <summary>What it needs to know of an event.</summary>
    ReceiverNeeds Needs { get; }

    /// <summary>Most events of one request or file.</summary>
    int MaximumEvents { get; }

    /// <summary>The longest that an event waits for others to go with; zero for not at all.</summary>
    Duration Patience { get; }

    /// <summary>Whether what is sent carries a number, each used once.</summary>
    bool IsNumbered { get; }

    /// <summary>Asks whether it would take events; changes nothing that anybody uses.</summary>
    Task<DestinationAnswer> TestAsync(CancellationToken cancellationToken);

    /// <summary>Hands events over, one at least, and says what became of them. Never throws for what a network or the other side does.</summary>
    Task<DestinationAnswer> SendAsync(IReadOnlyList<StreamedEvent> events, long number, CancellationToken cancellationToken);
}

/// <summary>All were taken but some, which were refused for good.</summary>
/// <param name="Refused">Their places in the request and why.</param>
internal sealed record TakenInPart(IReadOnlyList<(int Index, string Reason)> Refused) : DestinationAnswer("accepted in part");

/// <summary>More than it takes at once.</summary>
internal sealed record TooLarge(string Detail) : DestinationAnswer(Detail);
