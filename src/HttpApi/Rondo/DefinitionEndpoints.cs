using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Operations;
using Rondo.Model;

namespace Rondo.HttpApi.Rondo;

/// <summary><c>/api/v1/lexicon/custom-events</c>, <c>…/custom-properties</c> and <c>…/lookup-tables</c>: what a project names for its questions.</summary>
internal static class DefinitionEndpoints
{
    private const long MaximumTableBytes = 101L << 20;

    public static void Map(RouteGroupBuilder api)
    {
        var lexicon = api.MapGroup("/lexicon").WithTags("Lexicon");
        lexicon.MapGet("/custom-events", async (HttpContext context, IDefinitions definitions) => Replies.Json(await definitions.CustomEventsAsync(context.ProjectId(), context.RequestAborted)))
            .WithSummary("Custom events by name").Produces<IReadOnlyList<CustomEvent>>();
        lexicon.MapPut("/custom-events", (HttpContext context, IDefinitions definitions) => SaveAsync<CustomEvent>(context, wanted => definitions.SaveAsync(context.ProjectId(), wanted with { Description = wanted.Description ?? string.Empty }, context.RequestAborted)))
            .WithSummary("Saves a custom event under its name: any of up to 25 events, each with a filter").Takes<CustomEvent>(("Anything that shows interest", """{"name":"Interested","description":"","anyOf":[{"event":"View Item"},{"event":"Search","filter":{"kind":"property","source":"event","property":"results","operator":"atLeast","values":[1]}}]}""")).Produces<CustomEvent>().Produces<ErrorReply>(400);
        lexicon.MapDelete("/custom-events/{name}", async (HttpContext context, IDefinitions definitions, string name) => Deleted(await definitions.DeleteCustomEventAsync(context.ProjectId(), name, context.RequestAborted), "custom event"))
            .WithSummary("Deletes a custom event").Produces(204).Produces<ErrorReply>(404);
        lexicon.MapGet("/custom-properties", async (HttpContext context, IDefinitions definitions) => Replies.Json(await definitions.CustomPropertiesAsync(context.ProjectId(), context.RequestAborted)))
            .WithSummary("Custom properties by name").Produces<IReadOnlyList<CustomProperty>>();
        lexicon.MapPut("/custom-properties", (HttpContext context, IDefinitions definitions) => SaveAsync<CustomProperty>(context, wanted => definitions.SaveAsync(context.ProjectId(), wanted with { Description = wanted.Description ?? string.Empty, Expression = wanted.Expression ?? string.Empty }, context.RequestAborted)))
            .WithSummary("Saves a custom property under its name: an expression such as if(properties[\"price\"] > 100, \"high\", user[\"plan\"])").Takes<CustomProperty>(("Orders by size", """{"name":"Order size","description":"","expression":"ifs(properties[\"amount\"] >= 100, \"large\", properties[\"amount\"] >= 20, \"medium\", true, \"small\")"}""")).Produces<CustomProperty>().Produces<ErrorReply>(400);
        lexicon.MapDelete("/custom-properties/{name}", async (HttpContext context, IDefinitions definitions, string name) => Deleted(await definitions.DeleteCustomPropertyAsync(context.ProjectId(), name, context.RequestAborted), "custom property"))
            .WithSummary("Deletes a custom property").Produces(204).Produces<ErrorReply>(404);
        lexicon.MapGet("/lookup-tables", async (HttpContext context, IDefinitions definitions) => Replies.Json(await definitions.LookupTablesAsync(context.ProjectId(), context.RequestAborted)))
            .WithSummary("Lookup tables by name, without their rows").Produces<IReadOnlyList<LookupTableSummary>>();
        lexicon.MapPut("/lookup-tables/{name}", SaveTableAsync)
            .WithSummary("Puts a lookup table in place, whole: CSV with a header, the first column is the key; used as lookup(\"NAME\", \"COLUMN\", properties[\"KEY\"])")
            .Produces<LookupTableSummary>().Produces<ErrorReply>(400);
        lexicon.MapDelete("/lookup-tables/{name}", async (HttpContext context, IDefinitions definitions, string name) => Deleted(await definitions.DeleteTableAsync(context.ProjectId(), name, context.RequestAborted), "lookup table"))
            .WithSummary("Deletes a lookup table").Produces(204).Produces<ErrorReply>(404);
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

    private static IResult Deleted(bool wasThere, string what) => wasThere ? TypedResults.NoContent() : Replies.NotFound(what);
}
