using System.Collections.Immutable;

namespace Rondo.Model.Events;

/// <summary>Event names with a meaning of their own: identity events of the SDKs, and message events by the names that
/// Braze's Currents gives them in Mixpanel (Braze reference, 3.5).</summary>
public static class WellKnownEvents
{
    /// <summary>Sent by SDKs on identify().</summary>
    public const string Identify = "$identify";

    /// <summary>Sent by SDKs on alias().</summary>
    public const string CreateAlias = "$create_alias";

    /// <summary>Original identity merge; stored, without effect.</summary>
    public const string Merge = "$merge";

    /// <summary>A push handed to its provider.</summary>
    public const string PushSend = "Push Notification Send";

    /// <summary>A push that its provider says reached the device. Currents has no such event; the sandbox and web push do.</summary>
    public const string PushDelivery = "Push Notification Delivery";

    /// <summary>A person tapped a push.</summary>
    public const string PushOpen = "Push Notification Open";

    /// <summary>A push that its provider refused for good.</summary>
    public const string PushBounce = "Push Notification Bounce";

    /// <summary>A mail handed to the mail server.</summary>
    public const string EmailSend = "Email Send";

    /// <summary>A mail accepted by the recipient's server.</summary>
    public const string EmailDelivery = "Email Delivery";

    /// <summary>The open pixel of a mail was loaded.</summary>
    public const string EmailOpen = "Email Open";

    /// <summary>A link in a mail was followed.</summary>
    public const string EmailClick = "Email Click";

    /// <summary>A mail that will never arrive.</summary>
    public const string EmailBounce = "Email Bounce";

    /// <summary>A mail that may arrive later.</summary>
    public const string EmailSoftBounce = "Email Soft Bounce";

    /// <summary>A person unsubscribed from mail.</summary>
    public const string EmailUnsubscribe = "Email Unsubscribe";

    /// <summary>A person would have received the campaign, and is in its control group.</summary>
    public const string EnrollInControl = "Campaign Control Group Enrollment";

    /// <summary>A recipient or control person did the campaign's conversion event inside its window.</summary>
    public const string CampaignConversion = "Campaign Conversion";

    /// <summary>
    /// The beginning of a session: never stored, it stands just before the session's first event when a question names it.
    /// </summary>
    public const string SessionStart = "$session_start";

    /// <summary>The end of a session: never stored, it stands just after the session's last event.</summary>
    public const string SessionEnd = "$session_end";

    /// <summary>Whether events of this name are written by campaigns, which count by them.</summary>
    public static bool IsWrittenByRondo(string name) => name is PushSend or PushDelivery or PushOpen or PushBounce or EmailSend or EmailDelivery or EmailOpen
        or EmailClick or EmailBounce or EmailSoftBounce or EmailUnsubscribe or EnrollInControl or CampaignConversion;

    /// <summary>Whether a name is that of the beginning or the end of a session.</summary>
    public static bool IsSessionEdge(string? name) => name is SessionStart or SessionEnd;

    /// <summary>Names that neither start nor extend a session. Opens and clicks are acts of a person, so they do.</summary>
    public static ImmutableHashSet<string> OutsideSessions { get; } =
    [
        Identify, CreateAlias, Merge, "$hotshard_events", "$campaign_delivery", "$campaign_bounced", "$campaign_marked_spam",
        "$message_suppressed", "$unsubscribe", "$journey_entered",
        PushSend, PushDelivery, PushBounce, EmailSend, EmailDelivery, EmailOpen, EmailBounce, EmailSoftBounce, EmailUnsubscribe,
        EnrollInControl, CampaignConversion,

        // What else a Braze does by itself and streams in (Braze reference, 3.4): somebody's half hour of silence must not end,
        // and nobody must seem to have gone anywhere, because a message was queued.
        "Agent Executed", "Agent Tool Invocation", "Live Activity Push To Start Token Change",
        "Live Activity Update Token Change", "Push Notification Token State Change", "Global Subscription State Change", "Subscription Group State Change",
        "Canvas Conversion", "Canvas Entry", "Content Optimizer Step Send", "Exit Matched Audience", "Exit Perform Event",
        "Experiment Step Conversion", "Experiment Step Split Entry", "Canvas Step Progression",
        "Banner Abort", "Content Card Abort", "Content Card Send", "Email Abort", "Email Deferral", "Email Mark As Spam", "Email Retry",
        "In-App Message Abort", "LINE Abort", "LINE Retry", "LINE Send", "Live Activity Outcome", "Live Activity Send", "News Feed Card Abort",
        "Push Notification Abort", "Push Notification Retry", "RCS Abort", "RCS Delivery", "RCS Rejection", "RCS Send",
        "SMS Abort", "SMS Send To Carrier", "SMS Delivery", "SMS Delivery Failure", "SMS Rejection", "SMS Retry", "SMS Send",
        "Webhook Abort", "Webhook Failure", "Webhook Retry", "Webhook Send",
        "WhatsApp Abort", "WhatsApp Delivery", "WhatsApp Failure", "WhatsApp Retry", "WhatsApp Send",
    ];

    /// <summary>Names that "any event" leaves out: bookkeeping that no person did (the events outside sessions).</summary>
    public static ImmutableHashSet<string> NotActivity => OutsideSessions;
}
