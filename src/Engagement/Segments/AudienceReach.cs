using Rondo.Engagement.Contracts;
using Rondo.Engagement.Subscriptions;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Segments;

/// <summary>An audience split into those a channel reaches and those it does not, each of the latter under one reason.</summary>
internal sealed record AudienceReach(PersonSet Audience, PersonSet Reachable, IReadOnlyDictionary<UnreachableReason, PersonSet> Unreachable)
{
    /// <summary>Splits an audience with a few questions about all people, not one lookup a person.</summary>
    public static async Task<AudienceReach> OfAsync(IEventStore store, QueryContext context, PersonSet audience, Channel channel, CancellationToken cancellationToken)
    {
        var addressed = audience.And(await store.PeopleWhereAsync(HasAddress(channel), context, cancellationToken));
        var unsubscribed = addressed.And(await store.PeopleWhereAsync(Is(Reachability.SubscriptionOf(channel), Reachability.Unsubscribed), context, cancellationToken));
        var wanting = addressed.Except(unsubscribed);
        var bounced = channel == Channel.Email ? await BouncedAsync(store, context, wanting, cancellationToken) : PersonSet.Empty;
        return new AudienceReach(audience, wanting.Except(bounced), new Dictionary<UnreachableReason, PersonSet>
        {
            [UnreachableReason.NoAddress] = audience.Except(addressed),
            [UnreachableReason.Unsubscribed] = unsubscribed,
            [UnreachableReason.Bounced] = bounced,
        });
    }

    /// <summary>The numbers.</summary>
    public ChannelReach Counted(Channel channel) => new(
        channel, Reachable.Count, Unreachable.Where(pair => pair.Value.Count > 0).ToDictionary(pair => pair.Key, pair => pair.Value.Count));

    /// <summary>Whoever has a text in the tokens, or an e-mail address with an @. A list that was emptied is still "set", so that cannot be asked.</summary>
    private static PropertyPredicate HasAddress(Channel channel) => channel == Channel.Push
        ? new PropertyPredicate(PropertySource.User, Reachability.PushTokens, PropertyOperator.Contains, [PropertyValue.Of(string.Empty)])
        : new PropertyPredicate(PropertySource.User, Reachability.EmailAddress, PropertyOperator.Contains, [PropertyValue.Of("@")]);

    private static PropertyPredicate Is(string property, string value) =>
        new(PropertySource.User, property, PropertyOperator.Equals, [PropertyValue.Of(value)]);

    /// <summary>Few people have an address that bounced; only for them the two addresses are compared.</summary>
    private static async Task<PersonSet> BouncedAsync(IEventStore store, QueryContext context, PersonSet among, CancellationToken cancellationToken)
    {
        var marked = among.And(await store.PeopleWhereAsync(new PropertyPredicate(PropertySource.User, Reachability.BouncedEmail, PropertyOperator.IsSet, []), context, cancellationToken));
        var ids = store.DistinctIdsOf(marked);
        return PersonSet.Of(marked.Zip(ids)
            .Where(pair => store.FindProfile(pair.Second) is { } profile && Reachability.Of(profile, Channel.Email).Reason == UnreachableReason.Bounced)
            .Select(pair => pair.First));
    }
}
