using Microsoft.Extensions.Logging;
using NodaTime;
using NodaTime.Extensions;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Campaigns;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Delivery;
using Rondo.Engagement.Subscriptions;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Links;

/// <summary>Turns what comes back from an e-mail into events and subscription states.</summary>
internal sealed partial class MessageLinks(
    LinkSigner signer, Ledger ledger, CampaignBook campaigns, IEventStores stores, IIngestion ingestion, TimeProvider time, ILogger<MessageLinks> logger) : IMessageLinks
{
    private const int MaximumUserAgentLength = 250;

    private Instant Now => time.GetCurrentInstant();

    public async Task<bool> OpenedAsync(string token, string? userAgent, CancellationToken cancellationToken)
    {
        if (await signer.ReadAsync(token, LinkKind.Open, cancellationToken) is not { } link)
        {
            return false;
        }

        await TrackAsync(link, WellKnownEvents.EmailOpen, Guid.NewGuid().ToString("N"), [], userAgent, cancellationToken);
        return true;
    }

    public async Task<Uri?> ClickedAsync(string token, string? userAgent, CancellationToken cancellationToken)
    {
        if (await signer.ReadAsync(token, LinkKind.Click, cancellationToken) is not { } link || !Uri.TryCreate(link.Target, UriKind.Absolute, out var target))
        {
            return null;
        }

        try
        {
            await TrackAsync(link, WellKnownEvents.EmailClick, Guid.NewGuid().ToString("N"), [MessageEvent.Text("url", link.Target)], userAgent, cancellationToken);
        }
        catch (StoreUnavailableException failure)
        {
            // The person wants the page; that we could not count the click is our trouble, not theirs.
            LogClickLost(failure);
        }

        return target;
    }

    public async Task<UnsubscribePage?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (await MessageOfAsync(token, cancellationToken) is not { } found)
        {
            return null;
        }

        var store = await stores.OpenAsync(found.Project, cancellationToken);
        var profile = store.FindProfile(found.Message.Person);
        var state = profile is not null && profile.TryGetValue(Reachability.SubscriptionOf(Channel.Email), out var value) ? value.ToText() : null;
        return new UnsubscribePage(Hidden(found.Message.Address), state == Reachability.Unsubscribed);
    }

    public async Task<bool> SubscribeAsync(string token, bool isSubscribed, CancellationToken cancellationToken)
    {
        if (await MessageOfAsync(token, cancellationToken) is not { } found)
        {
            return false;
        }

        var (project, message) = found;
        var store = await stores.OpenAsync(project, cancellationToken);
        var person = store.CanonicalId(message.Person);
        var update = new ProfileUpdate
        {
            DistinctId = person,
            Operator = ProfileOperator.Set,
            Properties = [MessageEvent.Text(Reachability.SubscriptionOf(Channel.Email), isSubscribed ? "subscribed" : Reachability.Unsubscribed)],
            Time = Now,
            IgnoreTime = true,
        };

        // One message unsubscribes a person once, however often the button is pressed or the mail program repeats it.
        TrackedEvent[] events = isSubscribed
            ? []
            : [MessageEvent.Of(WellKnownEvents.EmailUnsubscribe, person, Now, SendKey.InsertId(message.Key, "unsubscribe"), await PropertiesAsync(message, cancellationToken))];
        await ingestion.AcceptAsync(project, events, [update], cancellationToken);
        return true;
    }

    private async Task<(ProjectId Project, SentMessage Message)?> MessageOfAsync(string token, CancellationToken cancellationToken) =>
        await signer.ReadAsync(token, LinkKind.Unsubscribe, cancellationToken) is { } link && await ledger.FindMessageAsync(link.Project, link.MessageKey, cancellationToken) is { } message
            ? (link.Project, message)
            : null;

    private async Task TrackAsync(SignedLink link, string name, string insertId, IReadOnlyList<Property> further, string? userAgent, CancellationToken cancellationToken)
    {
        if (await ledger.FindMessageAsync(link.Project, link.MessageKey, cancellationToken) is not { } message)
        {
            // Signed by us for a message that is no longer in the ledger: the link still works, nobody is credited.
            return;
        }

        var store = await stores.OpenAsync(link.Project, cancellationToken);
        var properties = await PropertiesAsync(message, cancellationToken);
        properties.AddRange(further);
        if (userAgent is { Length: > 0 })
        {
            properties.Add(MessageEvent.Text("user_agent", userAgent[..Math.Min(userAgent.Length, MaximumUserAgentLength)]));
        }

        await ingestion.AcceptAsync(link.Project, [MessageEvent.Of(name, store.CanonicalId(message.Person), Now, insertId, properties)], [], cancellationToken);
    }

    private async Task<List<Property>> PropertiesAsync(SentMessage message, CancellationToken cancellationToken)
    {
        var campaign = await campaigns.FindAsync(message.Campaign, cancellationToken);
        var properties = MessageEvent.Properties(MessageIds.Of(campaign, message.Arm, message.Occurrence));
        properties.Add(MessageEvent.Text("email_address", message.Address));
        return properties;
    }

    private static string Hidden(string address)
    {
        var at = address.LastIndexOf('@');
        return at < 1 ? "•••" : $"{address[0]}•••{address[at..]}";
    }

    [LoggerMessage(LogLevel.Error, "A click could not be counted.")]
    private partial void LogClickLost(Exception failure);
}
