using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Operations;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Rondo;

/// <summary><c>/api/v1/cohorts</c>: groups of people by definition or by list.</summary>
internal static class CohortEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var cohorts = api.MapGroup("/cohorts").WithTags("Cohorts");
        cohorts.MapGet("/", ListAsync).WithSummary("All cohorts, newest first; ?archived=true includes archived ones").Produces<IReadOnlyList<Cohort>>();
        cohorts.MapPost("/", CreateAsync).WithSummary("Makes a cohort: dynamic from a definition, static from members or from what a definition gives now").Takes<NewCohort>(ReportExamples.Cohort).Produces<Cohort>().Produces<ErrorReply>(400);
        cohorts.MapPost("/preview", PreviewAsync).WithSummary("How many would belong").Takes<CohortPreview>().Produces<CohortPreviewReply>().Produces<ErrorReply>(400);
        cohorts.MapGet("/{cohort:int}", FindAsync).WithSummary("One cohort").Produces<Cohort>().Produces<ErrorReply>(404);
        cohorts.MapPatch("/{cohort:int}", ChangeAsync).WithSummary("Changes name, description, definition, or archives").Takes<CohortChange>().Produces<Cohort>().Produces<ErrorReply>(400);
        cohorts.MapPost("/{cohort:int}/refresh", RefreshAsync).WithSummary("Computes it now").Produces<Cohort>().Produces<ErrorReply>(404);
        cohorts.MapPost("/{cohort:int}/compare", CompareAsync).WithSummary("Compares the live members with a full computation now; heals and tells any difference").Produces<CohortComparison>().Produces<ErrorReply>(404);
        cohorts.MapGet("/{cohort:int}/compare", LastComparisonAsync).WithSummary("What the last comparison with a full computation found; null when there was none").Produces<CohortComparison>().Produces<ErrorReply>(404);
        cohorts.MapGet("/{cohort:int}/members", MembersAsync).WithSummary("Its people, since when and why; as CSV with Accept: text/csv").Produces<MembersReply>().Produces<ErrorReply>(404);
        cohorts.MapGet("/{cohort:int}/history", HistoryAsync).WithSummary("Its size over time").Produces<IReadOnlyList<CohortSize>>().Produces<ErrorReply>(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ICohorts cohorts, bool archived = false) =>
        Replies.Json(await cohorts.ListAsync(context.ProjectId(), archived, context.RequestAborted));

    private static async Task<IResult> FindAsync(HttpContext context, ICohorts cohorts, int cohort) =>
        await cohorts.FindAsync(context.ProjectId(), new CohortId(cohort), context.RequestAborted) is { } found ? Replies.Json(found) : Replies.NotFound("cohort");

    private static async Task<IResult> CreateAsync(HttpContext context, ICohorts cohorts, IEventStores stores)
    {
        var body = await JsonBody.ReadAsync<NewCohort>(context.Request, context.RequestAborted);
        if (!body.IsAccepted)
        {
            return Replies.Refusal(body.Problems);
        }

        var (project, wanted) = (context.ProjectId(), body.Value);
        if (wanted.Members is not null)
        {
            return await CreateFromMembersAsync(context, cohorts, stores, wanted);
        }

        if (wanted.Definition is null)
        {
            return Replies.Refusal([new Problem("definition", "is required, unless members are given")]);
        }

        if (!wanted.Static)
        {
            return Replies.Of(await cohorts.CreateAsync(project, wanted.Name, wanted.Description ?? string.Empty, wanted.Definition, context.RequestAborted));
        }

        var members = await cohorts.PreviewAsync(project, wanted.Definition, context.RequestAborted);
        if (!members.IsAccepted)
        {
            return Replies.Refusal(members.Problems);
        }

        var all = (await cohorts.ListAsync(project, includeArchived: true, context.RequestAborted)).ToDictionary(cohort => cohort.Id, cohort => cohort.Name);
        var origin = wanted.Origin ?? Wording.Of(wanted.Definition, cohort => all.GetValueOrDefault(cohort));
        return Replies.Of(await cohorts.CreateStaticAsync(project, wanted.Name, origin, members.Value, context.RequestAborted));
    }

    private static async Task<IResult> CreateFromMembersAsync(HttpContext context, ICohorts cohorts, IEventStores stores, NewCohort wanted)
    {
        if (wanted.Definition is not null)
        {
            return Replies.Refusal([new Problem("members", "cannot stand beside a definition")]);
        }

        var store = await stores.OpenAsync(context.ProjectId(), context.RequestAborted);
        var found = wanted.Members!.Select((id, index) => (Index: index, Person: string.IsNullOrEmpty(id) ? null : store.FindPerson(id))).ToList();
        var unknown = found.Where(member => member.Person is null).Select(member => new Problem($"members[{member.Index}]", "is nobody in this project")).ToList();
        return unknown.Count > 0
            ? Replies.Refusal(unknown)
            : Replies.Of(await cohorts.CreateStaticAsync(context.ProjectId(), wanted.Name, wanted.Origin ?? "a list of ids sent over the API", PersonSet.Of(found.Select(member => member.Person!.Value)), context.RequestAborted));
    }

    private static async Task<IResult> PreviewAsync(HttpContext context, ICohorts cohorts)
    {
        var body = await JsonBody.ReadAsync<CohortPreview>(context.Request, context.RequestAborted);
        if (!body.IsAccepted)
        {
            return Replies.Refusal(body.Problems);
        }

        var members = await cohorts.PreviewAsync(context.ProjectId(), body.Value.Definition, context.RequestAborted);
        return members.IsAccepted ? Replies.Json(new CohortPreviewReply(members.Value.Count)) : Replies.Refusal(members.Problems);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, ICohorts cohorts, int cohort)
    {
        var body = await JsonBody.ReadAsync<CohortChange>(context.Request, context.RequestAborted);
        if (!body.IsAccepted)
        {
            return Replies.Refusal(body.Problems);
        }

        var (project, id, change) = (context.ProjectId(), new CohortId(cohort), body.Value);
        if (await cohorts.FindAsync(project, id, context.RequestAborted) is not { } found)
        {
            return Replies.NotFound("cohort");
        }

        var changed = await cohorts.ChangeAsync(project, id, change.Name ?? found.Name, change.Description ?? found.Description, change.Definition, context.RequestAborted);
        return Replies.Of(changed.IsAccepted && change.IsArchived is { } isArchived ? await cohorts.ArchiveAsync(project, id, isArchived, context.RequestAborted) : changed);
    }

    private static async Task<IResult> RefreshAsync(HttpContext context, ICohorts cohorts, int cohort) =>
        await cohorts.RefreshAsync(context.ProjectId(), new CohortId(cohort), context.RequestAborted) is { IsAccepted: true } refreshed ? Replies.Json(refreshed.Value) : Replies.NotFound("cohort");

    private static async Task<IResult> MembersAsync(HttpContext context, ICohorts cohorts, IPeople people, HttpApiOptions options, int cohort, string? search = null)
    {
        var (paging, problems) = Paging.Of(context.Request.Query, options.MaximumPage);
        if (problems.Count > 0)
        {
            return Replies.Refusal(problems);
        }

        if (await cohorts.FindAsync(context.ProjectId(), new CohortId(cohort), context.RequestAborted) is null)
        {
            return Replies.NotFound("cohort");
        }

        var members = cohorts.MembersOf(context.ProjectId(), new CohortId(cohort));
        if (PeopleCsv.IsAskedFor(context.Request))
        {
            var named = await NamesAsync(context, cohorts);
            await PeopleCsv.SendAsync(context, people, context.ProjectId(), members, search, $"cohort-{cohort}", new PeopleColumns(
                ["since", "why"],
                async persons => [.. (await cohorts.ExplainAsync(context.ProjectId(), new CohortId(cohort), persons, context.RequestAborted)).Select(member => MemberReply.CellsOf(member, named.GetValueOrDefault))]));
            return Results.Empty;
        }

        var page = await people.ListAsync(context.ProjectId(), members, search, paging.Skip, paging.Take, context.RequestAborted);
        var names = await NamesAsync(context, cohorts);
        var explained = await cohorts.ExplainAsync(context.ProjectId(), new CohortId(cohort), [.. page.People.Select(person => person.Number)], context.RequestAborted);
        return Replies.Json(new MembersReply(page.Total, [.. page.People.Zip(explained, (person, member) => MemberReply.Of(person, member, names.GetValueOrDefault))]));
    }

    private static async Task<Dictionary<CohortId, string>> NamesAsync(HttpContext context, ICohorts cohorts) =>
        (await cohorts.ListAsync(context.ProjectId(), includeArchived: true, context.RequestAborted)).ToDictionary(found => found.Id, found => found.Name);

    private static async Task<IResult> CompareAsync(HttpContext context, ICohorts cohorts, int cohort) =>
        await cohorts.CompareAsync(context.ProjectId(), new CohortId(cohort), context.RequestAborted) is { } comparison ? Replies.Json(comparison) : Replies.NotFound("cohort");

    private static async Task<IResult> LastComparisonAsync(HttpContext context, ICohorts cohorts, int cohort) =>
        await cohorts.FindAsync(context.ProjectId(), new CohortId(cohort), context.RequestAborted) is null ? Replies.NotFound("cohort")
        : Replies.Json(await cohorts.LastComparisonAsync(context.ProjectId(), new CohortId(cohort), context.RequestAborted));

    private static async Task<IResult> HistoryAsync(HttpContext context, ICohorts cohorts, int cohort) =>
        await cohorts.FindAsync(context.ProjectId(), new CohortId(cohort), context.RequestAborted) is null
            ? Replies.NotFound("cohort")
            : Replies.Json(await cohorts.HistoryAsync(context.ProjectId(), new CohortId(cohort), context.RequestAborted));

    /// <summary>A cohort to be made.</summary>
    /// <param name="Name">Unique within the project.</param>
    /// <param name="Description">Free text.</param>
    /// <param name="Definition">Who belongs.</param>
    /// <param name="Static">Whether the people whom the definition gives now are kept as a list.</param>
    /// <param name="Members">Ids of the people of a list.</param>
    /// <param name="Origin">Where a list came from, in words.</param>
    internal sealed record NewCohort(string Name, string? Description = null, CohortDefinition? Definition = null, bool Static = false, IReadOnlyList<string>? Members = null, string? Origin = null);

    /// <summary>What is to change; what is left out stays.</summary>
    internal sealed record CohortChange(string? Name = null, string? Description = null, CohortDefinition? Definition = null, bool? IsArchived = null);

    internal sealed record CohortPreview(CohortDefinition Definition);

    internal sealed record CohortPreviewReply(int Size);
}
