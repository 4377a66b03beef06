using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync;

/// <summary>The syncs of all projects, as people see and change them. <see cref="SyncLoop"/> does what is written down here.</summary>
internal sealed partial class SyncDirectory(
    IntegrationsDatabase database,
    SyncSchedule schedule,
    SyncPlanner planner,
    ICohorts cohorts,
    IProjects projects,
    IEventStores stores,
    TimeProvider time) : ICohortSyncs
{
    private static readonly Duration ShortestInterval = Duration.FromSeconds(1);
    private static readonly Duration LongestInterval = Duration.FromDays(31);

    public async Task<IReadOnlyList<CohortSync>> ListAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var rows = await context.Syncs.AsNoTracking().Where(row => row.ProjectId == project.Value).OrderByDescending(row => row.Id).ToListAsync(cancellationToken);
        return await ToSyncsAsync(context, rows, cancellationToken);
    }

    public async Task<CohortSync?> FindAsync(ProjectId project, SyncId sync, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var rows = await context.Syncs.AsNoTracking().Where(row => row.Id == sync.Value && row.ProjectId == project.Value).ToListAsync(cancellationToken);
        return (await ToSyncsAsync(context, rows, cancellationToken)).SingleOrDefault();
    }

    public async Task<Outcome<MatchCount>> MatchAsync(ProjectId project, PersonSet people, IdentityMapping mapping, CancellationToken cancellationToken)
    {
        var problems = Identification.Problems(mapping).ToList();
        if (problems.Count > 0)
        {
            return Outcome<MatchCount>.Refused(problems);
        }

        var store = await stores.OpenAsync(project, cancellationToken);
        var matched = await Identification.MatchedAsync(store, people, mapping, await projects.ContextAsync(project, cancellationToken), cancellationToken);
        return Outcome<MatchCount>.Accepted(new MatchCount(people.Count, matched.Count));
    }

    public async Task<IReadOnlyList<SyncRun>> RunsAsync(ProjectId project, SyncId sync, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        await using var context = database.Open();
        return await context.Runs.AsNoTracking()
            .Where(run => run.SyncId == sync.Value && context.Syncs.Any(row => row.Id == sync.Value && row.ProjectId == project.Value))
            .OrderByDescending(run => run.Id)
            .Take(limit)
            .Select(run => new SyncRun(run.Id, run.StartedAt, run.EndedAt, run.IsFull, run.Added, run.Removed, run.Skipped, run.Attempts, run.Error))
            .ToListAsync(cancellationToken);
    }

    public async IAsyncEnumerable<AuditLine> AuditAsync(ProjectId project, SyncId sync, int? run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var lines = context.Audit.AsNoTracking()
            .Where(line => context.Runs.Any(found => found.Id == line.RunId && found.SyncId == sync.Value && (run == null || found.Id == run)) && context.Syncs.Any(row => row.Id == sync.Value && row.ProjectId == project.Value))
            .OrderBy(line => line.Id)
            .AsAsyncEnumerable();
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            yield return new AuditLine(line.RunId, line.At, line.DistinctId, line.Identifier, line.Operation, line.Reason, line.Detail);
        }
    }

    private async Task<IReadOnlyList<CohortSync>> ToSyncsAsync(IntegrationsDbContext context, IReadOnlyList<SyncRow> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(row => row.Id).ToList();
        var counts = await context.Members.Where(member => ids.Contains(member.SyncId))
            .GroupBy(member => new { member.SyncId, member.State, IsSentAgain = member.State == MemberState.Adding && member.Reason == AuditReason.SentAgain })
            .Select(group => new { group.Key.SyncId, group.Key.State, group.Key.IsSentAgain, Count = group.Count() })
            .ToListAsync(cancellationToken);
        var open = await context.Runs.Where(run => ids.Contains(run.SyncId) && run.EndedAt == null).GroupBy(run => run.SyncId)
            .Select(group => new { Sync = group.Key, Since = group.Min(run => run.StartedAt) })
            .ToDictionaryAsync(run => run.Sync, run => run.Since, cancellationToken);
        return [.. rows.Select(row => ToSync(row, counts.Where(count => count.SyncId == row.Id).Select(count => (count.State, count.IsSentAgain, count.Count)).ToList(), open.TryGetValue(row.Id, out var since) ? since : null))];
    }

    private CohortSync ToSync(SyncRow row, List<(MemberState State, bool IsSentAgain, int Count)> counts, Instant? behindSince) => new(
        new SyncId(row.Id),
        new CohortId(row.CohortId),
        new ConnectionId(row.ConnectionId),
        row.IntervalMilliseconds is { } interval ? Duration.FromMilliseconds(interval) : null,
        SyncRunner.MappingOf(row),
        row.State,
        row.RemoteId,
        row.CreatedAt,

        // Whoever is sent again is there meanwhile.
        new SyncCounts(
            counts.Where(count => count.State == MemberState.Held || count.IsSentAgain).Sum(count => count.Count),
            counts.Where(count => count.State is MemberState.Adding or MemberState.Removing).Sum(count => count.Count),
            counts.Where(count => count.State == MemberState.Unmatched).Sum(count => count.Count),
            counts.Where(count => count.State == MemberState.Refused).Sum(count => count.Count)),
        row.LastCompletedAt,
        behindSince,
        row.State is SyncState.Active or SyncState.Leaving ? schedule.NextOf(row) ?? time.GetCurrentInstant() : null,
        row is { TroubleAt: { } at, TroubleMessage: { } message, TroubleAdvice: { } advice } ? new SyncTrouble(at, message, advice) : null);
}
