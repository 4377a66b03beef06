using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.OpenApi;

namespace Rondo.HttpApi.Operations;

/// <summary>Describes the JSON that an endpoint reads itself.</summary>
internal static class RequestBody
{
    /// <summary>
    /// Names the body's type in the API's description, and in it alone: the framework's own way of saying so would turn
    /// away every request whose content type is another, such as curl's.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="examples">Bodies to begin with, by what they ask; all of them are accepted.</param>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint, params (string Title, string Json)[] examples) => endpoint.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellationToken);
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new OpenApiMediaType
                {
                    Schema = schema,
                    Examples = examples.Length == 0 ? null : examples.ToDictionary(example => example.Title, IOpenApiExample (example) => new OpenApiExample { Summary = example.Title, Value = JsonNode.Parse(example.Json) }),
                },
            },
        };
    });
}
