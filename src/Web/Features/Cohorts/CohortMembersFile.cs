using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;
using Rondo.Web.Components.Exports;

namespace Rondo.Web.Features.Cohorts;

/// <summary>The members of a cohort as a CSV file, all of them, written while they are read.</summary>
internal static class CohortMembersFile
{
    private const int PageSize = 1000;

    public static void MapCohortMembers(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/p/{projectNumber:int}/cohorts/{cohortNumber:int}/members.csv", WriteAsync).RequireAuthorization();

    private static async Task<IResult> WriteAsync(int projectNumber, int cohortNumber, IProjects projects, ICohorts cohorts, IPeople people, CancellationToken cancellationToken)
    {
        var project = new ProjectId(projectNumber);
        if (await projects.FindAsync(project, cancellationToken) is null || await cohorts.FindAsync(project, new CohortId(cohortNumber), cancellationToken) is not { } cohort)
        {
            return Results.NotFound();
        }

        return CsvFile.Of($"cohort-{cohort.Id}.csv", "distinct_id,name,email,last_seen,since,why", RowsAsync(project, cohort, cohorts, people, cancellationToken));
    }

    private static async IAsyncEnumerable<string?[]> RowsAsync(ProjectId project, Cohort cohort, ICohorts cohorts, IPeople people, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var members = cohorts.MembersOf(project, cohort.Id);
        var names = (await cohorts.ListAsync(project, includeArchived: true, cancellationToken)).ToDictionary(known => known.Id, known => known.Name);
        for (var skip = 0; skip < members.Count; skip += PageSize)
        {
            var page = await people.ListAsync(project, members, null, skip, PageSize, cancellationToken);
            var explained = await cohorts.ExplainAsync(project, cohort.Id, [.. page.People.Select(person => person.Number)], cancellationToken);
            foreach (var (person, member) in page.People.Zip(explained))
            {
                yield return [person.DistinctId, person.Name, person.Email, person.LastSeen, string.Create(CultureInfo.InvariantCulture, $"{member.Since}"), string.Join("; ", member.Why.Select(fact => Wording.Of(fact, names.GetValueOrDefault)))];
            }
        }
    }
}
