using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Campaigns;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Engagement.Delivery;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Conversions;

/// <summary>What a campaign did: arms and effects from the event store, refusals from the ledger.</summary>
internal sealed class CampaignResultsDesk(EngagementDatabase database, IEventStores stores, IProjects projects, Ledger ledger)
{
    public async Task<CampaignResults?> OfAsync(ProjectId project, int campaign, CancellationToken cancellationToken)
    {
        await using var data = database.Open();
        var row = await data.Campaigns.AsNoTracking().SingleOrDefaultAsync(row => row.Project == project.Value && row.Id == campaign, cancellationToken);
        if (row is null)
        {
            return null;
        }

        var context = await projects.ContextAsync(project, cancellationToken);
        if (row.LaunchedAt is not { } launchedAt)
        {
            return new CampaignResults([], new Dictionary<string, int>(), 0, 0, null, null, context.Now);
        }

        var launched = LaunchedCampaign.Of(row);
        var questions = new CampaignQuestions(launched, launchedAt, await stores.OpenAsync(project, cancellationToken), context);
        var arms = await questions.ArmsAsync(cancellationToken);
        var notSent = await ledger.NotSentAsync(campaign, cancellationToken);
        return new CampaignResults(
            arms,
            notSent.ToDictionary(pair => CamelCase(pair.Key), pair => pair.Value),
            arms.Where(arm => !arm.IsControl).Sum(arm => arm.Conversions),
            await questions.DirectAsync(cancellationToken),
            Incremental(launched.Plan, arms),
            await questions.LandingAsync(cancellationToken),
            context.Now);
    }

    public async Task<IReadOnlyList<LedgerEntry>> LedgerOfAsync(ProjectId project, string distinctId, CancellationToken cancellationToken)
    {
        var store = await stores.OpenAsync(project, cancellationToken);
        var rows = await ledger.OfPersonAsync(project, [distinctId, store.CanonicalId(distinctId)], cancellationToken);
        var ids = rows.Select(row => row.Campaign).Distinct().ToList();
        await using var data = database.Open();
        var campaigns = await data.Campaigns.AsNoTracking().Where(campaign => ids.Contains(campaign.Id)).ToListAsync(cancellationToken);
        var byId = campaigns.ToDictionary(campaign => campaign.Id, LaunchedCampaign.Of);
        return [.. rows.Select(row => new LedgerEntry(
            row.Campaign,
            byId[row.Campaign].Plan.Name,
            row.Arm is { } arm ? byId[row.Campaign].NameOf(arm) : string.Empty,
            CamelCase(row.State),
            row.Reason is { } reason ? CamelCase(reason) : null,
            row.At))];
    }

    /// <summary>People who received it against people who would have, all arms together.</summary>
    private static IncrementalEffect? Incremental(CampaignPlan plan, IReadOnlyList<ArmResult> arms)
    {
        var treated = arms.Where(arm => !arm.IsControl).ToList();
        var treatedPeople = treated.Sum(arm => arm.People);
        if (plan.Goal is null || arms.FirstOrDefault(arm => arm.IsControl) is not { People: > 0 } control || treatedPeople == 0)
        {
            return null;
        }

        return Newcombe.EffectOf(treated.Sum(arm => arm.Conversions), treatedPeople, control.Conversions, control.People);
    }

    private static string CamelCase<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
