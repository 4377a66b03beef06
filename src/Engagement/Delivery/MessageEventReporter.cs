using System.Text.Json;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Campaigns;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Subscriptions;
using Rondo.Model;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Delivery;

/// <summary>
/// Takes what the ledger knows into the event store, through the same door as everybody's events: sent, delivered, bounced,
/// enrolled in control, converted. What was taken is marked afterwards, so a kill in between repeats it under the same
/// insert ids, which the store shows once.
/// </summary>
internal sealed class MessageEventReporter(Ledger ledger, CampaignBook campaigns, IEventStores stores, IIngestion ingestion)
{
    private const int BatchSize = 1000;

    /// <summary>Reports everything that is not reported yet; gives how many rows that were.</summary>
    public async Task<int> ReportAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        while (await ledger.UnreportedAsync(BatchSize, cancellationToken) is { IsEmpty: false } unreported)
        {
            foreach (var project in ProjectsOf(unreported))
            {
                var events = new List<TrackedEvent>();
                var updates = new List<ProfileUpdate>();
                var store = await stores.OpenAsync(project, cancellationToken);
                foreach (var message in unreported.Messages.Where(message => message.Project == project))
                {
                    AddMessage(message, await campaigns.FindAsync(message.Campaign, cancellationToken), store, events, updates);
                }

                foreach (var control in unreported.Controls.Where(control => control.Project == project))
                {
                    events.Add(ControlOf(control, await campaigns.FindAsync(control.Campaign, cancellationToken), store));
                }

                foreach (var conversion in unreported.Conversions.Where(conversion => conversion.Project == project))
                {
                    events.Add(ConversionOf(conversion, await campaigns.FindAsync(conversion.Campaign, cancellationToken), store));
                }

                await ingestion.AcceptAsync(project, events, updates, cancellationToken);
            }

            total += await ledger.MarkReportedAsync(unreported, cancellationToken);
        }

        return total;
    }

    private static IEnumerable<ProjectId> ProjectsOf(Unreported unreported) =>
        unreported.Messages.Select(message => message.Project)
            .Concat(unreported.Controls.Select(control => control.Project))
            .Concat(unreported.Conversions.Select(conversion => conversion.Project))
            .Distinct();

    private static void AddMessage(UnreportedMessage message, LaunchedCampaign campaign, IEventStore store, List<TrackedEvent> events, List<ProfileUpdate> updates)
    {
        var isPush = message.Channel == Channel.Push;
        var person = store.CanonicalId(message.Person);
        var ids = MessageEvent.Properties(MessageIds.Of(campaign, message.Arm, message.Occurrence));
        ids.Add(isPush ? MessageEvent.Text("platform", "android") : MessageEvent.Text("email_address", message.Address));
        events.Add(MessageEvent.Of(isPush ? WellKnownEvents.PushSend : WellKnownEvents.EmailSend, person, message.At, SendKey.InsertId(message.Key, "send"), ids));
        if (message is { State: MessageState.Accepted, SettledAt: { } deliveredAt })
        {
            events.Add(MessageEvent.Of(isPush ? WellKnownEvents.PushDelivery : WellKnownEvents.EmailDelivery, person, deliveredAt, SendKey.InsertId(message.Key, "delivery"), ids));
        }

        if (message.State == MessageState.Bounced)
        {
            var at = message.SettledAt ?? message.At;
            events.Add(MessageEvent.Of(
                isPush ? WellKnownEvents.PushBounce : WellKnownEvents.EmailBounce, person, at, SendKey.InsertId(message.Key, "bounce"), [.. ids, MessageEvent.Text("bounce_reason", message.Detail ?? "unknown")]));
            updates.Add(AddressGone(person, message.Channel, message.Address, at));
        }
    }

    /// <summary>A dead token leaves the profile; a dead e-mail address is noted, so that a new one is good again.</summary>
    private static ProfileUpdate AddressGone(string person, Channel channel, string address, Instant at) => new()
    {
        DistinctId = person,
        Operator = channel == Channel.Push ? ProfileOperator.Remove : ProfileOperator.Set,
        Properties = [channel == Channel.Push ? MessageEvent.Text(Reachability.PushTokens, address) : MessageEvent.Text(Reachability.BouncedEmail, address)],
        Time = at,
        IgnoreTime = true,
    };

    private static TrackedEvent ControlOf(UnreportedControl control, LaunchedCampaign campaign, IEventStore store) => MessageEvent.Of(
        WellKnownEvents.EnrollInControl,
        store.CanonicalId(control.Person),
        control.At,
        SendKey.InsertId($"{control.Campaign}\n{control.Person}\n{control.Occurrence}", "control"),
        MessageEvent.Properties(MessageIds.Of(campaign, StickySplit.Control, control.Occurrence)));

    private static TrackedEvent ConversionOf(UnreportedConversion conversion, LaunchedCampaign campaign, IEventStore store)
    {
        var goal = campaign.Plan.Goal ?? throw new InvalidOperationException("Only a campaign with a goal has conversions.");
        var behaviour = JsonSerializer.Serialize(new { type = "custom_event", name = goal.Event.Event, window = (long)goal.Window.TotalSeconds }, ModelJson.Options);
        var ids = MessageIds.Of(campaign, conversion.Arm, string.Empty);
        ids.Remove("dispatch_id");
        var properties = MessageEvent.Properties(ids);
        properties.Add(new Property("conversion_behavior_index", PropertyValue.Of(0)));
        properties.Add(MessageEvent.Text("conversion_behavior", behaviour));
        return MessageEvent.Of(
            WellKnownEvents.CampaignConversion,
            store.CanonicalId(conversion.Person),
            conversion.At,
            SendKey.InsertId($"{conversion.Campaign}\n{conversion.Person}", "conversion"),
            properties);
    }
}
