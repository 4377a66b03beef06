using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime.Text;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

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

        return Results.Stream(
            async stream =>
            {
                await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
                await writer.WriteAsync("distinct_id,partner_id,operation,reason,detail,run,at\r\n");
                await foreach (var line in syncs.AuditAsync(project, sync.Id, run, cancellationToken))
                {
                    var operation = line.Operation switch { AuditOperation.Add => "add", AuditOperation.Remove => "remove", _ => "no-op" };
                    await writer.WriteAsync(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Quote(line.DistinctId)},{Quote(line.Identifier)},{operation},{line.Reason},{Quote(line.Detail)},{line.Run},{InstantPattern.ExtendedIso.Format(line.At)}\r\n"));
                }
            },
            "text/csv; charset=utf-8",
            $"sync-{sync.Id}.csv");
    }

    private static string Quote(string? text) => Components.Reports.CsvText.Quote(text ?? string.Empty);
}
