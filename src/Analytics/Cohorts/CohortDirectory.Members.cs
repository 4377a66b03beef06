using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts;

internal sealed partial class CohortDirectory
{
    public async Task<Outcome<Cohort>> ChangeMembersAsync(ProjectId project, CohortId cohort, PersonSet added, PersonSet removed, CancellationToken cancellationToken)
    {
        using var turn = await gate.EnterAsync(project, cancellationToken);
        await using var context = database.Open();
        if (await FindRowAsync(context, project, cohort, cancellationToken) is not { } row)
        {
            return NoSuchCohort(cohort);
        }

        if (DefinitionOf(row) is not StaticCohort)
        {
            return Outcome<Cohort>.Refused("cohort", "has members by its definition: only a list can be changed");
        }

        var table = memberships.Find(project, cohort)!;
        var before = table.Snapshot().Members;
        var now = (await projects.ContextAsync(project, cancellationToken)).Now;
        await journal.RecordAsync(project, now, [new MembershipDifference(cohort, [.. added.Except(before)], [.. before.And(removed).Except(added)])], cancellationToken);
        table.ConfirmAt(now);
        await journal.NoteSizeAsync(project, cohort, now, isForced: true, cancellationToken);
        return Outcome<Cohort>.Accepted((await FindAsync(project, cohort, cancellationToken))!);
    }
}
