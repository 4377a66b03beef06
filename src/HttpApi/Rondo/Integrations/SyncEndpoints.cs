using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using NodaTime.Text;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Operations;
using Rondo.Model;
using Rondo.Model.Cohorts;

namespace Rondo.HttpApi.Rondo.Integrations;

/// <summary><c>/api/v1/syncs</c>: cohorts that are kept the same at other places.</summary>
internal static class SyncEndpoints
{
    private const int MostRuns = 1000;
    private const string Live = """{"cohort":1,"connection":1,"intervalSeconds":1,"mapping":{"kind":"externalId"}}""";
    private const string Once = """{"cohort":1,"connection":1,"mapping":{"kind":"externalId","property":"$braze_external_id"}}""";

    public static void Map(RouteGroupBuilder api)
    {
        var syncs = api.MapGroup("/syncs").WithTags("Integrations");
        syncs.MapGet("/", ListAsync).WithSummary("All syncs, newest first").Produces<IReadOnlyList<SyncReply>>();
        syncs.MapPost("/", CreateAsync).WithSummary("Sends a cohort once, or keeps it the same at every interval").Takes<SyncBody>(("Keep in sync, live", Live), ("Export once", Once)).Produces<SyncReply>().Produces<ErrorReply>(400);
        syncs.MapPost("/match", MatchAsync).WithSummary("How many members the other side could know").Takes<MatchBody>().Produces<MatchCount>().Produces<ErrorReply>(400);
        syncs.MapGet("/{sync:int}", FindAsync).WithSummary("One sync").Produces<SyncReply>().Produces<ErrorReply>(404);
        syncs.MapPatch("/{sync:int}", ChangeAsync).WithSummary("Changes how often it runs").Takes<IntervalBody>().Produces<SyncReply>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        syncs.MapDelete("/{sync:int}", RemoveAsync).WithSummary("Ends it; with ?takeMembersOut=true the other side's cohort is emptied first").Produces<SyncReply>().Produces<ErrorReply>(404);
        syncs.MapPost("/{sync:int}/run", RunAsync).WithSummary("Runs it now; with ?full=true everyone is compared and sent again").Produces<SyncReply>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        syncs.MapPost("/{sync:int}/pause", PauseAsync).WithSummary("Stops it until it is resumed").Produces<SyncReply>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        syncs.MapPost("/{sync:int}/resume", ResumeAsync).WithSummary("Goes on where it was").Produces<SyncReply>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        syncs.MapGet("/{sync:int}/runs", RunsAsync).WithSummary("The newest runs, newest first; ?take=, at most 1000").Produces<IReadOnlyList<SyncRun>>().Produces<ErrorReply>(404);
        syncs.MapGet("/{sync:int}/audit", AuditAsync).WithSummary("Who was added, removed and skipped, and why, as CSV; ?run= for one run").Produces<string>(200, "text/csv").Produces<ErrorReply>(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ICohortSyncs syncs) =>
        Replies.Json((await syncs.ListAsync(context.ProjectId(), context.RequestAborted)).Select(SyncReply.Of).ToList());

    private static Task<IResult> FindAsync(HttpContext context, ICohortSyncs syncs, int sync) =>
        WithAsync(context, syncs, sync, found => Task.FromResult(Replies.Json(SyncReply.Of(found))));

    private static async Task<IResult> CreateAsync(HttpContext context, ICohortSyncs syncs)
    {
        var body = await JsonBody.ReadAsync<SyncBody>(context.Request, context.RequestAborted);
        if (!body.IsAccepted)
        {
            return Replies.Refusal(body.Problems);
        }

        var wanted = new NewSync(body.Value.Cohort, new ConnectionId(body.Value.Connection), IntervalOf(body.Value.IntervalSeconds), body.Value.Mapping ?? new IdentityMapping());
        return Named(await syncs.CreateAsync(context.ProjectId(), wanted, context.RequestAborted));
    }

    private static async Task<IResult> MatchAsync(HttpContext context, ICohortSyncs syncs, ICohorts cohorts)
    {
        var body = await JsonBody.ReadAsync<MatchBody>(context.Request, context.RequestAborted);
        if (!body.IsAccepted)
        {
            return Replies.Refusal(body.Problems);
        }

        return await cohorts.FindAsync(context.ProjectId(), body.Value.Cohort, context.RequestAborted) is null
            ? Replies.NotFound("cohort")
            : Replies.Of(await syncs.MatchAsync(context.ProjectId(), cohorts.MembersOf(context.ProjectId(), body.Value.Cohort), body.Value.Mapping ?? new IdentityMapping(), context.RequestAborted));
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, ICohortSyncs syncs, int sync)
    {
        var body = await JsonBody.ReadAsync<IntervalBody>(context.Request, context.RequestAborted);
        return body.IsAccepted
            ? await WithAsync(context, syncs, sync, async found => Named(await syncs.ChangeIntervalAsync(context.ProjectId(), found.Id, IntervalOf(body.Value.IntervalSeconds)!.Value, context.RequestAborted)))
            : Replies.Refusal(body.Problems);
    }

    private static Task<IResult> RemoveAsync(HttpContext context, ICohortSyncs syncs, int sync, bool takeMembersOut = false) =>
        WithAsync(context, syncs, sync, async found => Named(await syncs.RemoveAsync(context.ProjectId(), found.Id, takeMembersOut, context.RequestAborted)));

    private static Task<IResult> RunAsync(HttpContext context, ICohortSyncs syncs, int sync, bool full = false) =>
        WithAsync(context, syncs, sync, async found => Named(await syncs.RunAsync(context.ProjectId(), found.Id, full, context.RequestAborted)));

    private static Task<IResult> PauseAsync(HttpContext context, ICohortSyncs syncs, int sync) =>
        WithAsync(context, syncs, sync, async found => Named(await syncs.PauseAsync(context.ProjectId(), found.Id, context.RequestAborted)));

    private static Task<IResult> ResumeAsync(HttpContext context, ICohortSyncs syncs, int sync) =>
        WithAsync(context, syncs, sync, async found => Named(await syncs.ResumeAsync(context.ProjectId(), found.Id, context.RequestAborted)));

    private static Task<IResult> RunsAsync(HttpContext context, ICohortSyncs syncs, int sync)
    {
        var (paging, problems) = Paging.Of(context.Request.Query, MostRuns);
        return problems.Count > 0
            ? Task.FromResult(Replies.Refusal(problems))
            : WithAsync(context, syncs, sync, async found => Replies.Json(await syncs.RunsAsync(context.ProjectId(), found.Id, paging.Take, context.RequestAborted)));
    }

    private static Task<IResult> AuditAsync(HttpContext context, ICohortSyncs syncs, int sync, int? run = null) => WithAsync(context, syncs, sync, async found =>
    {
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"sync-{sync}{(run is null ? string.Empty : $"-run-{run}")}.csv\"";
        await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16, leaveOpen: true);
        await CsvRow.WriteAsync(writer, ["distinct_id", "partner_id", "operation", "reason", "detail", "run", "at"]);
        await foreach (var line in syncs.AuditAsync(context.ProjectId(), found.Id, run, context.RequestAborted))
        {
            await CsvRow.WriteAsync(
                writer,
                [line.DistinctId, line.Identifier, OperationOf(line.Operation), ReasonOf(line.Reason), line.Detail, line.Run.ToString(CultureInfo.InvariantCulture), InstantPattern.ExtendedIso.Format(line.At)]);
        }

        return Results.Empty;
    });

