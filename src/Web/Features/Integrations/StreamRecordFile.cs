using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime.Text;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;
using Rondo.Web.Components.Exports;

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

        var rows = streams.RecordAsync(project, found.Id, cancellationToken)
            .Select(line => new string?[] { InstantPattern.ExtendedIso.Format(line.At), line.Reason.ToString(), line.EventId, line.Event, line.DistinctId, line.Detail });
        return CsvFile.Of($"stream-{found.Id}.csv", "at,reason,id,event,distinct_id,detail", rows);
    }
}
