using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rondo.Analytics.Contracts;
using Rondo.HttpApi.Operations;
using Rondo.Model;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Rondo;

/// <summary><c>POST /api/v1/reports/…</c>: takes the query that the pages keep in their address, and the people behind a point.</summary>
internal static class ReportEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var reports = api.MapGroup("/reports").WithTags("Reports");
        MapReport<InsightsQuery, InsightsResult>(reports, "insights", "How many, over time", (desk, project, query, cancellationToken) => desk.InsightsAsync(project, query, cancellationToken), ReportExamples.Insights);
        MapReport<FunnelQuery, FunnelResult>(reports, "funnel", "How many get through", (desk, project, query, cancellationToken) => desk.FunnelAsync(project, query, cancellationToken), ReportExamples.Funnel);
        MapReport<RetentionQuery, RetentionResult>(reports, "retention", "Who comes back", (desk, project, query, cancellationToken) => desk.RetentionAsync(project, query, cancellationToken), ReportExamples.Retention);
        MapReport<FrequencyQuery, FrequencyResult>(reports, "frequency", "On how many hours or days they were active", (desk, project, query, cancellationToken) => desk.FrequencyAsync(project, query, cancellationToken), ReportExamples.Frequency);
        MapReport<FlowQuery, FlowResult>(reports, "flow", "What they do next", (desk, project, query, cancellationToken) => desk.FlowAsync(project, query, cancellationToken), ReportExamples.Flow);
        reports.MapPost("/people", PeopleAsync)
            .WithSummary("The people behind one point of a report; as CSV with Accept: text/csv")
            .Takes<ReportPoint>()
            .Produces<PeopleAtReply>()
            .Produces<ErrorReply>(StatusCodes.Status400BadRequest);
    }

    private static void MapReport<TQuery, TResult>(
        RouteGroupBuilder reports,
        string name,
        string summary,
        Func<IReports, ProjectId, TQuery, CancellationToken, Task<Outcome<Answer<TResult>>>> ask,
        params (string Title, string Json)[] examples)
        where TQuery : class =>
        reports.MapPost($"/{name}", async (HttpContext context, IReports desk) =>
            {
                var query = await JsonBody.ReadAsync<TQuery>(context.Request, context.RequestAborted);
                return query.IsAccepted
                    ? Replies.Of(await ask(desk, context.ProjectId(), query.Value, context.RequestAborted))
                    : Replies.Refusal(query.Problems);
            })
            .WithSummary(summary)
            .Takes<TQuery>(examples)
            .Produces<ReportReply<TResult>>()
            .Produces<ErrorReply>(StatusCodes.Status400BadRequest);

    private static async Task<IResult> PeopleAsync(HttpContext context, IReports desk, IPeople people, HttpApiOptions options)
    {
        var (paging, problems) = Paging.Of(context.Request.Query, options.MaximumPage);
        var point = await JsonBody.ReadAsync<ReportPoint>(context.Request, context.RequestAborted);
        if (!point.IsAccepted || problems.Count > 0)
        {
            return Replies.Refusal([.. problems, .. point.Problems]);
        }

        var found = await desk.PeopleAtAsync(context.ProjectId(), point.Value, context.RequestAborted);
        if (!found.IsAccepted)
        {
            return Replies.Refusal(found.Problems);
        }

        if (PeopleCsv.IsAskedFor(context.Request))
        {
            await PeopleCsv.SendAsync(context, people, context.ProjectId(), found.Value.Result, null, "people");
            return Results.Empty;
        }

        var page = await people.ListAsync(context.ProjectId(), found.Value.Result, null, paging.Skip, paging.Take, context.RequestAborted);
        return Replies.Json(new PeopleAtReply(page.Total, [.. page.People.Select(PersonReply.Of)], found.Value.ComputedAt, found.Value.Position.Value, found.Value.Words));
    }

    internal sealed record PeopleAtReply(int Total, IReadOnlyList<PersonReply> People, NodaTime.Instant ComputedAt, long Position, string Words);
}
