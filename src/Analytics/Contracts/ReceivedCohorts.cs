using NodaTime;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>A key with which another product pushes cohorts into a project.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Project">Whose cohorts it may change.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Partner">Who pushes: the name in the path, such as <c>mixpanel</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was last accepted; null when never.</param>
public sealed record ReceivingKey(int Id, ProjectId Project, string Name, string Partner, Instant CreatedAt, Instant? LastUsedAt);

/// <summary>A key in clear: shown once, when it is made. Only its hash is kept.</summary>
/// <param name="Key">What is known of it.</param>
/// <param name="Secret">What the other product is given: Braze's data import key, or the password of Mixpanel's webhook.</param>
public sealed record ReceivingKeyWithSecret(ReceivingKey Key, string Secret);

/// <summary>A cohort that another product pushes in.</summary>
/// <param name="Partner">Who pushes it.</param>
/// <param name="RemoteId">Its id there.</param>
/// <param name="Cohort">The list it is here: to be used in reports, segments and syncs as any other.</param>
/// <param name="ChangedAt">When something last came.</param>
/// <param name="UnknownCount">Ids that came and belong to nobody here; they were passed over.</param>
public sealed record ReceivedCohort(string Partner, string RemoteId, CohortId Cohort, Instant ChangedAt, long UnknownCount);

/// <summary>Some people who enter or leave, by what the other product knows them by.</summary>
/// <param name="UserIds">External ids: distinct ids of users.</param>
/// <param name="DeviceIds">Devices; those of people who have signed in are passed over.</param>
/// <param name="Aliases">A profile property of the label's name with the alias as its value.</param>
/// <param name="IsRemoval">Whether they leave.</param>
public sealed record ReceivedMembers(IReadOnlyList<string> UserIds, IReadOnlyList<string> DeviceIds, IReadOnlyList<(string Label, string Name)> Aliases, bool IsRemoval);

/// <summary>One page of a run that takes the members' place as a whole.</summary>
/// <param name="Session">The run.</param>
/// <param name="Number">Which page, from 1.</param>
/// <param name="Count">How many pages there are.</param>
public sealed record ReceivedPage(string Session, int Number, int Count);

/// <summary>Why something that was pushed was not taken. A closed set.</summary>
public enum ReceivingFault
{
    /// <summary>It was taken.</summary>
    None,

    /// <summary>The same cohort is being changed by another request: the same one may be made again.</summary>
    Busy,

    /// <summary>The page before this one has not come.</summary>
    PageMissing,
}

/// <summary>Takes in the cohorts that other products push. People whom this project does not know are passed over, as Braze does.</summary>
public interface IReceivedCohorts
{
    /// <summary>The keys of a project, newest first.</summary>
    Task<IReadOnlyList<ReceivingKey>> KeysAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>Makes a key; <paramref name="partnerKey"/> (null: any) is what the partner must send as its own key.</summary>
    Task<Outcome<ReceivingKeyWithSecret>> CreateKeyAsync(ProjectId project, string name, string partner, string? partnerKey, CancellationToken cancellationToken);

    /// <summary>Takes a key away; it stops working at once. False when there is none.</summary>
    Task<bool> RemoveKeyAsync(ProjectId project, int key, CancellationToken cancellationToken);

    /// <summary>The key that a secret is; null when none.</summary>
    Task<ReceivingKey?> FindKeyAsync(string secret, CancellationToken cancellationToken);

    /// <summary>Notes that a key was accepted, for what no cohort was changed by; at most once a minute.</summary>
    Task NoteUseAsync(ReceivingKey key, CancellationToken cancellationToken);

    /// <summary>Whether the partner may use this key with what it sends as its own.</summary>
    Task<bool> AcceptsPartnerAsync(ReceivingKey key, string partnerKey, CancellationToken cancellationToken);

    /// <summary>The cohorts that came, by change, newest first.</summary>
    Task<IReadOnlyList<ReceivedCohort>> ListAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>Makes or renames a cohort.</summary>
    Task<ReceivingFault> DeclareAsync(ReceivingKey key, string remoteId, string name, CancellationToken cancellationToken);

    /// <summary>Changes members in the order given. A cohort that was never declared is made, named by its id.</summary>
    Task<ReceivingFault> ChangeAsync(ReceivingKey key, string remoteId, IReadOnlyList<ReceivedMembers> changes, CancellationToken cancellationToken);

    /// <summary>Takes one page of a run that takes the members' place when its last page has come.</summary>
    Task<ReceivingFault> ReplaceAsync(ReceivingKey key, string remoteId, ReceivedPage page, ReceivedMembers members, CancellationToken cancellationToken);
}
