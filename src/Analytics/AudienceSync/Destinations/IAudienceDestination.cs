using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync.Destinations;

/// <summary>
/// A place that holds audiences. Every implementation passes the same conformance suite: taking a page again changes nothing,
/// so a page whose answer was lost is sent again. Thread-safe; one cohort's pages come one after the other.
/// </summary>
internal interface IAudienceDestination : IAsyncDisposable
{
    /// <summary>Most members of one page.</summary>
    int MaximumPage { get; }

    /// <summary>Whether pages carry profiles.</summary>
    bool WantsProfiles { get; }

    /// <summary>Whether a run without additions or removals sends an empty page of each all the same.</summary>
    bool WantsEmptyPages { get; }

    /// <summary>After so long without a comparison everyone is sent anew rather than the differences; null for never.</summary>
    Duration? FullAfter { get; }

    /// <summary>Asks whether it would take an audience; changes nothing that anybody uses.</summary>
    Task<DestinationAnswer> TestAsync(CancellationToken cancellationToken);

    /// <summary>Tells the cohort's name: before its first page and after every change of it.</summary>
    Task<DestinationAnswer> DeclareAsync(SentCohort cohort, CancellationToken cancellationToken);

    /// <summary>Hands one page over and says what became of it. Never throws for what a network or the other side does.</summary>
    Task<DestinationAnswer> SendAsync(SentCohort cohort, MemberPage page, CancellationToken cancellationToken);
}

/// <summary>The cohort as the other side knows it.</summary>
/// <param name="RemoteId">Its id there.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">Free text; may be empty.</param>
/// <param name="Project">Whose it is.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record SentCohort(string RemoteId, string Name, string Description, ProjectId Project, Instant CreatedAt);

/// <summary>What a page asks for.</summary>
internal enum PageAction
{
    /// <summary>These belong to the cohort from now on.</summary>
    Add,

    /// <summary>These do not belong to it any more.</summary>
    Remove,

    /// <summary>These belong to it, and when the run's last page has come, nobody else does, where the other side can tell.</summary>
    Replace,
}

/// <summary>One page of a run.</summary>
/// <param name="Run">The run's number; grows.</param>
/// <param name="Action">What it asks for.</param>
/// <param name="Number">Which page of this action, from 1.</param>
/// <param name="Count">How many pages of this action there are, as far as is known.</param>
/// <param name="Members">Who; at most the destination's largest page.</param>
internal sealed record MemberPage(int Run, PageAction Action, int Number, int Count, IReadOnlyList<SentMember> Members);

/// <summary>A member as the other side knows it.</summary>
/// <param name="Kind">What kind of identifier it is.</param>
/// <param name="Identifier">The identifier.</param>
/// <param name="AliasLabel">The label of an alias.</param>
/// <param name="Profile">The profile where pages carry it; null otherwise, and when there is none any more.</param>
internal sealed record SentMember(IdentifierKind Kind, string Identifier, string? AliasLabel, IReadOnlyDictionary<string, PropertyValue>? Profile);
