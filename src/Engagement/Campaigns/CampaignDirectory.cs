using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Extensions;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Channels;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Conversions;
using Rondo.Engagement.Data;
using Rondo.Engagement.Delivery;
using Rondo.Engagement.Personalisation;
using Rondo.Engagement.Segments;
using Rondo.Model;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Campaigns;

/// <summary>Campaigns: kept, checked, launched and stopped.</summary>
internal sealed partial class CampaignDirectory(
    EngagementDatabase database,
    IEventStores stores,
    ICohorts cohorts,
    SegmentDirectory segments,
    AudienceEnrolment enrolment,
    PlanProblems problems,
    MessageRenderer renderer,
    ChannelDesk channels,
    CampaignWatch watch,
    CampaignResultsDesk results,
    Signals signals,
    TimeProvider time) : ICampaigns, ICampaignHistory
{
    private Instant Now => time.GetCurrentInstant();

    public async Task<IReadOnlyList<Campaign>> ListAsync(ProjectId project, bool includeArchived, CancellationToken cancellationToken)
    {
        await using var data = database.Open();
        var rows = await data.Campaigns.AsNoTracking()
            .Where(row => row.Project == project.Value && (includeArchived || !row.IsArchived))
            .OrderByDescending(row => row.Id)
            .ToListAsync(cancellationToken);
        var all = await cohorts.AllAsync(project, cancellationToken);
        return [.. rows.Select(row => Of(row, all))];
    }

    public async Task<Campaign?> FindAsync(ProjectId project, int campaign, CancellationToken cancellationToken)
    {
        await using var data = database.Open();
        var row = await data.Campaigns.AsNoTracking().SingleOrDefaultAsync(row => row.Project == project.Value && row.Id == campaign, cancellationToken);
        return row is null ? null : Of(row, await cohorts.AllAsync(project, cancellationToken));
    }

    public Task<Outcome<Campaign>> CreateAsync(ProjectId project, CampaignPlan plan, CancellationToken cancellationToken) =>
        SaveAsync(
            project,
            plan,
            data => Task.FromResult(Outcome<CampaignRow>.Accepted(data.Campaigns.Add(NewRow(project, plan)).Entity)),
            cancellationToken);

    public Task<Outcome<Campaign>> ChangeAsync(ProjectId project, int campaign, CampaignPlan plan, CancellationToken cancellationToken) =>
        SaveAsync(
            project,
            plan,
            async data =>
            {
                var row = await data.Campaigns.SingleOrDefaultAsync(row => row.Project == project.Value && row.Id == campaign, cancellationToken);
                if (row is not { State: CampaignState.Draft })
                {
                    return row is null ? Outcome<CampaignRow>.Refused("id", "names no campaign") : Outcome<CampaignRow>.Refused("state", "must be draft: a launched campaign cannot be changed");
                }

                (row.Name, row.Plan) = (plan.Name, Json(plan));
                return Outcome<CampaignRow>.Accepted(row);
            },
            cancellationToken);

    public Task<Outcome<Campaign>> RecordAsync(ProjectId project, CampaignPlan plan, string campaignId, Instant launchedAt, Instant finishedAt, CancellationToken cancellationToken) =>
        SaveAsync(
            project,
            plan,
            data =>
            {
                var row = NewRow(project, plan);
                (row.ApiId, row.State, row.CreatedAt, row.LaunchedAt, row.EnrolledAt, row.FinishedAt, row.IsPast) =
                    (campaignId, CampaignState.Finished, launchedAt, launchedAt, launchedAt, finishedAt, true);
                data.Campaigns.Add(row);
                return Task.FromResult(Outcome<CampaignRow>.Accepted(row));
            },
            cancellationToken);

    public async Task<Outcome<Campaign>> ArchiveAsync(ProjectId project, int campaign, bool isArchived, CancellationToken cancellationToken)
    {
        var outcome = await database.ChangeAsync(
            async data =>
            {
                var row = await data.Campaigns.SingleOrDefaultAsync(row => row.Project == project.Value && row.Id == campaign, cancellationToken);
                if (row is null)
                {
                    return Outcome<CampaignRow>.Refused("id", "names no campaign");
                }

                if (isArchived && row.State is CampaignState.Active or CampaignState.Scheduled)
                {
                    return Outcome<CampaignRow>.Refused("state", "must not be scheduled or active: stop the campaign first");
                }

                row.IsArchived = isArchived;
                await data.SaveChangesAsync(cancellationToken);
                return Outcome<CampaignRow>.Accepted(row);
            },
            cancellationToken);
        return outcome.IsAccepted ? Outcome<Campaign>.Accepted(Of(outcome.Value, await cohorts.AllAsync(project, cancellationToken))) : Outcome<Campaign>.Refused(outcome.Problems);
    }

    public Task<CampaignResults?> ResultsAsync(ProjectId project, int campaign, CancellationToken cancellationToken) => results.OfAsync(project, campaign, cancellationToken);

    public Task<IReadOnlyList<LedgerEntry>> LedgerOfAsync(ProjectId project, string distinctId, CancellationToken cancellationToken) => results.LedgerOfAsync(project, distinctId, cancellationToken);

    private async Task<Outcome<Campaign>> SaveAsync(ProjectId project, CampaignPlan plan, Func<EngagementData, Task<Outcome<CampaignRow>>> change, CancellationToken cancellationToken)
    {
        var all = await cohorts.AllAsync(project, cancellationToken);
        var found = ProblemsOf(plan, all);
        if (found.Count > 0)
        {
            return Outcome<Campaign>.Refused(found);
        }

        return await database.ChangeAsync(
            async data =>
            {
                var changed = await change(data);
                if (!changed.IsAccepted)
                {
                    return Outcome<Campaign>.Refused(changed.Problems);
                }

                var row = changed.Value;
                if (await data.Campaigns.AnyAsync(other => other.Project == project.Value && other.Name == plan.Name && other.Id != row.Id, cancellationToken))
                {
                    return Outcome<Campaign>.Refused("name", "is taken by another campaign");
                }

                await data.SaveChangesAsync(cancellationToken);
                if (row.ApiId.Length == 0)
                {
                    row.ApiId = row.Id.ToString(CultureInfo.InvariantCulture);
                    await data.SaveChangesAsync(cancellationToken);
                }

                return Outcome<Campaign>.Accepted(Of(row, all));
            },
            cancellationToken);
    }

    private List<Problem> ProblemsOf(CampaignPlan plan, IReadOnlyList<Cohort> all) =>
        [.. problems.Of(plan), .. plan.Audience is null ? [] : CohortReferences.Problems(plan.Audience, all, "audience")];

    private CampaignRow NewRow(ProjectId project, CampaignPlan plan) =>
        new() { Project = project.Value, Name = plan.Name, ApiId = string.Empty, Plan = Json(plan), State = CampaignState.Draft, CreatedAt = Now };

    private static string Json(CampaignPlan plan) => JsonSerializer.Serialize(plan, ModelJson.Options);

    private static Campaign Of(CampaignRow row, IReadOnlyList<Cohort> cohorts)
    {
        var plan = LaunchedCampaign.ReadPlan(row.Plan);
        return new Campaign(row.Id, plan, row.State, CohortReferences.Words(plan.Audience, cohorts), row.CreatedAt, row.LaunchedAt, row.FinishedAt, row.IsArchived);
    }
}
