using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime.Text;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;
using Rondo.Web.Components.Exports;

namespace Rondo.Web.Features.Integrations;

/// <summary>Who was added, removed and skipped, and why, as a CSV file written while it is read.</summary>
internal static class SyncRecordFile
{
    public static void MapSyncRecords(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/p/{projectNumber:int}/integrations/syncs/{syncNumber:int}/audit.csv", WriteAsync).RequireAuthorization();

    private static async Task<IResult> WriteAsync(int projectNumber, int syncNumber, int? run, IProjects projects, ICohortSyncs syncs, CancellationToken cancellationToken)
    {
        var project = new ProjectId(projectNumber);
        if (await projects.FindAsync(project, cancellationToken) is null || await syncs.FindAsync(project, new SyncId(syncNumber), cancellationToken) is not { } sync)
        {
            return Results.NotFound();
        }

        var rows = syncs.AuditAsync(project, sync.Id, run, cancellationToken).Select(line =>
        {
            var operation = line.Operation switch { AuditOperation.Add => "add", AuditOperation.Remove => "remove", _ => "no-op" };
            return new[] { line.DistinctId, line.Identifier, operation, line.Reason.ToString(), line.Detail, line.Run.ToString(CultureInfo.InvariantCulture), InstantPattern.ExtendedIso.Format(line.At) };
        });
        return CsvFile.Of($"sync-{sync.Id}.csv", "distinct_id,partner_id,operation,reason,detail,run,at", rows);
    }
}
