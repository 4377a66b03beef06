using NodaTime;
using Rondo.Model;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Contracts;

/// <summary>Campaigns that ran before or elsewhere, and whose message events are in the event store.</summary>
public interface ICampaignHistory
{
    /// <summary>
    /// Adds a finished campaign. Its results are read from message events that carry <paramref name="campaignId"/> as
    /// campaign_id and the variants' names as message_variation_name ("Control" for the control group). Refused when the
    /// name is taken or the plan has problems. Sends nothing.
    /// </summary>
    Task<Outcome<Campaign>> RecordAsync(ProjectId project, CampaignPlan plan, string campaignId, Instant launchedAt, Instant finishedAt, CancellationToken cancellationToken);
}
