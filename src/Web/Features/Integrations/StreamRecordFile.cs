using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime.Text;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Features.Integrations;

/// <summary>What did not arrive, and why, as a CSV file written while it is read.</summary>
internal static class StreamRecordFile
{
    public static void MapStreamRecords(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/p/{projectNumber:int}/integrations/streams/{streamNumber:int}/record.csv", WriteAsync).RequireAuthorization();

    private static async Task<IResult> WriteAsync(int projectNumber, int streamNumber, IProjects projects, IEventStreams streams, CancellationToken cancellationToken)
    {
        var project = new ProjectId(projectNumber);
        if (await projects.FindAsync(project, cancellationToken) is null || await streams.FindAsync(project, new StreamId(streamNumber), cancellationToken) is not { } found)
        {
            return Results.NotFound();
        }

        return Results.Stream(
            async stream =>
            {
                await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
                await writer.WriteAsync("at,reason,id,event,distinct_id,detail\r\n");
                await foreach (var line in streams.RecordAsync(project, found.Id, cancellationToken))
                {
                    await writer.WriteAsync(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{InstantPattern.ExtendedIso.Format(line.At)},{line.Reason},{line.EventId},{CsvText.Quote(line.Event)},{CsvText.Quote(line.DistinctId)},{CsvText.Quote(line.Detail)}\r\n"));
                }
            },
            "text/csv; charset=utf-8",
            $"stream-{found.Id}.csv");
    }
}
