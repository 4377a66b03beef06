using Rondo.Engagement.Campaigns;
using Rondo.Engagement.Contracts;

namespace Rondo.Engagement.Delivery;

/// <summary>The ids of a message by the names of Currents (Braze reference, 3.4: CAMP and DISP), for apps, links and events.</summary>
internal static class MessageIds
{
    /// <summary>What a message carries to the person's app, and every event about it carries back.</summary>
    public static Dictionary<string, string> Of(LaunchedCampaign campaign, int arm, string occurrence) => new(StringComparer.Ordinal)
    {
        ["campaign_id"] = campaign.ApiId,
        ["campaign_name"] = campaign.Plan.Name,
        ["message_variation_id"] = campaign.VariationIdOf(arm),
        ["message_variation_name"] = campaign.NameOf(arm),
        ["dispatch_id"] = DispatchOf(campaign, occurrence),
        ["send_id"] = SendKey.Hex($"send\n{campaign.Id}"),
        ["channel"] = ChannelName(campaign.Plan.Channel),
    };

    /// <summary>One id for all that a launch sends, and one for each triggered message.</summary>
    public static string DispatchOf(LaunchedCampaign campaign, string occurrence) => SendKey.Hex($"dispatch\n{campaign.Id}\n{occurrence}");

    /// <summary>How a channel is named in events.</summary>
    public static string ChannelName(Channel channel) => channel == Channel.Push ? "push" : "email";
}
