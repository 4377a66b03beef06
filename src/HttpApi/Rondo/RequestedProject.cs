using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Rondo;

/// <summary>
/// Lets a request through that may speak for a project: with the project's REST key or secret, or with the operator's token
/// and the project's number or name in the query ("project"). Everything under it finds the project in the request.
/// </summary>
internal sealed class RequireProject : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var access = http.RequestServices.GetRequiredService<ProjectAccess>();
        var named = http.Request.Query["project"] is { Count: > 0 } value ? value[^1] : null;
        if (await access.FindAsync(http.Request, named, http.RequestAborted) is { } project)
        {
            http.Features.Set(project);
            return await next(context);
        }

        if (!access.IsAdmin(http.Request))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Replies.Error(StatusCodes.Status401Unauthorized, "Send the project's REST key as a bearer token, or its secret by HTTP Basic.", []);
        }

        return named is null
            ? Replies.Error(StatusCodes.Status400BadRequest, "Name a project in the query: ?project=NUMBER or ?project=NAME.", [])
            : Replies.NotFound("project");
    }
}

/// <summary>Lets only the operator through.</summary>
internal sealed class RequireAdmin : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.RequestServices.GetRequiredService<ProjectAccess>().IsAdmin(http.Request))
        {
            return await next(context);
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Replies.Error(StatusCodes.Status401Unauthorized, "Send the data folder's admin token as a bearer token.", []);
    }
}

/// <summary>The project a request speaks for.</summary>
internal static class RequestedProject
{
    public static Project Project(this HttpContext context) =>
        context.Features.Get<Project>() ?? throw new InvalidOperationException($"{context.Request.Path} is mapped without {nameof(RequireProject)}.");

    public static ProjectId ProjectId(this HttpContext context) => context.Project().Id;
}
