using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Delivery;
using Rondo.Engagement.Segments;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Campaigns;

/// <summary>Turns an audience into send keys: who is unreachable and why, who is held out, who gets which variant.</summary>
internal sealed class AudienceEnrolment(IEventStores stores, IProjects projects, Ledger ledger)
{
    /// <summary>What a one-shot campaign's send keys say of the occasion.</summary>
    public const string LaunchOccurrence = "launch";

    /// <summary>The audience of a filter as it is now.</summary>
    public async Task<(IEventStore Store, PersonSet Audience, AudienceReach Reach)> ReachAsync(ProjectId project, Predicate where, Channel channel, CancellationToken cancellationToken)
    {
        var store = await stores.OpenAsync(project, cancellationToken);
        var context = await projects.ContextAsync(project, cancellationToken);
        var audience = await store.PeopleWhereAsync(where, context, cancellationToken);
        return (store, audience, await AudienceReach.OfAsync(store, context, audience, channel, cancellationToken));
    }

    /// <summary>Enrols the whole audience of a campaign, once. False when it was enrolled before or is no longer to be sent.</summary>
    public async Task<bool> EnrolAsync(LaunchedCampaign campaign, Instant now, CancellationToken cancellationToken)
    {
        var (store, _, reach) = await ReachAsync(campaign.Project, campaign.Plan.Audience, campaign.Plan.Channel, cancellationToken);
        var enrolments = new List<Enrolment>(reach.Audience.Count);
        foreach (var (reason, people) in reach.Unreachable)
        {
            enrolments.AddRange(store.DistinctIdsOf(people).Select(person => new Enrolment(person, LaunchOccurrence, null, SendState.Skipped, MessageComposer.ReasonOf(reason), now)));
        }

        var salt = StickySplit.SaltOf(campaign.Project, campaign.Plan.Name);
        foreach (var person in store.DistinctIdsOf(reach.Reachable))
        {
            var arm = StickySplit.ArmOf(campaign.Plan, salt, person);
            enrolments.Add(new Enrolment(person, LaunchOccurrence, arm, arm == StickySplit.Control ? SendState.Control : SendState.Waiting, null, now));
        }

        return await ledger.EnrolAudienceAsync(campaign.Project, campaign.Id, campaign.Plan.Channel, enrolments, cancellationToken);
    }
}
