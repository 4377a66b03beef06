using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using NodaTime.Text;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Operations;
using Rondo.Model;

namespace Rondo.HttpApi.Rondo.Integrations;

/// <summary><c>/api/v1/streams</c>: events that are sent on to other places as they come.</summary>
internal static class StreamEndpoints
{
    private const string Messages = """{"name":"Message events","connection":1,"choice":{"types":["users.messages.*","users.campaigns.*"]}}""";
    private const string Past = """{"name":"Everything since March","connection":1,"choice":{"types":["*"],"productEvents":["*"]},"backfillFrom":"2026-03-01T00:00:00Z"}""";
    private const string Files = """{"name":"Files","connection":2,"choice":{"types":["*"]},"format":"avro","fileIntervalSeconds":300}""";

    public static void Map(RouteGroupBuilder api)
    {
        var streams = api.MapGroup("/streams").WithTags("Integrations");
        streams.MapGet("/", ListAsync).WithSummary("All streams, newest first, with their lag").Produces<IReadOnlyList<StreamReply>>();
        streams.MapPost("/", CreateAsync).WithSummary("Sends events on as they come, and the past from a moment")
            .Takes<NewStreamBody>(("Message events", Messages), ("With the past", Past), ("Into files", Files)).Produces<StreamReply>().Produces<ErrorReply>(400);
        streams.MapGet("/types", Types).WithSummary("The types that can be chosen, with their names here and their fields").Produces<IReadOnlyList<TypeReply>>();
        streams.MapGet("/{stream:int}", FindAsync).WithSummary("One stream").Produces<StreamReply>().Produces<ErrorReply>(404);
        streams.MapPut("/{stream:int}", ChangeAsync).WithSummary("Changes what it sends from now on").Takes<StreamBody>().Produces<StreamReply>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        streams.MapDelete("/{stream:int}", RemoveAsync).WithSummary("Ends it with its record").Produces<StreamReply>().Produces<ErrorReply>(404);
        streams.MapPost("/{stream:int}/pause", PauseAsync).WithSummary("Stops it until it is resumed").Produces<StreamReply>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        streams.MapPost("/{stream:int}/resume", ResumeAsync).WithSummary("Goes on where it was; one that waits or is halted is tried now").Produces<StreamReply>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        streams.MapPost("/{stream:int}/backfill", BackfillAsync).WithSummary("Sends what happened since a moment, under the ids it has already").Takes<BackfillBody>().Produces<StreamReply>().Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        streams.MapGet("/{stream:int}/record", RecordAsync).WithSummary("What did not arrive, and why, as CSV").Produces<string>(200, "text/csv").Produces<ErrorReply>(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IEventStreams streams) =>
        Replies.Json((await streams.ListAsync(context.ProjectId(), context.RequestAborted)).Select(StreamReply.Of).ToList());

    private static IResult Types() => Replies.Json(CurrentsCatalogue.All.Select(type => new TypeReply(type.Type, type.EventName, type.Fields, [.. type.Fields.Where(type.RequiredFields.Contains)])).ToList());

    private static Task<IResult> FindAsync(HttpContext context, IEventStreams streams, int stream) =>
        WithAsync(context, streams, stream, found => Task.FromResult(Replies.Json(StreamReply.Of(found))));

    private static async Task<IResult> CreateAsync(HttpContext context, IEventStreams streams)
    {
        var body = await JsonBody.ReadAsync<NewStreamBody>(context.Request, context.RequestAborted);
        return body.IsAccepted
            ? Named(await streams.CreateAsync(
                context.ProjectId(),
                new NewStream(new ConnectionId(body.Value.Connection), new StreamSettings(body.Value.Name, body.Value.Choice, body.Value.Format, IntervalOf(body.Value.FileIntervalSeconds)), body.Value.BackfillFrom),
                context.RequestAborted))
            : Replies.Refusal(body.Problems);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, IEventStreams streams, int stream)
    {
        var body = await JsonBody.ReadAsync<StreamBody>(context.Request, context.RequestAborted);
        return body.IsAccepted
            ? await WithAsync(context, streams, stream, async found => Named(await streams.ChangeAsync(
                context.ProjectId(), found.Id, new StreamSettings(body.Value.Name, body.Value.Choice, body.Value.Format, IntervalOf(body.Value.FileIntervalSeconds)), context.RequestAborted)))
            : Replies.Refusal(body.Problems);
    }

    private static Task<IResult> RemoveAsync(HttpContext context, IEventStreams streams, int stream) =>
        WithAsync(context, streams, stream, async found => Named(await streams.RemoveAsync(context.ProjectId(), found.Id, context.RequestAborted)));

    private static Task<IResult> PauseAsync(HttpContext context, IEventStreams streams, int stream) =>
        WithAsync(context, streams, stream, async found => Named(await streams.PauseAsync(context.ProjectId(), found.Id, context.RequestAborted)));

    private static Task<IResult> ResumeAsync(HttpContext context, IEventStreams streams, int stream) =>
        WithAsync(context, streams, stream, async found => Named(await streams.ResumeAsync(context.ProjectId(), found.Id, context.RequestAborted)));

    private static async Task<IResult> BackfillAsync(HttpContext context, IEventStreams streams, int stream)
    {
        var body = await JsonBody.ReadAsync<BackfillBody>(context.Request, context.RequestAborted);
        return body.IsAccepted
            ? await WithAsync(context, streams, stream, async found => Named(await streams.BackfillAsync(context.ProjectId(), found.Id, body.Value.From, context.RequestAborted), "from"))
            : Replies.Refusal(body.Problems);
    }

    private static Task<IResult> RecordAsync(HttpContext context, IEventStreams streams, int stream) => WithAsync(context, streams, stream, async found =>
    {
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"stream-{stream}.csv\"";
        await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16, leaveOpen: true);
        await CsvRow.WriteAsync(writer, ["at", "reason", "id", "event", "distinct_id", "detail"]);
        await foreach (var line in streams.RecordAsync(context.ProjectId(), found.Id, context.RequestAborted))
        {
            await CsvRow.WriteAsync(writer, [InstantPattern.ExtendedIso.Format(line.At), ReasonOf(line.Reason), line.EventId, line.Event, line.DistinctId, line.Detail]);
        }

        return Results.Empty;
    });

