using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Campaigns;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Delivery;
using Rondo.Engagement.Segments;
using Rondo.Engagement.Subscriptions;
using Rondo.Model.Events;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Conversions;

/// <summary>
/// Reads a project's log for what starts a triggered campaign and for what reaches a campaign's goal. Works on stretches of
/// the log; what a stretch causes and how far it was read are written together, so reading it again changes nothing.
/// </summary>
internal sealed class LogReader(IEventStores stores, IProjects projects, Ledger ledger, EngagementOptions options)
{
    /// <summary>Deals with a stretch of the log; gives how many enrolments and conversions it caused.</summary>
    public async Task<int> ReadAsync(ProjectId project, IReadOnlyList<LoggedBatch> stretch, IReadOnlyList<LaunchedCampaign> campaigns, CancellationToken cancellationToken)
    {
        var store = await stores.OpenAsync(project, cancellationToken);
        var live = new LiveMatch(store, await projects.ContextAsync(project, cancellationToken));
        var enrolments = new List<TriggeredEnrolment>();
        var reached = new Dictionary<LaunchedCampaign, List<TrackedEvent>>();
        foreach (var (position, batch) in stretch)
        {
            foreach (var tracked in batch.Events.Where(tracked => tracked.DistinctId.Length > 0))
            {
                foreach (var campaign in campaigns.Where(campaign => position.CompareTo(campaign.LaunchPosition) > 0))
                {
                    if (campaign.Plan.Delivery is SendOnEvent trigger && campaign.FinishedAt is null && IsFresh(tracked, batch.ReceivedAt) && await live.MatchesAsync(trigger.Event, tracked, cancellationToken))
                    {
                        await AddEnrolmentAsync(enrolments, campaign, trigger, tracked, store, live, cancellationToken);
                    }

                    if (campaign.Plan.Goal is { } goal && await live.MatchesAsync(goal.Event, tracked, cancellationToken))
                    {
                        (reached.TryGetValue(campaign, out var events) ? events : reached[campaign] = []).Add(tracked);
                    }
                }
            }
        }

        var conversions = new List<Conversion>();
        foreach (var (campaign, events) in reached)
        {
            conversions.AddRange(await ConversionsAsync(campaign, events, store, cancellationToken));
        }

        return enrolments.Count + conversions.Count == 0
            ? 0
            : await ledger.EnrolTriggeredAsync(project, enrolments, conversions, stretch[^1].Position, cancellationToken);
    }

    /// <summary>What was imported from the past starts nothing.</summary>
    private bool IsFresh(TrackedEvent tracked, Instant receivedAt) => receivedAt - tracked.Time <= Duration.FromTimeSpan(options.TriggerTolerance);

    private static async Task AddEnrolmentAsync(
        List<TriggeredEnrolment> enrolments, LaunchedCampaign campaign, SendOnEvent trigger, TrackedEvent tracked, IEventStore store, LiveMatch live, CancellationToken cancellationToken)
    {
        var person = store.CanonicalId(tracked.DistinctId);
        if (!await live.MatchesAsync(campaign.Plan.Audience, person, cancellationToken))
        {
            return;
        }

        var occurrence = OccurrenceOf(tracked);
        var dueAt = tracked.Time + trigger.Delay;
        var properties = MessageComposer.WriteTrigger(tracked.Properties);
        var (_, unreachable) = Reachability.Of(store.FindProfile(person) ?? new Dictionary<string, PropertyValue>(), campaign.Plan.Channel);
        var enrolment = unreachable is { } reason
            ? new Enrolment(person, occurrence, null, SendState.Skipped, MessageComposer.ReasonOf(reason), dueAt)
            : StickySplit.ArmOf(campaign.Plan, StickySplit.SaltOf(campaign.Project, campaign.Plan.Name), person) is var arm && arm == StickySplit.Control
                ? new Enrolment(person, occurrence, arm, SendState.Control, null, dueAt)
                : new Enrolment(person, occurrence, arm, SendState.Waiting, null, dueAt, properties);
        enrolments.Add(new TriggeredEnrolment(campaign.Id, campaign.Plan.Channel, enrolment, KnownAs(tracked, person), tracked.Time, trigger.ReEligibleAfter));
    }

    /// <summary>The same event is the same occurrence however often it is sent or read.</summary>
    private static string OccurrenceOf(TrackedEvent tracked) =>
        SendKey.Hex(tracked.InsertId is { } insertId
            ? $"{tracked.Name}\n{tracked.DistinctId}\n{insertId}"
            : $"{tracked.Name}\n{tracked.DistinctId}\n{tracked.Time.ToUnixTimeMilliseconds()}\n{MessageComposer.WriteTrigger(tracked.Properties)}");

    /// <summary>Goals reached within the window after receipt, both ends included; of several by one person the first.</summary>
    private async Task<IEnumerable<Conversion>> ConversionsAsync(LaunchedCampaign campaign, List<TrackedEvent> events, IEventStore store, CancellationToken cancellationToken)
    {
        var window = campaign.Plan.Goal!.Window;
        var candidates = events.OrderBy(tracked => tracked.Time).Select(tracked => (tracked.Time, Ids: KnownAs(tracked, store.CanonicalId(tracked.DistinctId)))).ToList();
        var open = await ledger.OpenReceiptsAsync(campaign.Id, [.. candidates.SelectMany(candidate => candidate.Ids).Distinct(StringComparer.Ordinal)], cancellationToken);
        var receipts = open.ToLookup(receipt => receipt.Person, StringComparer.Ordinal);
        return candidates
            .SelectMany(candidate => candidate.Ids
                .SelectMany(id => receipts[id])
                .Where(receipt => candidate.Time >= StartOf(receipt) && candidate.Time <= receipt.At + window)
                .Take(1)
                .Select(receipt => new Conversion(campaign.Id, receipt.Person, receipt.Arm, candidate.Time)))
            .DistinctBy(conversion => conversion.Person, StringComparer.Ordinal);
    }

    /// <summary>Many SDKs tell time in whole seconds, so an event just after receipt may seem to lie just before it.</summary>
    private static Instant StartOf(Receipt receipt) => Instant.FromUnixTimeSeconds(receipt.At.ToUnixTimeSeconds());

    /// <summary>The ids that ledger rows of the same person may carry, written before or after a merge.</summary>
    private static IReadOnlyList<string> KnownAs(TrackedEvent tracked, string canonical)
    {
        string?[] ids = [canonical, tracked.DistinctId, tracked.UserId, tracked.DeviceId is { } device ? DeviceIds.DistinctIdOf(device) : null];
        return [.. ids.OfType<string>().Where(id => id.Length > 0).Distinct(StringComparer.Ordinal)];
    }
}
