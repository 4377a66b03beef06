namespace Rondo.Engagement.Contracts;

/// <summary>What an unsubscribe page shows.</summary>
/// <param name="Address">The address, partly hidden.</param>
/// <param name="IsUnsubscribed">Whether the person is unsubscribed already.</param>
public sealed record UnsubscribePage(string Address, bool IsUnsubscribed);

/// <summary>What comes back from a message: its pixel, its links, its unsubscribe page. Tokens are those that the message carried.</summary>
public interface IMessageLinks
{
    /// <summary>The pixel of a mail was loaded. False when the token is none of ours.</summary>
    Task<bool> OpenedAsync(string token, string? userAgent, CancellationToken cancellationToken);

    /// <summary>A link of a mail was followed: where it leads. Null when the token is none of ours.</summary>
    Task<Uri?> ClickedAsync(string token, string? userAgent, CancellationToken cancellationToken);

    /// <summary>What the unsubscribe page shows; null when the token is none of ours. Changes nothing: mail scanners follow links too.</summary>
    Task<UnsubscribePage?> FindAsync(string token, CancellationToken cancellationToken);

    /// <summary>Unsubscribes the person from e-mail, or subscribes again. False when the token is none of ours.</summary>
    Task<bool> SubscribeAsync(string token, bool isSubscribed, CancellationToken cancellationToken);
}