    private static async Task<IResult> WithAsync(HttpContext context, ICohortSyncs syncs, int sync, Func<CohortSync, Task<IResult>> answer) =>
        await syncs.FindAsync(context.ProjectId(), new SyncId(sync), context.RequestAborted) is { } found ? await answer(found) : Replies.NotFound("sync");

    /// <summary>The fields as this interface calls them.</summary>
    private static IResult Named(Outcome<CohortSync> outcome) => outcome.IsAccepted
        ? Replies.Json(SyncReply.Of(outcome.Value))
        : Replies.Refusal([.. outcome.Problems.Select(problem => problem.Field == "interval" ? problem with { Field = "intervalSeconds" } : problem)]);

    private static Duration? IntervalOf(double? seconds) => seconds switch
    {
        null => null,
        double.NaN => Duration.Zero,
        _ => Duration.FromSeconds(Math.Clamp(seconds.Value, -1, 1e9)),
    };

    /// <summary>Mixpanel's names for them.</summary>
    private static string OperationOf(AuditOperation operation) => operation switch
    {
        AuditOperation.Add => "add",
        AuditOperation.Remove => "remove",
        _ => "no-op",
    };

    private static string ReasonOf(AuditReason reason) => char.ToLowerInvariant(reason.ToString()[0]) + reason.ToString()[1..];

    /// <summary>A sync to be made.</summary>
    /// <param name="Cohort">Whom to send.</param>
    /// <param name="Connection">Where to.</param>
    /// <param name="IntervalSeconds">1 to 2,678,400; left out for once.</param>
    /// <param name="Mapping">How members are named; left out: by their distinct ids as external ids.</param>
    internal sealed record SyncBody(CohortId Cohort, int Connection, double? IntervalSeconds = null, IdentityMapping? Mapping = null);

    internal sealed record IntervalBody(double IntervalSeconds);

    internal sealed record MatchBody(CohortId Cohort, IdentityMapping? Mapping = null);

    /// <summary>A sync as this interface shows it.</summary>
    internal sealed record SyncReply(
        int Id,
        CohortId Cohort,
        int Connection,
        double? IntervalSeconds,
        IdentityMapping Mapping,
        SyncState State,
        string RemoteId,
        Instant CreatedAt,
        SyncCounts Counts,
        Instant? LastCompletedAt,
        Instant? BehindSince,
        Instant? NextAt,
        SyncTrouble? Trouble)
    {
        public static SyncReply Of(CohortSync sync) => new(
            sync.Id.Value,
            sync.Cohort,
            sync.Connection.Value,
            sync.Interval?.TotalSeconds,
            sync.Mapping,
            sync.State,
            sync.RemoteId,
            sync.CreatedAt,
            sync.Counts,
            sync.LastCompletedAt,
            sync.BehindSince,
            sync.NextAt,
            sync.Trouble);
    }
}
