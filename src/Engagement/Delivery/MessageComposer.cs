using System.Collections.Frozen;
using System.Text.Json;
using NodaTime.Extensions;
using Rondo.Engagement.Campaigns;
using Rondo.Engagement.Channels;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Personalisation;
using Rondo.Engagement.Subscriptions;
using Rondo.Model;
using Rondo.Model.Events;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Delivery;

/// <summary>Turns a due send into messages: who the person is now, where they can be reached now, what the text says.</summary>
internal sealed class MessageComposer(IEventStores stores, CampaignBook campaigns, MessageRenderer renderer, TimeProvider time)
{
    private static readonly IReadOnlyDictionary<string, PropertyValue> Nothing = FrozenDictionary<string, PropertyValue>.Empty;

    /// <summary>The messages of a send, or why there are none. Reachability is asked again: it may have changed since enrolment.</summary>
    public async Task<PreparedSend> PrepareAsync(ProjectId project, DueSend send, CancellationToken cancellationToken)
    {
        var campaign = await campaigns.FindAsync(send.Campaign, cancellationToken);
        var store = await stores.OpenAsync(project, cancellationToken);
        var person = store.CanonicalId(send.Person);
        var profile = store.FindProfile(person) ?? Nothing;
        var (addresses, unreachable) = Reachability.Of(profile, campaign.Plan.Channel);
        if (unreachable is { } reason)
        {
            return PreparedSend.Refused(send, ReasonOf(reason));
        }

        if (campaign.Plan.Channel == Channel.Email && !MimeKit.MailboxAddress.TryParse(addresses[0], out _))
        {
            return PreparedSend.Refused(send, SendReason.InvalidAddress);
        }

        var ids = MessageIds.Of(campaign, send.Arm, send.Occurrence);
        var scope = new MessageScope(person, profile, ReadTrigger(send.Trigger), CampaignWords(ids), UnsubscribeUrl: null);
        var messages = new List<OutgoingMessage>(addresses.Count);
        foreach (var address in addresses)
        {
            var key = SendKey.Of(campaign.Id, send.Step, person, send.Occurrence, address);
            var rendered = await renderer.RenderAsync(project, key, campaign.Plan.Variants[send.Arm].Message, scope, ids, cancellationToken);
            if (rendered.Refusal is { } refusal)
            {
                return PreparedSend.Refused(send, refusal, rendered.Detail);
            }

            messages.Add(new OutgoingMessage(key, project, person, address, rendered.Content!, time.GetCurrentInstant()));
        }

        return new PreparedSend(send, messages, null, null);
    }

    /// <summary>The ledger's word for why a person cannot be reached.</summary>
    public static SendReason ReasonOf(UnreachableReason reason) => reason switch
    {
        UnreachableReason.NoAddress => SendReason.NoAddress,
        UnreachableReason.Unsubscribed => SendReason.Unsubscribed,
        UnreachableReason.Bounced => SendReason.Bounced,
        _ => throw new InvalidOperationException($"{reason} is not a reason."),
    };

    /// <summary>What <c>{{campaign.${…}}}</c> knows.</summary>
    public static IReadOnlyDictionary<string, string> CampaignWords(IReadOnlyDictionary<string, string> ids) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["name"] = ids["campaign_name"],
        ["api_id"] = ids["campaign_id"],
        ["dispatch_id"] = ids["dispatch_id"],
        ["message_name"] = ids["message_variation_name"],
        ["message_api_id"] = ids["message_variation_id"],
    };

    /// <summary>Properties of a triggering event as they are stored with its send.</summary>
    public static string WriteTrigger(IReadOnlyList<Property> properties) =>
        JsonSerializer.Serialize(properties.ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal), ModelJson.Options);

    private static IReadOnlyDictionary<string, PropertyValue> ReadTrigger(string? json) =>
        json is null ? Nothing : JsonSerializer.Deserialize<Dictionary<string, PropertyValue>>(json, ModelJson.Options) ?? Nothing;
}
