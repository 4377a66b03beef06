using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Analytics.Projects;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts;

/// <summary>Who is to enter and leave a cohort; both ascending.</summary>
internal sealed record MembershipDifference(CohortId Cohort, ImmutableArray<PersonNumber> Entered, ImmutableArray<PersonNumber> Left);

/// <summary>
/// Every change of a membership goes through here: it is written down, then the members in memory change, then readers hear of
/// it. One change at a time over all projects, so that versions are seen in order.
/// </summary>
internal sealed partial class MembershipJournal(
    AnalyticsDatabase database,
    AnalyticsOptions options,
    CohortMemberships memberships,
    MembershipFeed feed,
    ProjectDirectory projects) : IMemberships, IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentDictionary<ProjectId, long> _latest = new();
    private volatile TaskCompletionSource _recorded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CohortMembership? CurrentOf(ProjectId project, CohortId cohort) => memberships.Find(project, cohort)?.Snapshot();

    public async Task<MembershipPage> ReadAsync(ProjectId project, CohortId? cohort, MembershipVersion after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        await using var context = database.Open();

        // In one transaction, so that no change is forgotten between looking at the horizon and reading.
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (await context.MembershipHorizons.AsNoTracking().AnyAsync(row => row.ProjectId == project.Value && row.Version > after.Value, cancellationToken))
        {
            return new MembershipPage([], after, IsGapless: false);
        }

        var rows = await context.MembershipChanges.AsNoTracking()
            .Where(row => row.ProjectId == project.Value && row.Version > after.Value && (cohort == null || row.CohortId == cohort.Value.Value))
            .OrderBy(row => row.Version)
            .Take(limit)
            .ToListAsync(cancellationToken);
        var next = rows.Count == limit ? rows[^1].Version : Math.Max(after.Value, await LatestAsync(context, project, cancellationToken));
        return new MembershipPage(
            [.. rows.Select(row => new MembershipChange(new MembershipVersion(row.Version), new CohortId(row.CohortId), row.At, PersonListBlob.Read(row.Entered), PersonListBlob.Read(row.Left)))],
            new MembershipVersion(next),
            IsGapless: true);
    }

    public async Task WaitAsync(ProjectId project, MembershipVersion after, CancellationToken cancellationToken)
    {
        while (true)
        {
            var recorded = _recorded.Task;
            if (!_latest.TryGetValue(project, out var latest))
            {
                await using var context = database.Open();
                var stored = await LatestAsync(context, project, cancellationToken);
                latest = _latest.AddOrUpdate(project, stored, (_, known) => Math.Max(known, stored));
            }

            if (latest > after.Value)
            {
                return;
            }

            await recorded.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Writes down a new cohort with its members.</summary>
    public async Task<CohortId> AddAsync(CohortRow row, PersonSet members, Instant computedAt, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await using var context = database.Open();
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            context.Cohorts.Add(row);
            await context.SaveChangesAsync(cancellationToken);
            var (project, cohort) = (new ProjectId(row.ProjectId), new CohortId(row.Id));
            var change = RowOf(project, computedAt, new MembershipDifference(cohort, [.. members], []));
            context.MembershipChanges.Add(change);
            await context.SaveChangesAsync(cancellationToken);
            context.Memberships.Add(new MembershipRow
            {
                CohortId = row.Id,
                ComputedAt = computedAt,
                Version = change.Version,
                Size = members.Count,
                Members = MembershipBlob.Write(members),
                Since = [],
            });
            context.CohortSizes.Add(new CohortSizeRow { CohortId = row.Id, At = computedAt, Size = members.Count });
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);

            var seconds = new uint[members.Count];
            Array.Fill(seconds, MemberTable.SecondOf(computedAt));
            memberships.Add(project, cohort, new MemberTable(members, seconds, new MembershipVersion(change.Version), computedAt));
            Announce(project, [new MembershipChange(new MembershipVersion(change.Version), cohort, computedAt, [.. members], [])]);
            return cohort;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Lets persons enter and leave cohorts, all at one moment. Differences that change nothing are left out.</summary>
    public async Task RecordAsync(ProjectId project, Instant at, IEnumerable<MembershipDifference> differences, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var rows = differences.Where(difference => !difference.Entered.IsEmpty || !difference.Left.IsEmpty)
                .Select(difference => (Difference: difference, Row: RowOf(project, at, difference)))
                .ToList();
            if (rows.Count == 0)
            {
                return;
            }

            await using (var context = database.Open())
            {
                await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
                await InsertAsync(context, transaction, rows.ConvertAll(row => row.Row), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            var changes = rows.Select(row => new MembershipChange(new MembershipVersion(row.Row.Version), row.Difference.Cohort, at, row.Difference.Entered, row.Difference.Left)).ToList();
            foreach (var change in changes)
            {
                memberships.Find(project, change.Cohort)!.Apply(change.Version, at, change.Entered, change.Left);
                NoteGrowth(change);
            }

            Announce(project, changes);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    /// <summary>The last version, also when its change is forgotten.</summary>
    private static async Task<long> LatestAsync(AnalyticsDbContext context, ProjectId project, CancellationToken cancellationToken) =>
        await context.MembershipChanges.Where(row => row.ProjectId == project.Value).MaxAsync(row => (long?)row.Version, cancellationToken)
        ?? await context.MembershipHorizons.Where(row => row.ProjectId == project.Value).MaxAsync(row => (long?)row.Version, cancellationToken)
        ?? 0;

    private static MembershipChangeRow RowOf(ProjectId project, Instant at, MembershipDifference difference) => new()
    {
        ProjectId = project.Value,
        CohortId = difference.Cohort.Value,
        At = at,
        Entered = PersonListBlob.Write(difference.Entered),
        Left = PersonListBlob.Write(difference.Left),
    };

    /// <summary>One statement for many rows, a few times a second: EF would take longer for them than looking at the persons took.</summary>
    private static async Task InsertAsync(AnalyticsDbContext context, IDbContextTransaction transaction, IEnumerable<MembershipChangeRow> rows, CancellationToken cancellationToken)
    {
        await using var insert = context.Database.GetDbConnection().CreateCommand();
        insert.Transaction = transaction.GetDbTransaction();
        insert.CommandText = "INSERT INTO MembershipChanges (ProjectId, CohortId, At, Entered, \"Left\") VALUES ($project, $cohort, $at, $entered, $left) RETURNING Version";
        foreach (var row in rows)
        {
            insert.Parameters.Clear();
            Add("$project", row.ProjectId);
            Add("$cohort", row.CohortId);
            Add("$at", row.At.ToUnixTimeMilliseconds());
            Add("$entered", row.Entered);
            Add("$left", row.Left);
            row.Version = (long)(await insert.ExecuteScalarAsync(cancellationToken))!;
        }

        void Add(string name, object value)
        {
            var parameter = insert.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            insert.Parameters.Add(parameter);
        }
    }

    private void Announce(ProjectId project, IReadOnlyList<MembershipChange> changes)
    {
        _latest[project] = changes[^1].Version.Value;
        foreach (var change in changes)
        {
            feed.Publish(project, change);
        }

        var recorded = _recorded;
        _recorded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        recorded.SetResult();
    }
}
