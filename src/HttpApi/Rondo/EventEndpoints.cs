using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using NodaTime.Text;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.HttpApi.Rondo;

/// <summary><c>/api/v1/events</c>: the newest ones, and all of them as a stream of lines.</summary>
internal static class EventEndpoints
{
    private const int DefaultLatest = 100;
    private const int MaximumLatest = 1000;
    private const int FlushBytes = 64 * 1024;

    public static void Map(RouteGroupBuilder api)
    {
        var events = api.MapGroup("/events").WithTags("Events");
        events.MapGet("/latest", LatestAsync).WithSummary("The newest events, newest first: ?event=, ?limit=").Produces<IReadOnlyList<EventReply>>().Produces<ErrorReply>(400);
        events.MapGet("/export", ExportAsync).WithSummary("Every event of the days ?from= to ?to= (both included, project time zone), one JSON object a line as Mixpanel exports them; ?event= may be repeated").Produces(200, contentType: "application/x-ndjson").Produces<ErrorReply>(400);
    }

    private static async Task<IResult> LatestAsync(HttpContext context, ILexicon lexicon, string? @event = null)
    {
        var problems = new List<Problem>();
        var limit = Paging.Read(context.Request.Query, "limit", DefaultLatest, 1, MaximumLatest, problems);
        return problems.Count > 0
            ? Replies.Refusal(problems)
            : Replies.Json<IReadOnlyList<EventReply>>([.. (await lexicon.LatestAsync(context.ProjectId(), @event, limit, context.RequestAborted)).Select(EventReply.Of)]);
    }

    private static async Task<IResult> ExportAsync(HttpContext context, IEventStores stores, string? from = null, string? to = null)
    {
        var problems = new List<Problem>();
        var calendar = context.Project().Calendar;
        var window = new TimeWindow(
            ReadDate(from, "from", problems) is { } first ? calendar.StartOf(first) : TimeWindow.Always.Start,
            ReadDate(to, "to", problems) is { } last ? calendar.StartOf(last.PlusDays(1)) : TimeWindow.Always.End);
        if (problems.Count > 0)
        {
            return Replies.Refusal(problems);
        }

        var names = context.Request.Query["event"].OfType<string>().ToArray();
        var store = await stores.OpenAsync(context.ProjectId(), context.RequestAborted);
        context.Response.ContentType = "application/x-ndjson";
        var body = context.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        await foreach (var tracked in store.ExportAsync(names, window, context.RequestAborted))
        {
            Write(json, tracked);
            json.Flush();
            json.Reset();
            body.Write("\n"u8);
            if (body.UnflushedBytes >= FlushBytes)
            {
                await body.FlushAsync(context.RequestAborted);
            }
        }

        await body.FlushAsync(context.RequestAborted);
        return Results.Empty;
    }

    private static void Write(Utf8JsonWriter json, TrackedEvent tracked)
    {
        json.WriteStartObject();
        json.WriteString("event", tracked.Name);
        json.WriteStartObject("properties");
        json.WriteNumber("time", tracked.Time.ToUnixTimeMilliseconds());
        json.WriteString("distinct_id", tracked.DistinctId);
        WriteIfSet(json, "$insert_id", tracked.InsertId);
        WriteIfSet(json, "$device_id", tracked.DeviceId);
        WriteIfSet(json, "$user_id", tracked.UserId);
        foreach (var property in tracked.Properties)
        {
            json.WritePropertyName(property.Name);
            PropertyValueJson.Write(json, property.Value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteIfSet(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static LocalDate? ReadDate(string? text, string field, List<Problem> problems)
    {
        if (text is null)
        {
            return null;
        }

        if (LocalDatePattern.Iso.Parse(text) is { Success: true, Value: { Year: >= 1971 and <= 2200 } date })
        {
            return date;
        }

        problems.Add(new Problem(field, "must be a date like 2026-01-31"));
        return null;
    }
}
