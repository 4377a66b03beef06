using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Operations;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.HttpApi.Rondo;

/// <summary><c>/api/v1/projects</c>: for the operator of the server.</summary>
internal static class ProjectEndpoints
{
    private const int MaximumRetentionDays = 36_500;

    public static void Map(RouteGroupBuilder admin)
    {
        var projects = admin.MapGroup("/projects").WithTags("Projects");
        projects.MapGet("/", ListAsync).WithSummary("All projects by name").Produces<IReadOnlyList<ProjectReply>>();
        projects.MapPost("/", CreateAsync).WithSummary("Makes a project; its keys are shown this once").Takes<NewProject>().Produces<ProjectReply>().Produces<ErrorReply>(400);
        projects.MapPatch("/{project:int}", ChangeAsync).WithSummary("Changes name, time zone, first day of the week or what a session is").Takes<ProjectChange>(("Sessions of 45 minutes", """{"sessions":{"kind":"timeout","timeoutSeconds":2700}}"""), ("Sessions between two events", """{"sessions":{"kind":"events","start":{"event":"App Open"},"end":{"event":"App Close"}}}""")).Produces<ProjectReply>().Produces<ErrorReply>(400);
        projects.MapGet("/{project:int}/retention", ReadRetentionAsync).WithSummary("How many days events are kept; null is for ever").Produces<Retention>().Produces<ErrorReply>(404);
        projects.MapPut("/{project:int}/retention", ChangeRetentionAsync).WithSummary("Keeps events for so many days, or for ever; older ones are gone when it answers").Takes<Retention>().Produces<Retention>().Produces<ErrorReply>(400);
        projects.MapPost("/{project:int}/keys", ReplaceKeysAsync).WithSummary("Replaces secret and REST key; the old ones stop working at once").Produces<ProjectReply>().Produces<ErrorReply>(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IProjects projects) =>
        Replies.Json<IReadOnlyList<ProjectReply>>([.. (await projects.ListAsync(context.RequestAborted)).Select(project => ProjectReply.Of(project))]);

    private static async Task<IResult> CreateAsync(HttpContext context, IProjects projects)
    {
        var body = await JsonBody.ReadAsync<NewProject>(context.Request, context.RequestAborted);
        if (!body.IsAccepted)
        {
            return Replies.Refusal(body.Problems);
        }

        var made = await projects.CreateAsync(body.Value, context.RequestAborted);
        return made.IsAccepted ? Replies.Json(ProjectReply.Of(made.Value)) : Replies.Refusal(made.Problems);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, IProjects projects, int project)
    {
        var body = await JsonBody.ReadAsync<ProjectChange>(context.Request, context.RequestAborted);
        if (!body.IsAccepted)
        {
            return Replies.Refusal(body.Problems);
        }

        if (await projects.FindAsync(new ProjectId(project), context.RequestAborted) is not { } found)
        {
            return Replies.NotFound("project");
        }

        var change = body.Value;
        var changed = await projects.ChangeAsync(found.Id, change.Name ?? found.Name, change.TimeZone ?? found.Calendar.Zone.Id, change.WeekStart ?? found.Calendar.WeekStart, context.RequestAborted);
        if (changed.IsAccepted && change.Sessions is not null)
        {
            changed = await projects.ChangeSessionsAsync(found.Id, change.Sessions, context.RequestAborted);
        }

        return changed.IsAccepted ? Replies.Json(ProjectReply.Of(changed.Value)) : Replies.Refusal(changed.Problems);
    }

    private static async Task<IResult> ReadRetentionAsync(HttpContext context, IProjects projects, IEventStores stores, int project) =>
        await projects.FindAsync(new ProjectId(project), context.RequestAborted) is { } found
            ? Replies.Json(new Retention((await stores.OpenAsync(found.Id, context.RequestAborted)).RetentionDays))
            : Replies.NotFound("project");

    private static async Task<IResult> ChangeRetentionAsync(HttpContext context, IProjects projects, IEventStores stores, int project)
    {
        var body = await JsonBody.ReadAsync<Retention>(context.Request, context.RequestAborted);
        if (!body.IsAccepted)
        {
            return Replies.Refusal(body.Problems);
        }

        if (body.Value.Days is < 1 or > MaximumRetentionDays)
        {
            return Replies.Refusal([new Problem("days", $"must be 1 to {MaximumRetentionDays}, or null to keep events for ever")]);
        }

        if (await projects.FindAsync(new ProjectId(project), context.RequestAborted) is not { } found)
        {
            return Replies.NotFound("project");
        }

        await (await stores.OpenAsync(found.Id, context.RequestAborted)).SetRetentionAsync(body.Value.Days, context.RequestAborted);
        return Replies.Json(body.Value);
    }

    private static async Task<IResult> ReplaceKeysAsync(HttpContext context, IProjects projects, int project) =>
        await projects.ReplaceKeysAsync(new ProjectId(project), context.RequestAborted) is { IsAccepted: true } replaced ? Replies.Json(ProjectReply.Of(replaced.Value)) : Replies.NotFound("project");

    /// <summary>How long events are kept.</summary>
    /// <param name="Days">Days before today in UTC; null is for ever.</param>
    internal sealed record Retention(int? Days);

    /// <summary>What is to change; what is left out stays.</summary>
    internal sealed record ProjectChange(string? Name = null, string? TimeZone = null, IsoDayOfWeek? WeekStart = null, SessionDefinition? Sessions = null);

    /// <summary>A project; secret and REST key only right after they were made.</summary>
    internal sealed record ProjectReply(int Id, string Name, string Token, string TimeZone, IsoDayOfWeek WeekStart, Instant CreatedAt, string? Secret, string? RestKey, SessionDefinition Sessions)
    {
        public static ProjectReply Of(Project project, string? secret = null, string? restKey = null) =>
            new(project.Id.Value, project.Name, project.Token, project.Calendar.Zone.Id, project.Calendar.WeekStart, project.CreatedAt, secret, restKey, project.Sessions);

        public static ProjectReply Of(ProjectWithKeys made) => Of(made.Project, made.Secret, made.RestKey);
    }
}
