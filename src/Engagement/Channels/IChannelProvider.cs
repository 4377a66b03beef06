namespace Rondo.Engagement.Channels;

/// <summary>Carries messages of one project and channel. Every implementation passes the same conformance suite. Thread-safe.</summary>
internal interface IChannelProvider : IAsyncDisposable
{
    /// <summary>
    /// Hands one message over and says what became of it. Never throws for what a provider or a network does; only
    /// cancellation ends it early, and then nobody knows.
    /// </summary>
    Task<ProviderAnswer> SendAsync(OutgoingMessage message, CancellationToken cancellationToken);
}

/// <summary>A provider that can be asked what became of messages, by the keys they were sent with.</summary>
internal interface IRemembersMessages
{
    /// <summary>The answers to those it has; a key that is missing was never accepted, and sending it again is safe.</summary>
    Task<IReadOnlyDictionary<string, ProviderAnswer>> RecallAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);
}