    private static async Task<IResult> WithAsync(HttpContext context, IEventStreams streams, int stream, Func<EventStream, Task<IResult>> answer) =>
        await streams.FindAsync(context.ProjectId(), new StreamId(stream), context.RequestAborted) is { } found ? await answer(found) : Replies.NotFound("stream");

    /// <summary>The fields as this interface calls them.</summary>
    private static IResult Named(Outcome<EventStream> outcome, string beginning = "backfillFrom") => outcome.IsAccepted
        ? Replies.Json(StreamReply.Of(outcome.Value))
        : Replies.Refusal([.. outcome.Problems.Select(problem => problem.Field switch
        {
            "fileInterval" => problem with { Field = "fileIntervalSeconds" },
            "backfillFrom" => problem with { Field = beginning },
            _ => problem,
        })]);

    private static Duration? IntervalOf(double? seconds) => seconds switch
    {
        null => null,
        double.NaN => Duration.Zero,
        _ => Duration.FromSeconds(Math.Clamp(seconds.Value, -1, 1e9)),
    };

    private static string ReasonOf(StreamLoss reason) => reason switch { StreamLoss.Refused => "refused", StreamLoss.TooLarge => "tooLarge", _ => "gone" };

    /// <summary>A stream to be made.</summary>
    /// <param name="Name">Unique within the project.</param>
    /// <param name="Connection">Where to.</param>
    /// <param name="Choice">Which events.</param>
    /// <param name="Format">How files are written; left out: ndjson. Files only.</param>
    /// <param name="FileIntervalSeconds">1 to 3,600; left out: 300. Files only.</param>
    /// <param name="BackfillFrom">Send what happened since, too; left out: begin now.</param>
    internal sealed record NewStreamBody(string Name, int Connection, EventChoice Choice, StreamFileFormat? Format = null, double? FileIntervalSeconds = null, Instant? BackfillFrom = null);

    /// <summary>What can be changed of a stream.</summary>
    internal sealed record StreamBody(string Name, EventChoice Choice, StreamFileFormat? Format = null, double? FileIntervalSeconds = null);

    internal sealed record BackfillBody(Instant From);

    /// <summary>A type of Currents.</summary>
    internal sealed record TypeReply(string Type, string Event, IReadOnlyList<string> Fields, IReadOnlyList<string> Required);

    internal sealed record LagReply(long Events, bool IsAtLeast, double Seconds);

    /// <summary>A stream as this interface shows it.</summary>
    internal sealed record StreamReply(
        int Id,
        string Name,
        int Connection,
        EventChoice Choice,
        StreamFileFormat? Format,
        double? FileIntervalSeconds,
        StreamState State,
        Instant CreatedAt,
        StreamCounts Counts,
        LagReply Lag,
        StreamBackfill? Backfill,
        Instant? LastSentAt,
        Instant? NextAt,
        SyncTrouble? Trouble)
    {
        public static StreamReply Of(EventStream stream) => new(
            stream.Id.Value,
            stream.Settings.Name,
            stream.Connection.Value,
            stream.Settings.Choice,
            stream.Settings.Format,
            stream.Settings.FileInterval?.TotalSeconds,
            stream.State,
            stream.CreatedAt,
            stream.Counts,
            new LagReply(stream.Lag.Events, stream.Lag.IsAtLeast, stream.Lag.Behind.TotalSeconds),
            stream.Backfill,
            stream.LastSentAt,
            stream.NextAt,
            stream.Trouble);
    }
}
