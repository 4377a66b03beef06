using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts;

internal sealed partial class CohortDirectory
{
    public async Task<Outcome<Cohort>> ChangeMembersAsync(ProjectId project, CohortId cohort, PersonSet added, PersonSet removed, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            await using (var rows = database.Open())
            {
                if (await FindRowAsync(rows, project, cohort, cancellationToken) is not { } row)
                {
                    return NoSuchCohort(cohort);
                }

                if (DefinitionOf(row) is not StaticCohort)
                {
                    return Outcome<Cohort>.Refused("cohort", "has members by its definition: only a list can be changed");
                }
            }

            var before = MembersOf(project, cohort);
            var now = (await projects.ContextAsync(project, cancellationToken)).Now;
            await ReplaceAsync(project, cohort, before, new Membership(now, before.Except(removed).Or(added)), cancellationToken);
            return Outcome<Cohort>.Accepted((await FindAsync(project, cohort, cancellationToken))!);
        }
        finally
        {
            _changing.Release();
        }
    }
}
