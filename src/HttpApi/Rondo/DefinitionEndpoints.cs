using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Operations;
using Rondo.Model;

namespace Rondo.HttpApi.Rondo;

/// <summary><c>/api/v1/lexicon/entries</c>, <c>…/custom-events</c>, <c>…/custom-properties</c> and <c>…/lookup-tables</c>: what a project names for its questions.</summary>
internal static class DefinitionEndpoints
{
    private const long MaximumTableBytes = 101L << 20;

    public static void Map(RouteGroupBuilder api)
    {
        var lexicon = api.MapGroup("/lexicon").WithTags("Lexicon");
        lexicon.MapGet("/entries", async (HttpContext context, IDefinitions definitions) => Replies.Json(await definitions.EntriesAsync(context.ProjectId(), context.RequestAborted)))
            .WithSummary("What is written about events and properties: display name, description, status").Produces<IReadOnlyList<LexiconEntry>>();
        lexicon.MapPut("/entries", (HttpContext context, IDefinitions definitions) => SaveAsync<LexiconEntry>(context, wanted => definitions.SaveAsync(context.ProjectId(), wanted with { DisplayName = wanted.DisplayName ?? string.Empty, Description = wanted.Description ?? string.Empty }, context.RequestAborted)))
            .WithSummary("Writes about an event or a property: visible, hidden (not offered, not \"any event\") or dropped (hidden, and no longer taken)").Takes<LexiconEntry>(("Hide an event", """{"kind":"event","name":"Heartbeat","description":"Sent every minute","status":"hidden"}"""), ("Name a property", """{"kind":"eventProperty","name":"utm_source","displayName":"Source of the visit"}""")).Produces<LexiconEntry>().Produces<ErrorReply>(400);
        lexicon.MapGet("/custom-events", async (HttpContext context, IDefinitions definitions) => Replies.Json(await definitions.CustomEventsAsync(context.ProjectId(), context.RequestAborted)))
            .WithSummary("Custom events by name").Produces<IReadOnlyList<CustomEvent>>();
        lexicon.MapPut("/custom-events", (HttpContext context, IDefinitions definitions) => SaveAsync<CustomEvent>(context, wanted => definitions.SaveAsync(context.ProjectId(), wanted with { Description = wanted.Description ?? string.Empty }, context.RequestAborted)))
            .WithSummary("Saves a custom event under its name: any of up to 25 events, each with a filter").Takes<CustomEvent>(("Anything that shows interest", """{"name":"Interested","description":"","anyOf":[{"event":"View Item"},{"event":"Search","filter":{"kind":"property","source":"event","property":"results","operator":"atLeast","values":[1]}}]}""")).Produces<CustomEvent>().Produces<ErrorReply>(400);
        lexicon.MapDelete("/custom-events/{name}", (HttpContext context, IDefinitions definitions, string name) => DeleteAsync(context, definitions, DefinedKind.CustomEvent, name, "custom event"))
            .WithSummary("Deletes a custom event that nothing names").Produces(204).Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        lexicon.MapGet("/custom-properties", async (HttpContext context, IDefinitions definitions) => Replies.Json(await definitions.CustomPropertiesAsync(context.ProjectId(), context.RequestAborted)))
            .WithSummary("Custom properties by name").Produces<IReadOnlyList<CustomProperty>>();
        lexicon.MapPut("/custom-properties", (HttpContext context, IDefinitions definitions) => SaveAsync<CustomProperty>(context, wanted => definitions.SaveAsync(context.ProjectId(), wanted with { Description = wanted.Description ?? string.Empty, Expression = wanted.Expression ?? string.Empty }, context.RequestAborted)))
            .WithSummary("Saves a custom property under its name: an expression such as if(properties[\"price\"] > 100, \"high\", user[\"plan\"])").Takes<CustomProperty>(("Orders by size", """{"name":"Order size","description":"","expression":"ifs(properties[\"amount\"] >= 100, \"large\", properties[\"amount\"] >= 20, \"medium\", true, \"small\")"}""")).Produces<CustomProperty>().Produces<ErrorReply>(400);
        lexicon.MapDelete("/custom-properties/{name}", (HttpContext context, IDefinitions definitions, string name) => DeleteAsync(context, definitions, DefinedKind.CustomProperty, name, "custom property"))
            .WithSummary("Deletes a custom property that nothing names").Produces(204).Produces<ErrorReply>(400).Produces<ErrorReply>(404);
        lexicon.MapGet("/lookup-tables", async (HttpContext context, IDefinitions definitions) => Replies.Json(await definitions.LookupTablesAsync(context.ProjectId(), context.RequestAborted)))
            .WithSummary("Lookup tables by name, without their rows").Produces<IReadOnlyList<LookupTableSummary>>();
        lexicon.MapPut("/lookup-tables/{name}", SaveTableAsync)
            .WithSummary("Puts a lookup table in place, whole: CSV with a header, the first column is the key; used as lookup(\"NAME\", \"COLUMN\", properties[\"KEY\"])")
            .Produces<LookupTableSummary>().Produces<ErrorReply>(400);
        lexicon.MapDelete("/lookup-tables/{name}", (HttpContext context, IDefinitions definitions, string name) => DeleteAsync(context, definitions, DefinedKind.LookupTable, name, "lookup table"))
            .WithSummary("Deletes a lookup table that nothing names").Produces(204).Produces<ErrorReply>(400).Produces<ErrorReply>(404);
    }

    private static async Task<IResult> SaveAsync<T>(HttpContext context, Func<T, Task<Outcome<T>>> save)
        where T : class
    {
        var body = await JsonBody.ReadAsync<T>(context.Request, context.RequestAborted);
        return body.IsAccepted ? Replies.Of(await save(body.Value)) : Replies.Refusal(body.Problems);
    }

    private static async Task<IResult> SaveTableAsync(HttpContext context, IDefinitions definitions, string name)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MaximumTableBytes;
        }

        return Replies.Of(await definitions.SaveTableAsync(context.ProjectId(), name, context.Request.Body, context.RequestAborted));
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, IDefinitions definitions, DefinedKind kind, string name, string what) =>
        await definitions.DeleteAsync(context.ProjectId(), kind, name, context.RequestAborted) switch
        {
            { IsAccepted: false } refused => Replies.Refusal(refused.Problems),
            { Value: true } => TypedResults.NoContent(),
            _ => Replies.NotFound(what),
        };
}
