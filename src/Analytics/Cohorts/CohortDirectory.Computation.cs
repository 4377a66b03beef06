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
        using var turn = await gate.EnterAsync(project, cancellationToken);
        await using var context = database.Open();
        if (await FindRowAsync(context, project, cohort, cancellationToken) is not { } row)
        {
            return NoSuchCohort(cohort);
        }

        await RecomputeAsync(project, row, cancellationToken);
        return Outcome<Cohort>.Accepted((await FindAsync(project, cohort, cancellationToken))!);
    }

    /// <summary>Computes every cohort of a project again, each after those it names. Archived ones too: a campaign may still use them.</summary>
    public async Task RefreshAllAsync(ProjectId project, CancellationToken cancellationToken)
    {
        List<CohortRow> rows;
        await using (var context = database.Open())
        {
            rows = await context.Cohorts.AsNoTracking().Where(row => row.ProjectId == project.Value).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        }

        var byId = rows.ToDictionary(row => new CohortId(row.Id));
        foreach (var cohort in CohortReferences.InOrderOfUse(byId.ToDictionary(pair => pair.Key, pair => DefinitionOf(pair.Value))))
        {
            using var turn = await gate.EnterAsync(project, cancellationToken);
            await RecomputeAsync(project, byId[cohort], cancellationToken);
        }
    }

    public async Task<CohortComparison?> CompareAsync(ProjectId project, CohortId cohort, CancellationToken cancellationToken)
    {
        if (memberships.Find(project, cohort) is not { } table)
        {
            return null;
        }

        if (mailbox.CompareAsync(project, cohort) is { } asked)
        {
            return await asked.WaitAsync(cancellationToken);
        }

        // Nobody keeps it live: whatever happened since it was last computed is a difference.
        var before = table.Snapshot().Members;
        await RefreshAsync(project, cohort, cancellationToken);
        var after = table.Snapshot();
        var comparison = new CohortComparison(after.ComputedAt, after.Members.Except(before).Count, before.Except(after.Members).Count);
        await NoteComparisonAsync(cohort, comparison, cancellationToken);
        return comparison;
    }

    public async Task<CohortComparison?> LastComparisonAsync(ProjectId project, CohortId cohort, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        return await context.Memberships.AsNoTracking()
            .Where(row => row.CohortId == cohort.Value && row.ComparedAt != null && context.Cohorts.Any(found => found.Id == row.CohortId && found.ProjectId == project.Value))
            .Select(row => new CohortComparison(row.ComparedAt!.Value, row.MissingCount, row.ExcessCount))
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Writes down what a comparison found.</summary>
    public async Task NoteComparisonAsync(CohortId cohort, CohortComparison comparison, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        await context.Memberships.Where(row => row.CohortId == cohort.Value).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.ComparedAt, comparison.At).SetProperty(row => row.MissingCount, comparison.MissingCount).SetProperty(row => row.ExcessCount, comparison.ExcessCount),
            cancellationToken);
    }

    /// <summary>Every cohort of a project with its definition as stored.</summary>
    public async Task<IReadOnlyDictionary<CohortId, string>> DefinitionsAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        return await context.Cohorts.AsNoTracking().Where(row => row.ProjectId == project.Value).ToDictionaryAsync(row => new CohortId(row.Id), row => row.Definition, cancellationToken);
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
