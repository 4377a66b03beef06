using Rondo.Engagement.Contracts;
using Rondo.Model.Events;

namespace Rondo.Engagement.Subscriptions;

/// <summary>
/// Where a person can be reached, read from one profile. The same rules over all people at once are in
/// <see cref="Segments.AudienceReach"/>; a test holds the two together.
/// </summary>
internal static class Reachability
{
    /// <summary>Where Mixpanel's SDKs keep FCM registration tokens.</summary>
    public const string PushTokens = "$android_devices";

    /// <summary>Where Mixpanel's SDKs keep the e-mail address.</summary>
    public const string EmailAddress = "$email";

    /// <summary>The address that bounced for good; another address is good again.</summary>
    public const string BouncedEmail = "email_bounced";

    /// <summary>The state of a person who wants nothing on a channel.</summary>
    public const string Unsubscribed = "unsubscribed";

    /// <summary>The profile property of a channel's subscription state: opted_in, subscribed (also when absent) or unsubscribed.</summary>
    public static string SubscriptionOf(Channel channel) => channel == Channel.Push ? "push_subscribe" : "email_subscribe";

    /// <summary>A person's addresses on a channel, or why there are none. The reasons are tried in the order of their numbers.</summary>
    public static (IReadOnlyList<string> Addresses, UnreachableReason? Reason) Of(IReadOnlyDictionary<string, PropertyValue> profile, Channel channel)
    {
        var addresses = AddressesOf(profile, channel);
        if (addresses.Count == 0)
        {
            return ([], UnreachableReason.NoAddress);
        }

        if (TextOf(profile, SubscriptionOf(channel)) == Unsubscribed)
        {
            return ([], UnreachableReason.Unsubscribed);
        }

        return channel == Channel.Email && TextOf(profile, BouncedEmail) == addresses[0] ? ([], UnreachableReason.Bounced) : (addresses, null);
    }

    private static IReadOnlyList<string> AddressesOf(IReadOnlyDictionary<string, PropertyValue> profile, Channel channel)
    {
        if (channel == Channel.Email)
        {
            return TextOf(profile, EmailAddress) is { } email && email.Contains('@', StringComparison.Ordinal) ? [email] : [];
        }

        return profile.TryGetValue(PushTokens, out var tokens)
            ? tokens.Kind switch
            {
                PropertyKind.List => [.. tokens.Items.Where(token => token is { Kind: PropertyKind.String, String.Length: > 0 }).Select(token => token.String).Distinct(StringComparer.Ordinal)],
                PropertyKind.String when tokens.String.Length > 0 => [tokens.String],
                _ => [],
            }
            : [];
    }

    private static string? TextOf(IReadOnlyDictionary<string, PropertyValue> profile, string name) =>
        profile.TryGetValue(name, out var value) && value.Kind == PropertyKind.String ? value.String : null;
}
