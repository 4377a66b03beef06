using System.Collections.Immutable;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;

namespace Rondo.Engagement.Conversions;

/// <summary>Which events of Currents say what became of a message, channel by channel (Braze reference, 3.4 and 4.4).</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Receipt">It was sent; inside the app, where Braze counts what was seen: it was shown.</param>
/// <param name="Delivery">It arrived; null where Braze does not tell.</param>
/// <param name="Open">It was opened or read.</param>
/// <param name="Click">Something in it was clicked.</param>
/// <param name="Bounce">It will not arrive.</param>
/// <param name="Unsubscribe">Somebody wants no more of them.</param>
internal sealed record ReceivedChannel(
    BrazeChannel Channel,
    EventSelector Receipt,
    EventSelector? Delivery = null,
    EventSelector? Open = null,
    EventSelector? Click = null,
    EventSelector? Bounce = null,
    EventSelector? Unsubscribe = null)
{
    private static readonly Predicate NoMachine = new PropertyPredicate(PropertySource.Event, "machine_open", PropertyOperator.DoesNotEqual, [PropertyValue.Of("true"), PropertyValue.Of(true)]);
    private static readonly Predicate NoRobot = new PropertyPredicate(PropertySource.Event, "is_suspected_bot_click", PropertyOperator.DoesNotEqual, [PropertyValue.Of("true"), PropertyValue.Of(true)]);

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static ImmutableArray<ReceivedChannel> All { get; } =
    [
        new(BrazeChannel.Push, Of("pushnotification", "Send"), Open: Of("pushnotification", "Open"), Bounce: Of("pushnotification", "Bounce")),
        new(
            BrazeChannel.Email,
            Of("email", "Send"),
            Of("email", "Delivery"),
            Of("email", "Open") with { Filter = NoMachine },
            Of("email", "Click") with { Filter = NoRobot },
            Of("email", "Bounce"),
            Of("email", "Unsubscribe")),
        new(
            BrazeChannel.Sms,
            Of("sms", "Send"),
            Of("sms", "Delivery"),
            Click: Of("sms", "ShortLinkClick") with { Filter = NoRobot },
            Bounce: new EventSelector(null) { AnyOf = [Of("sms", "Rejection"), Of("sms", "DeliveryFailure")] },
            Unsubscribe: LeftGroup("sms")),
        new(BrazeChannel.WhatsApp, Of("whatsapp", "Send"), Of("whatsapp", "Delivery"), Of("whatsapp", "Read"), Of("whatsapp", "Click"), Of("whatsapp", "Failure"), LeftGroup("whatsapp")),
        new(BrazeChannel.Rcs, Of("rcs", "Send"), Of("rcs", "Delivery"), Of("rcs", "Read"), Of("rcs", "Click"), Of("rcs", "Rejection"), LeftGroup("rcs")),
        new(BrazeChannel.Line, Of("line", "Send"), Click: Of("line", "Click")),
        new(BrazeChannel.InAppMessage, Of("inappmessage", "Impression"), Click: Of("inappmessage", "Click")),
        new(BrazeChannel.ContentCard, Of("contentcard", "Impression"), Click: Of("contentcard", "Click")),
        new(BrazeChannel.Banner, Of("banner", "Impression"), Click: Of("banner", "Click")),
        new(BrazeChannel.Webhook, Of("webhook", "Send"), Bounce: Of("webhook", "Failure")),
        new(BrazeChannel.FeatureFlag, Of("featureflag", "Impression")),
    ];

    /// <summary>What a person does with the message.</summary>
    public IEnumerable<EventSelector> Acts => new[] { Open, Click }.OfType<EventSelector>();

    private static EventSelector Of(string channel, string type) => new(CurrentsCatalogue.EventNameOf($"users.messages.{channel}.{type}"));

    /// <summary>These channels have no event of their own for it: a subscription group is left.</summary>
    private static EventSelector LeftGroup(string channel) => new(
        CurrentsCatalogue.EventNameOf("users.behaviors.subscriptiongroup.StateChange"),
        new AllPredicate(
        [
            new PropertyPredicate(PropertySource.Event, "subscription_status", PropertyOperator.Equals, [PropertyValue.Of("Unsubscribed")]),
            new PropertyPredicate(PropertySource.Event, "channel", PropertyOperator.Equals, [PropertyValue.Of(channel)]),
        ]));
}
