using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts;

/// <summary>
/// The members of all cohorts in memory; read from the database once: the members as last written down, brought up to date with
/// the changes since. Changes go through <see cref="MembershipJournal"/>. Thread-safe.
/// </summary>
internal sealed class CohortMemberships(AnalyticsDatabase database)
{
    private readonly Lock _lock = new();
    private volatile ImmutableDictionary<ProjectId, ImmutableDictionary<CohortId, MemberTable>>? _byProject;

    public ImmutableDictionary<CohortId, MemberTable> Of(ProjectId project) =>
        Current.TryGetValue(project, out var found) ? found : ImmutableDictionary<CohortId, MemberTable>.Empty;

    public MemberTable? Find(ProjectId project, CohortId cohort) => Of(project).GetValueOrDefault(cohort);

    public void Add(ProjectId project, CohortId cohort, MemberTable members)
    {
        lock (_lock)
        {
            var byProject = Current;
            var ofProject = byProject.TryGetValue(project, out var found) ? found : ImmutableDictionary<CohortId, MemberTable>.Empty;
            _byProject = byProject.SetItem(project, ofProject.SetItem(cohort, members));
        }
    }

    private ImmutableDictionary<ProjectId, ImmutableDictionary<CohortId, MemberTable>> Current
    {
        get
        {
            if (_byProject is { } loaded)
            {
                return loaded;
            }

            lock (_lock)
            {
                return _byProject ??= Load();
            }
        }
    }

    private ImmutableDictionary<ProjectId, ImmutableDictionary<CohortId, MemberTable>> Load()
    {
        using var context = database.Open();
        var rows = context.Memberships.AsNoTracking()
            .Join(context.Cohorts, membership => membership.CohortId, cohort => cohort.Id, (membership, cohort) => new { cohort.ProjectId, Membership = membership })
            .ToList();
        return rows
            .GroupBy(row => new ProjectId(row.ProjectId))
            .ToImmutableDictionary(
                project => project.Key,
                project => project.ToImmutableDictionary(row => new CohortId(row.Membership.CohortId), row => Restore(context, row.Membership)));
    }

    private static MemberTable Restore(AnalyticsDbContext context, MembershipRow row)
    {
        var members = MembershipBlob.Read(row.Members);
        var table = new MemberTable(members, SinceBlob.Read(row.Since, members.Count, MemberTable.SecondOf(row.ComputedAt)), new MembershipVersion(row.Version), row.ComputedAt);
        var changes = context.MembershipChanges.AsNoTracking().Where(change => change.CohortId == row.CohortId && change.Version > row.Version).OrderBy(change => change.Version);
        foreach (var change in changes)
        {
            table.Apply(new MembershipVersion(change.Version), change.At, PersonListBlob.Read(change.Entered), PersonListBlob.Read(change.Left));
        }

        return table;
    }
}
