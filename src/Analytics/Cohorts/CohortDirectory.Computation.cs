using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts;

internal sealed partial class CohortDirectory
{
    public async Task<Outcome<Cohort>> RefreshAsync(ProjectId project, CohortId cohort, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            await using var context = database.Open();
            if (await FindRowAsync(context, project, cohort, cancellationToken) is not { } row)
            {
                return NoSuchCohort(cohort);
            }

            await RecomputeAsync(project, row, cancellationToken);
            return Outcome<Cohort>.Accepted((await FindAsync(project, cohort, cancellationToken))!);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Computes every cohort of a project again, each after those it names. Archived ones too: a campaign may still use them.</summary>
    public async Task RefreshAllAsync(ProjectId project, CancellationToken cancellationToken)
    {
        List<CohortRow> rows;
        await using (var context = database.Open())
        {
            rows = await context.Cohorts.AsNoTracking().Where(row => row.ProjectId == project.Value).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        }

        foreach (var row in InOrderOfUse(rows))
        {
            await _changing.WaitAsync(cancellationToken);
            try
            {
                await RecomputeAsync(project, row, cancellationToken);
            }
            finally
            {
                _changing.Release();
            }
        }
    }

    private static List<CohortRow> InOrderOfUse(List<CohortRow> rows)
    {
        var waiting = rows.ToDictionary(row => new CohortId(row.Id));
        var ordered = new List<CohortRow>(rows.Count);
        foreach (var row in rows)
        {
            Visit(new CohortId(row.Id));
        }

        return ordered;

        // Cycles are refused when a definition is made, so this ends; taking a row out before its references makes sure.
        void Visit(CohortId cohort)
        {
            if (!waiting.Remove(cohort, out var row))
            {
                return;
            }

            foreach (var reference in CohortReferences.Of(DefinitionOf(row)))
            {
                Visit(reference);
            }

            ordered.Add(row);
        }
    }

    private async Task RecomputeAsync(ProjectId project, CohortRow row, CancellationToken cancellationToken)
    {
        var cohort = new CohortId(row.Id);
        var context = await projects.ContextAsync(project, cancellationToken);
        var store = await stores.OpenAsync(project, cancellationToken);
        var table = memberships.Find(project, cohort)!;
        var before = table.Snapshot().Members;
        var members = await ComputeAsync(store, DefinitionOf(row), before, context, cancellationToken);
        await journal.RecordAsync(project, context.Now, [new MembershipDifference(cohort, [.. members.Except(before)], [.. before.Except(members)])], cancellationToken);
        table.ConfirmAt(context.Now);
        await journal.NoteSizeAsync(project, cohort, context.Now, isForced: true, cancellationToken);
    }

    private static async Task<PersonSet> ComputeAsync(IEventStore store, CohortDefinition definition, PersonSet before, QueryContext context, CancellationToken cancellationToken) => definition switch
    {
        FilterCohort filter => await store.PeopleWhereAsync(filter.Where, context, cancellationToken),
        PointCohort point => await store.PeopleAtAsync(point.Point, context, cancellationToken),
        StaticCohort => FollowMerges(store, before),
        _ => throw new InvalidOperationException($"{definition.GetType().Name} is not a kind of cohort."),
    };

    /// <summary>A fixed list stays the same people: a device that was merged into a user since is that user from now on.</summary>
    private static PersonSet FollowMerges(IEventStore store, PersonSet members)
    {
        var people = members.ToList();
        var ids = store.DistinctIdsOf(people);
        var merged = people.Zip(ids).Where(pair => pair.Second.Length > 0 && store.FindPerson(pair.Second) is { } now && now != pair.First).ToList();
        return merged.Count == 0
            ? members
            : members.Except(PersonSet.Of(merged.Select(pair => pair.First))).Or(PersonSet.Of(merged.Select(pair => store.FindPerson(pair.Second)!.Value)));
    }
}
