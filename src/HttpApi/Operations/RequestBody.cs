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
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint) => endpoint.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellationToken);
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = schema } },
        };
    });
}
