using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Analytics.Projects;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync;

/// <summary>Keys for receiving, and the cohorts that came: each is a list here, changed by what is pushed.</summary>
internal sealed partial class ReceivedCohortDirectory(IntegrationsDatabase database, ICohorts cohorts, IProjects projects, IEventStores stores, TimeProvider time) : IReceivedCohorts
{
    /// <summary>A stream of events uses its key all the time; nobody needs to know by the second.</summary>
    private static readonly Duration BetweenUses = Duration.FromMinutes(1);

    private const int MaximumNameLength = 200;

    /// <summary>Cohorts that a request is changing: a second one is told so, as Braze does.</summary>
    private readonly ConcurrentDictionary<(ProjectId, string, string), bool> _busy = [];

    public async Task<IReadOnlyList<ReceivingKey>> KeysAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var rows = await context.ReceivingKeys.AsNoTracking().Where(row => row.ProjectId == project.Value).OrderByDescending(row => row.Id).ToListAsync(cancellationToken);
        return [.. rows.Select(ToKey)];
    }

    public Task<Outcome<ReceivingKeyWithSecret>> CreateKeyAsync(ProjectId project, string name, string partner, string? partnerKey, CancellationToken cancellationToken) => database.ChangeAsync(
        async context =>
        {
            var problems = new List<Problem>();
            if (string.IsNullOrWhiteSpace(name) || name.Length > MaximumNameLength)
            {
                problems.Add(new Problem("name", $"must be 1 to {MaximumNameLength} characters"));
            }

            if (!ConnectionProblems.IsPlain(partner))
            {
                problems.Add(new Problem("partner", "must be 1 to 64 letters, digits, - or _"));
            }

            if (problems.Count > 0)
            {
                return Outcome<ReceivingKeyWithSecret>.Refused(problems);
            }

            var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
            var row = new ReceivingKeyRow
            {
                ProjectId = project.Value,
                Name = name,
                Partner = partner,
                Hash = KeyHash.Of(secret),
                PartnerHash = string.IsNullOrWhiteSpace(partnerKey) ? null : KeyHash.Of(partnerKey),
                CreatedAt = time.GetCurrentInstant(),
            };
            context.ReceivingKeys.Add(row);
            await context.SaveChangesAsync(cancellationToken);
            return Outcome<ReceivingKeyWithSecret>.Accepted(new ReceivingKeyWithSecret(ToKey(row), secret));
        },
        cancellationToken);

    public Task<bool> RemoveKeyAsync(ProjectId project, int key, CancellationToken cancellationToken) => database.ChangeAsync(
        async context => await context.ReceivingKeys.Where(row => row.Id == key && row.ProjectId == project.Value).ExecuteDeleteAsync(cancellationToken) > 0,
        cancellationToken);

    public async Task<ReceivingKey?> FindKeyAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = KeyHash.Of(secret);
        await using var context = database.Open();
        return await context.ReceivingKeys.AsNoTracking().SingleOrDefaultAsync(row => row.Hash == hash, cancellationToken) is { } row ? ToKey(row) : null;
    }

    public async Task NoteUseAsync(ReceivingKey key, CancellationToken cancellationToken)
    {
        var now = time.GetCurrentInstant();
        if (key.LastUsedAt is null || now - key.LastUsedAt >= BetweenUses)
        {
            await database.ChangeAsync(
                context => context.ReceivingKeys.Where(row => row.Id == key.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUsedAt, now), cancellationToken),
                cancellationToken);
        }
    }

    public async Task<bool> AcceptsPartnerAsync(ReceivingKey key, string partnerKey, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var row = await context.ReceivingKeys.AsNoTracking().SingleOrDefaultAsync(row => row.Id == key.Id, cancellationToken);
        return row is not null && (row.PartnerHash is null || CryptographicOperations.FixedTimeEquals(row.PartnerHash, KeyHash.Of(partnerKey)));
    }

    public async Task<IReadOnlyList<ReceivedCohort>> ListAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var rows = await context.ReceivedCohorts.AsNoTracking().Where(row => row.ProjectId == project.Value).OrderByDescending(row => row.ChangedAt).ToListAsync(cancellationToken);
        return [.. rows.Select(row => new ReceivedCohort(row.Partner, row.RemoteId, new CohortId(row.CohortId), row.ChangedAt, row.UnknownCount))];
    }

    public Task<ReceivingFault> DeclareAsync(ReceivingKey key, string remoteId, string name, CancellationToken cancellationToken) =>
        AloneAsync(key, remoteId, async () =>
        {
            var row = await FoundOrMadeAsync(key, remoteId, name, cancellationToken);
            if (row.RemoteName != name)
            {
                await RenameAsync(key, row, name, cancellationToken);
            }

            return ReceivingFault.None;
        });

    public Task<ReceivingFault> ChangeAsync(ReceivingKey key, string remoteId, IReadOnlyList<ReceivedMembers> changes, CancellationToken cancellationToken) =>
        AloneAsync(key, remoteId, async () =>
        {
            var (added, removed, unknownCount) = (PersonSet.Empty, PersonSet.Empty, 0);
            foreach (var change in changes)
            {
                var (people, unknown) = await FindAsync(key.Project, change, cancellationToken);
                (added, removed) = change.IsRemoval ? (added.Except(people), removed.Or(people)) : (added.Or(people), removed.Except(people));
                unknownCount += change.IsRemoval ? 0 : unknown;
            }

            var row = await FoundOrMadeAsync(key, remoteId, remoteId, cancellationToken);
            await cohorts.ChangeMembersAsync(key.Project, new CohortId(row.CohortId), added, removed, cancellationToken);
            await NoteAsync(key, remoteId, found => found.UnknownCount += unknownCount, cancellationToken);
            return ReceivingFault.None;
        });

    public Task<ReceivingFault> ReplaceAsync(ReceivingKey key, string remoteId, ReceivedPage page, ReceivedMembers members, CancellationToken cancellationToken) =>
        AloneAsync(key, remoteId, async () =>
        {
            var (people, unknownCount) = await FindAsync(key.Project, members, cancellationToken);
            var row = await FoundOrMadeAsync(key, remoteId, remoteId, cancellationToken);
            var isBegun = row.Session == page.Session && page.Number > 1;
            if (page.Number > 1 && (!isBegun || page.Number > row.SessionPages + 1))
            {
                return ReceivingFault.PageMissing;
            }

            var all = isBegun ? MembershipBlob.Read(row.SessionMembers!).Or(people) : people;
            var isWhole = page.Number >= page.Count;
            if (isWhole)
            {
                var cohort = new CohortId(row.CohortId);
                await cohorts.ChangeMembersAsync(key.Project, cohort, all, cohorts.MembersOf(key.Project, cohort).Except(all), cancellationToken);
            }

            // The pages stay until the next run begins, so that the last one may come again.
            await NoteAsync(
                key,
                remoteId,
                found =>
                {
                    found.UnknownCount = (page.Number == 1 ? 0 : found.UnknownCount) + (isBegun && page.Number <= row.SessionPages ? 0 : unknownCount);
                    (found.Session, found.SessionPages, found.SessionMembers) = (page.Session, isBegun ? Math.Max(row.SessionPages, page.Number) : page.Number, MembershipBlob.Write(all));
                },
                cancellationToken);
            return ReceivingFault.None;
        });

    private static ReceivingKey ToKey(ReceivingKeyRow row) => new(row.Id, new ProjectId(row.ProjectId), row.Name, row.Partner, row.CreatedAt, row.LastUsedAt);

    private async Task<ReceivingFault> AloneAsync(ReceivingKey key, string remoteId, Func<Task<ReceivingFault>> change)
    {
        if (!_busy.TryAdd((key.Project, key.Partner, remoteId), true))
        {
            return ReceivingFault.Busy;
        }

        try
        {
            return await change();
        }
        finally
        {
            _busy.TryRemove((key.Project, key.Partner, remoteId), out _);
        }
    }
}
