using NodaTime;

namespace Rondo.Engagement.Channels;

/// <summary>What became of a message handed to a provider. A closed set; <see cref="Detail"/> carries no personal data.</summary>
internal abstract record ProviderAnswer(string? Detail);

/// <summary>The provider took it.</summary>
/// <param name="ProviderId">The provider's name for it; null when it gives none.</param>
/// <param name="DeliveredAt">When it reached the person, where the provider says so at once.</param>
internal sealed record Accepted(string? ProviderId, Instant? DeliveredAt = null) : ProviderAnswer((string?)null);

/// <summary>The address is dead: it is taken off the profile and never tried again.</summary>
/// <param name="Detail">The provider's word for it.</param>
/// <param name="At">When the provider said so, where it is remembered.</param>
internal sealed record Bounced(string Detail, Instant? At = null) : ProviderAnswer(Detail);

/// <summary>The provider did not take it now; the same message may be sent again.</summary>
/// <param name="Detail">The provider's word for it.</param>
/// <param name="After">How long the provider asks to wait; null leaves it to us.</param>
internal sealed record TryLater(string Detail, Duration? After = null) : ProviderAnswer(Detail);

/// <summary>The provider will never take this message; the address may be good.</summary>
internal sealed record Refused(string Detail) : ProviderAnswer(Detail);

/// <summary>The provider does not accept us: keys, rights or settings must be mended first. The message may be sent again then.</summary>
internal sealed record NotReady(string Detail) : ProviderAnswer(Detail);

/// <summary>The connection broke after the message was handed over and before the answer: it may have been taken, so it is not repeated.</summary>
internal sealed record Lost(string Detail) : ProviderAnswer(Detail);
