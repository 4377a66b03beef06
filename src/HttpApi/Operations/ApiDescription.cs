using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using NodaTime;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Scalar.AspNetCore;

namespace Rondo.HttpApi.Operations;

/// <summary>Describes our own interface: <c>/openapi/v1.json</c> for programs, <c>/scalar</c> for people.</summary>
internal static class ApiDescription
{
    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Rondo", Version = "v1", Description = "Reports, cohorts, people and projects. Mixpanel's and Braze's own paths are described by their vendors." };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["restKey"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The project's REST key, or the data folder's admin token with ?project=." },
                ["secret"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "basic", Description = "The project's secret as user name, without password." },
            };
            document.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("restKey", document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("secret", document)] = [] },
            ];
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            Describe(schema, context.JsonTypeInfo);
            return Task.CompletedTask;
        });
    });

    public static void Map(WebApplication application)
    {
        application.MapOpenApi();
        application.MapScalarApiReference();
    }

    /// <summary>Types that write themselves, which the generator cannot look into.</summary>
    private static void Describe(OpenApiSchema schema, JsonTypeInfo type)
    {
        if (type.Type == typeof(Instant) || type.Type == typeof(Instant?))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        }
        else if (type.Type == typeof(LocalDate))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date");
        }
        else if (type.Type == typeof(CohortId))
        {
            schema.Type = JsonSchemaType.Integer;
        }
        else if (type.Type == typeof(PropertyValue))
        {
            schema.Description = "Any JSON value.";
        }
    }
}
