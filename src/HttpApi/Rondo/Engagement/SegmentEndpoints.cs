using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Engagement.Contracts;
using Rondo.HttpApi.Operations;
using Rondo.Model.Predicates;

namespace Rondo.HttpApi.Rondo.Engagement;

/// <summary><c>/api/v1/segments</c>: saved audience filters and how far they reach.</summary>
internal static class SegmentEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var segments = api.MapGroup("/segments").WithTags("Segments");
        segments.MapGet("/", ListAsync).WithSummary("All segments, newest first; ?archived=true includes archived ones").Produces<IReadOnlyList<AudienceSegment>>();
        segments.MapPost("/", CreateAsync).WithSummary("Makes a segment").Takes<NewSegment>().Produces<AudienceSegment>().Produces<ErrorReply>(400);
        segments.MapPost("/reach", ReachAsync).WithSummary("How many people a filter gives, and how many each channel reaches").Takes<ReachQuestion>().Produces<Reach>().Produces<ErrorReply>(400);
        segments.MapGet("/{segment:int}", FindAsync).WithSummary("One segment").Produces<AudienceSegment>().Produces<ErrorReply>(404);
        segments.MapPatch("/{segment:int}", ChangeAsync).WithSummary("Changes name, description or filter, or archives").Takes<SegmentChange>().Produces<AudienceSegment>().Produces<ErrorReply>(400);
        segments.MapGet("/{segment:int}/reach", ReachOfAsync).WithSummary("How many people it gives now, and how many each channel reaches").Produces<Reach>().Produces<ErrorReply>(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ISegments segments, bool archived = false) =>
        Replies.Json(await segments.ListAsync(context.ProjectId(), archived, context.RequestAborted));

    private static async Task<IResult> FindAsync(HttpContext context, ISegments segments, int segment) =>
        await segments.FindAsync(context.ProjectId(), segment, context.RequestAborted) is { } found ? Replies.Json(found) : Replies.NotFound("segment");

    private static async Task<IResult> CreateAsync(HttpContext context, ISegments segments)
    {
        var body = await JsonBody.ReadAsync<NewSegment>(context.Request, context.RequestAborted);
        return body.IsAccepted
            ? Replies.Of(await segments.CreateAsync(context.ProjectId(), body.Value.Name, body.Value.Description ?? string.Empty, body.Value.Where, context.RequestAborted))
            : Replies.Refusal(body.Problems);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, ISegments segments, int segment)
    {
        var body = await JsonBody.ReadAsync<SegmentChange>(context.Request, context.RequestAborted);
        if (!body.IsAccepted)
        {
            return Replies.Refusal(body.Problems);
        }

        var (project, change) = (context.ProjectId(), body.Value);
        if (await segments.FindAsync(project, segment, context.RequestAborted) is not { } found)
        {
            return Replies.NotFound("segment");
        }

        var changed = await segments.ChangeAsync(project, segment, change.Name ?? found.Name, change.Description ?? found.Description, change.Where ?? found.Where, context.RequestAborted);
        return Replies.Of(changed.IsAccepted && change.IsArchived is { } isArchived ? await segments.ArchiveAsync(project, segment, isArchived, context.RequestAborted) : changed);
    }

    private static async Task<IResult> ReachAsync(HttpContext context, ISegments segments)
    {
        var body = await JsonBody.ReadAsync<ReachQuestion>(context.Request, context.RequestAborted);
        return body.IsAccepted ? Replies.Of(await segments.ReachAsync(context.ProjectId(), body.Value.Where, context.RequestAborted)) : Replies.Refusal(body.Problems);
    }

    private static async Task<IResult> ReachOfAsync(HttpContext context, ISegments segments, int segment) =>
        await segments.FindAsync(context.ProjectId(), segment, context.RequestAborted) is { } found
            ? Replies.Of(await segments.ReachAsync(context.ProjectId(), found.Where, context.RequestAborted))
            : Replies.NotFound("segment");

    /// <summary>A segment to be made.</summary>
    internal sealed record NewSegment(string Name, Predicate Where, string? Description = null);

    /// <summary>What is to change; what is left out stays.</summary>
    internal sealed record SegmentChange(string? Name = null, string? Description = null, Predicate? Where = null, bool? IsArchived = null);

    internal sealed record ReachQuestion(Predicate Where);
}
