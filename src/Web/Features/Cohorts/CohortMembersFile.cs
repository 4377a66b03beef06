using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

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

        var members = cohorts.MembersOf(project, cohort.Id);
        var names = (await cohorts.ListAsync(project, includeArchived: true, cancellationToken)).ToDictionary(known => known.Id, known => known.Name);
        return Results.Stream(
            async stream =>
            {
                await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
                await writer.WriteAsync("distinct_id,name,email,last_seen,since,why\r\n");
                for (var skip = 0; skip < members.Count; skip += PageSize)
                {
                    var page = await people.ListAsync(project, members, null, skip, PageSize, cancellationToken);
                    var explained = await cohorts.ExplainAsync(project, cohort.Id, [.. page.People.Select(person => person.Number)], cancellationToken);
                    foreach (var (person, member) in page.People.Zip(explained))
                    {
                        var why = string.Join("; ", member.Why.Select(fact => Wording.Of(fact, names.GetValueOrDefault)));
                        await writer.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{Quote(person.DistinctId)},{Quote(person.Name)},{Quote(person.Email)},{Quote(person.LastSeen)},{member.Since},{Quote(why)}\r\n"));
                    }
                }
            },
            "text/csv; charset=utf-8",
            $"cohort-{cohort.Id}.csv");
    }

    private static string Quote(string? text) => Components.Reports.CsvText.Quote(text ?? string.Empty);
}
