using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Analytics.Contracts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Rondo;

/// <summary><c>/api/v1/lexicon</c> and <c>/api/v1/ingestion</c>: what is tracked, and how much of it was taken.</summary>
internal static class LexiconEndpoints
{
    private const int DefaultValues = 100;
    private const int MaximumValues = 1000;

    public static void Map(RouteGroupBuilder api)
    {
        var lexicon = api.MapGroup("/lexicon").WithTags("Lexicon");
        lexicon.MapGet("/events", EventsAsync).WithSummary("Event names, most events first").Produces<IReadOnlyList<EventSummary>>();
        lexicon.MapGet("/properties", PropertiesAsync).WithSummary("Properties of ?source=event (of one ?event=) or user").Produces<IReadOnlyList<PropertySummary>>().Produces<ErrorReply>(400);
        lexicon.MapGet("/usage", UsageAsync).WithSummary("How much each property of ?source=event or user is used, and when last").Produces<IReadOnlyList<PropertyUsage>>().Produces<ErrorReply>(400);
        lexicon.MapGet("/values", ValuesAsync).WithSummary("Values of a ?property=, most frequent first").Produces<IReadOnlyList<string>>().Produces<ErrorReply>(400);
        api.MapGet("/ingestion/counts", (HttpContext context, IIngestion ingestion) => Replies.Json(ingestion.CountsOf(context.ProjectId())))
            .WithTags("Lexicon").WithSummary("Records taken and dropped, by reason, since the server first started").Produces<IngestionCounts>();
    }

    private static async Task<IResult> EventsAsync(HttpContext context, ILexicon lexicon) =>
        Replies.Json(await lexicon.EventsAsync(context.ProjectId(), context.RequestAborted));

    private static async Task<IResult> PropertiesAsync(HttpContext context, ILexicon lexicon, string source = "event", string? @event = null) =>
        SourceOf(source) is { } from
            ? Replies.Json(await lexicon.PropertiesAsync(context.ProjectId(), from, @event, context.RequestAborted))
            : Replies.Refusal([UnknownSource]);

    private static async Task<IResult> UsageAsync(HttpContext context, ILexicon lexicon, string source = "event") =>
        SourceOf(source) is { } from ? Replies.Json(await lexicon.UsageAsync(context.ProjectId(), from, context.RequestAborted)) : Replies.Refusal([UnknownSource]);

    private static async Task<IResult> ValuesAsync(HttpContext context, ILexicon lexicon, string property = "", string source = "event", string? @event = null, string? search = null)
    {
        var problems = new List<Problem>();
        var limit = Paging.Read(context.Request.Query, "limit", DefaultValues, 1, MaximumValues, problems);
        if (property.Length == 0)
        {
            problems.Add(new Problem("property", "is required"));
        }

        if (SourceOf(source) is not { } from)
        {
            return Replies.Refusal([.. problems, UnknownSource]);
        }

        return problems.Count > 0
            ? Replies.Refusal(problems)
            : Replies.Json(await lexicon.ValuesAsync(context.ProjectId(), from, @event, property, search, limit, context.RequestAborted));
    }

    private static Problem UnknownSource => new("source", "must be event or user");

    private static PropertySource? SourceOf(string source) => source switch
    {
        "event" => PropertySource.Event,
        "user" => PropertySource.User,
        _ => null,
    };
}
