using NodaTime;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Contracts;

/// <summary>A message as the sandbox delivered it to a simulated device or inbox.</summary>
/// <param name="Project">Whose message.</param>
/// <param name="DistinctId">To whom: the canonical id.</param>
/// <param name="Channel">How.</param>
/// <param name="Address">Registration token or e-mail address.</param>
/// <param name="Title">Headline of a push, subject of an e-mail.</param>
/// <param name="Body">Text of a push, markup of an e-mail.</param>
/// <param name="Link">What a tap or the first link of an e-mail opens; empty when there is none.</param>
/// <param name="Data">
/// What an app reports back: campaign_id, campaign_name, message_variation_id, message_variation_name, send_id, dispatch_id
/// and link. A push that is tapped is tracked as "Push Notification Open" with these as properties.
/// </param>
/// <param name="At">When it was delivered.</param>
public sealed record SandboxMessage(
    ProjectId Project,
    string DistinctId,
    Channel Channel,
    string Address,
    string Title,
    string Body,
    string Link,
    IReadOnlyDictionary<string, string> Data,
    Instant At);

/// <summary>
/// The provider that stands in for the others: it accepts, delays, remembers and bounces, and shows what it delivered.
/// Addresses that start with <c>bounce-</c> are dead; those that start with <c>busy-</c> are refused for now, once.
/// </summary>
public interface ISandbox
{
    /// <summary>Messages as they are delivered, from the call on; ends only by cancellation. Each reader has its own queue.</summary>
    IAsyncEnumerable<SandboxMessage> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The latest delivered messages of a project, newest first, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<SandboxMessage>> LatestAsync(ProjectId project, int limit, CancellationToken cancellationToken);

    /// <summary>How many messages of a project were delivered.</summary>
    Task<int> CountAsync(ProjectId project, CancellationToken cancellationToken);
}
