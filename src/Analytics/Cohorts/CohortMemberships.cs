using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Rondo.Analytics.Data;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts;

/// <summary>Who was in a cohort at one moment. The two belong together and are replaced together.</summary>
internal sealed record Membership(Instant ComputedAt, PersonSet Members);

/// <summary>The members of all cohorts in memory; read from the database once, written through by <see cref="CohortDirectory"/>. Thread-safe.</summary>
internal sealed class CohortMemberships(AnalyticsDatabase database)
{
    private readonly Lock _lock = new();
    private volatile ImmutableDictionary<ProjectId, ImmutableDictionary<CohortId, Membership>>? _byProject;

    /// <summary>A snapshot that does not change any more.</summary>
    public ImmutableDictionary<CohortId, Membership> Of(ProjectId project) =>
        Current.TryGetValue(project, out var found) ? found : ImmutableDictionary<CohortId, Membership>.Empty;

    public void Replace(ProjectId project, CohortId cohort, Membership membership)
    {
        lock (_lock)
        {
            var byProject = Current;
            var ofProject = byProject.TryGetValue(project, out var found) ? found : ImmutableDictionary<CohortId, Membership>.Empty;
            _byProject = byProject.SetItem(project, ofProject.SetItem(cohort, membership));
        }
    }

    private ImmutableDictionary<ProjectId, ImmutableDictionary<CohortId, Membership>> Current
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

    private ImmutableDictionary<ProjectId, ImmutableDictionary<CohortId, Membership>> Load()
    {
        using var context = database.Open();
        var rows = context.Memberships.AsNoTracking()
            .Join(context.Cohorts, membership => membership.CohortId, cohort => cohort.Id, (membership, cohort) => new { cohort.ProjectId, Membership = membership })
            .ToList();
        return rows
            .GroupBy(row => new ProjectId(row.ProjectId))
            .ToImmutableDictionary(
                project => project.Key,
                project => project.ToImmutableDictionary(
                    row => new CohortId(row.Membership.CohortId),
                    row => new Membership(row.Membership.ComputedAt, MembershipBlob.Read(row.Membership.Members))));
    }
}
