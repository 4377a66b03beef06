using NodaTime;
using Rondo.Model;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Contracts;

/// <summary>A way a message reaches a person. Which provider carries it is a setting of the project.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
public enum Channel
{
    /// <summary>Push notification to every registered device of the person.</summary>
    Push = 1,

    /// <summary>E-mail to the person's address.</summary>
    Email = 2,
}

/// <summary>An audience filter: cohorts, profile and behaviour.</summary>
public sealed record AudienceSegment(int Id, string Name, string Description, Predicate Where, string Words, Instant CreatedAt, Instant ChangedAt, bool IsArchived);

/// <summary>How many people of an audience a channel can reach. Every one who is not reached is in one of <paramref name="Unreachable"/>.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Reachable">People it would be sent to.</param>
/// <param name="Unreachable">Why the others are not, with their number.</param>
public sealed record ChannelReach(Channel Channel, int Reachable, IReadOnlyDictionary<UnreachableReason, int> Unreachable);

/// <summary>Why a person of the audience cannot be reached on a channel.</summary>
public enum UnreachableReason
{
    /// <summary>No address: no e-mail, or no registered device.</summary>
    NoAddress = 1,

    /// <summary>Unsubscribed from the channel.</summary>
    Unsubscribed = 2,

    /// <summary>The address bounced for good.</summary>
    Bounced = 3,
}

/// <summary>The size of an audience, in all and per channel.</summary>
public sealed record Reach(int People, IReadOnlyList<ChannelReach> Channels, Instant ComputedAt);

/// <summary>Saved audience filters. Membership is exact and computed when asked.</summary>
public interface ISegments
{
    /// <summary>All segments, newest first.</summary>
    Task<IReadOnlyList<AudienceSegment>> ListAsync(ProjectId project, bool includeArchived, CancellationToken cancellationToken);

    /// <summary>One segment; null when there is none.</summary>
    Task<AudienceSegment?> FindAsync(ProjectId project, int segment, CancellationToken cancellationToken);

    /// <summary>Makes a segment.</summary>
    Task<Outcome<AudienceSegment>> CreateAsync(ProjectId project, string name, string description, Predicate where, CancellationToken cancellationToken);

    /// <summary>Changes a segment.</summary>
    Task<Outcome<AudienceSegment>> ChangeAsync(ProjectId project, int segment, string name, string description, Predicate where, CancellationToken cancellationToken);

    /// <summary>Archives or restores a segment.</summary>
    Task<Outcome<AudienceSegment>> ArchiveAsync(ProjectId project, int segment, bool isArchived, CancellationToken cancellationToken);

    /// <summary>How many people a filter gives, and how many each channel reaches.</summary>
    Task<Outcome<Reach>> ReachAsync(ProjectId project, Predicate where, CancellationToken cancellationToken);
}
