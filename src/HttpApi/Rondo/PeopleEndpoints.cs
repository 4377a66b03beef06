using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using NodaTime.Text;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Operations;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Rondo;

/// <summary><c>/api/v1/people</c>: lists, one person, and what that person did. Ids stand in the query: they may hold any character.</summary>
internal static class PeopleEndpoints
{
    private const int DefaultTimeline = 100;
    private const int MaximumTimeline = 1000;
    private const int MaximumErased = 1000;

    public static void Map(RouteGroupBuilder api)
    {
        var people = api.MapGroup("/people").WithTags("People");
        people.MapGet("/", ListAsync).WithSummary("People by ?search=, ?skip= and ?take=; as CSV with Accept: text/csv").Produces<PeopleReply>().Produces<ErrorReply>(400);
        people.MapDelete("/", EraseAsync).WithSummary("Takes persons out for good: events, profiles and ids; ?id= by any id, may be repeated").Produces<Erasure>().Produces<ErrorReply>(400);
        people.MapPost("/search", SearchAsync).WithSummary("People who match a filter").Takes<PeopleFilter>().Produces<PeopleReply>().Produces<ErrorReply>(400);
        people.MapGet("/profile", FindAsync).WithSummary("One person by any id: ?id=").Produces<ProfileReply>().Produces<ErrorReply>(404);
        people.MapGet("/timeline", TimelineAsync).WithSummary("Events of one person, newest first: ?id=, ?before= (an instant), ?limit=").Produces<IReadOnlyList<EventReply>>().Produces<ErrorReply>(400);
    }

    private static Task<IResult> ListAsync(HttpContext context, IPeople people, HttpApiOptions options, string? search = null) =>
        SendPageAsync(context, people, options, null, search);

    private static async Task<IResult> SearchAsync(HttpContext context, IPeople people, HttpApiOptions options)
    {
        var body = await JsonBody.ReadAsync<PeopleFilter>(context.Request, context.RequestAborted);
        if (!body.IsAccepted)
        {
            return Replies.Refusal(body.Problems);
        }

        PersonSet? among = null;
        if (body.Value.Where is { } where)
        {
            var found = await people.WhereAsync(context.ProjectId(), where, context.RequestAborted);
            if (!found.IsAccepted)
            {
                return Replies.Refusal(found.Problems);
            }

            among = found.Value;
        }

        return await SendPageAsync(context, people, options, among, body.Value.Search);
    }

    private static async Task<IResult> SendPageAsync(HttpContext context, IPeople people, HttpApiOptions options, PersonSet? among, string? search)
    {
        var (paging, problems) = Paging.Of(context.Request.Query, options.MaximumPage);
        if (problems.Count > 0)
        {
            return Replies.Refusal(problems);
        }

        if (PeopleCsv.IsAskedFor(context.Request))
        {
            await PeopleCsv.SendAsync(context, people, context.ProjectId(), among, search, "people");
            return Results.Empty;
        }

        return Replies.Json(PeopleReply.Of(await people.ListAsync(context.ProjectId(), among, search, paging.Skip, paging.Take, context.RequestAborted)));
    }

    private static async Task<IResult> EraseAsync(HttpContext context, IPeople people)
    {
        var ids = context.Request.Query["id"].OfType<string>().Where(id => id.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        return ids.Count is 0 or > MaximumErased
            ? Replies.Refusal([new Problem("id", $"must be given 1 to {MaximumErased} times")])
            : Replies.Json(await people.EraseAsync(context.ProjectId(), ids, context.RequestAborted));
    }

    private static async Task<IResult> FindAsync(HttpContext context, IPeople people, string id = "") =>
        id.Length > 0 && await people.FindAsync(context.ProjectId(), id, context.RequestAborted) is { } person ? Replies.Json(new ProfileReply(person.DistinctId, person.Profile, person.Cohorts)) : Replies.NotFound("person");

    private static async Task<IResult> TimelineAsync(HttpContext context, IPeople people, string id = "", string? before = null)
    {
        var problems = new List<Problem>();
        var limit = Paging.Read(context.Request.Query, "limit", DefaultTimeline, 1, MaximumTimeline, problems);
        Instant? end = null;
        if (before is not null)
        {
            var parsed = InstantPattern.ExtendedIso.Parse(before);
            end = parsed.Success ? parsed.Value : null;
            if (!parsed.Success)
            {
                problems.Add(new Problem("before", "must be an instant like 2026-01-31T12:00:00Z"));
            }
        }

        if (problems.Count > 0)
        {
            return Replies.Refusal(problems);
        }

        if (id.Length == 0 || await people.FindAsync(context.ProjectId(), id, context.RequestAborted) is null)
        {
            return Replies.NotFound("person");
        }

        var events = await people.TimelineAsync(context.ProjectId(), id, end, limit, context.RequestAborted);
        return Replies.Json<IReadOnlyList<EventReply>>([.. events.Select(EventReply.Of)]);
    }

    /// <summary>One person: the canonical id, the profile now, the cohorts the person is in.</summary>
    internal sealed record ProfileReply(string DistinctId, IReadOnlyDictionary<string, PropertyValue> Profile, IReadOnlyList<Cohort> Cohorts);

    /// <summary>Which people; everything left out lets all through.</summary>
    internal sealed record PeopleFilter(Predicate? Where = null, string? Search = null);
}
