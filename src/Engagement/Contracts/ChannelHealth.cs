using NodaTime;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Contracts;

/// <summary>A channel whose provider does not accept us: its keys, rights or settings must be mended.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Message">The provider's word for it, without secrets.</param>
/// <param name="At">When it last said so.</param>
public sealed record ChannelAlert(Channel Channel, string Message, Instant At);

/// <summary>What is wrong with a project's channels.</summary>
public interface IChannelHealth
{
    /// <summary>Alerts that stand; one is lifted when the settings change or the provider accepts a message.</summary>
    Task<IReadOnlyList<ChannelAlert>> AlertsAsync(ProjectId project, CancellationToken cancellationToken);
}
