using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Lexicon;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Reports;

/// <summary>Asks the questions: checks them, lets the store answer, says how fresh the answer is.</summary>
internal sealed class ReportDesk(IProjects projects, ICohorts cohorts, IEventStores stores, TimeProvider timeProvider) : IReports
{
    public Task<Outcome<Answer<InsightsResult>>> InsightsAsync(ProjectId project, InsightsQuery query, CancellationToken cancellationToken) =>
        AskAsync(project, context => QueryProblems.Of(query, context), (store, context) => store.InsightsAsync(query, context, cancellationToken), (called, names) => Wording.Of(called.In(query), names), cancellationToken);

    public Task<Outcome<Answer<FunnelResult>>> FunnelAsync(ProjectId project, FunnelQuery query, CancellationToken cancellationToken) =>
        AskAsync(project, context => QueryProblems.Of(query, context), (store, context) => store.FunnelAsync(query, context, cancellationToken), (called, names) => Wording.Of(called.In(query), names), cancellationToken);

    public Task<Outcome<Answer<RetentionResult>>> RetentionAsync(ProjectId project, RetentionQuery query, CancellationToken cancellationToken) =>
        AskAsync(project, context => QueryProblems.Of(query, context), (store, context) => store.RetentionAsync(query, context, cancellationToken), (called, names) => Wording.Of(called.In(query), names), cancellationToken);

    public Task<Outcome<Answer<FrequencyResult>>> FrequencyAsync(ProjectId project, FrequencyQuery query, CancellationToken cancellationToken) =>
        AskAsync(project, context => QueryProblems.Of(query, context), (store, context) => store.FrequencyAsync(query, context, cancellationToken), (called, names) => Wording.Of(called.In(query), names), cancellationToken);

    public Task<Outcome<Answer<FlowResult>>> FlowAsync(ProjectId project, FlowQuery query, CancellationToken cancellationToken) =>
        AskAsync(project, context => QueryProblems.Of(query, context), (store, context) => store.FlowAsync(query, context, cancellationToken), (called, names) => Wording.Of(called.In(query), names), cancellationToken);

    public Task<Outcome<Answer<PersonSet>>> PeopleAtAsync(ProjectId project, ReportPoint point, CancellationToken cancellationToken) =>
        AskAsync(project, context => PointProblems.Of(point, context), (store, context) => store.PeopleAtAsync(point, context, cancellationToken), (called, names) => Wording.Of(called.In(point), names), cancellationToken);

    private async Task<Outcome<Answer<T>>> AskAsync<T>(
        ProjectId project,
        Func<QueryContext, IReadOnlyList<Problem>> check,
        Func<IEventStore, QueryContext, Task<T>> ask,
        Func<DisplayNames, Func<CohortId, string?>, string> describe,
        CancellationToken cancellationToken)
    {
        var context = await projects.ContextAsync(project, cancellationToken);
        var problems = check(context);
        if (problems.Count > 0)
        {
            return Outcome<Answer<T>>.Refused(problems);
        }

        var store = await stores.OpenAsync(project, cancellationToken);
        var names = (await cohorts.ListAsync(project, includeArchived: true, cancellationToken)).ToDictionary(cohort => cohort.Id, cohort => cohort.Name);

        // Read before asking: the answer has seen at least this much.
        var position = store.Position;
        var started = timeProvider.GetTimestamp();
        var result = await ask(store, context);
        var elapsed = Duration.FromTimeSpan(timeProvider.GetElapsedTime(started));
        return Outcome<Answer<T>>.Accepted(new Answer<T>(result, context.Now, position, elapsed, describe(context.Lexicon.DisplayNames, cohort => names.GetValueOrDefault(cohort))));
    }
}
