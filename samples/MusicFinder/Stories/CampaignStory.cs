using NodaTime;
using Rondo.MusicFinder.People;

namespace Rondo.MusicFinder.Stories;

/// <summary>What happened to one person in a past campaign.</summary>
/// <param name="IsControl">Held out.</param>
/// <param name="SentAt">When the push went out, or the person was enrolled in the control group.</param>
/// <param name="IsBounced">The provider refused the token.</param>
/// <param name="OpenedAt">When it was tapped; null when it was not.</param>
/// <param name="SessionAfterOpen">The events of the session that the tap started, in order.</param>
/// <param name="LaterCheckoutAt">A checkout in a session of its own, message or not; null for none.</param>
public sealed record Treatment(bool IsControl, Instant SentAt, bool IsBounced, Instant? OpenedAt, IReadOnlyList<string> SessionAfterOpen, Instant? LaterCheckoutAt);

/// <summary>A campaign of the past, planned person by person.</summary>
/// <param name="Name">The campaign's name.</param>
/// <param name="Title">Headline of its push.</param>
/// <param name="Body">Text of its push.</param>
/// <param name="Link">Where a tap should lead.</param>
/// <param name="Goal">The conversion event.</param>
/// <param name="GoalWindow">The conversion window.</param>
/// <param name="LandingEvent">The event that a tap should lead to.</param>
/// <param name="ControlPercent">Share held out.</param>
/// <param name="LaunchedAt">When it went out.</param>
/// <param name="Treatments">What happened, by person number.</param>
public sealed record CampaignStory(
    string Name,
    string Title,
    string Body,
    string Link,
    string Goal,
    Duration GoalWindow,
    string? LandingEvent,
    int ControlPercent,
    Instant LaunchedAt,
    IReadOnlyDictionary<int, Treatment> Treatments)
{
    /// <summary>The one version of each past campaign.</summary>
    public const string VariantName = "Variant 1";

    /// <summary>How message events name the control group.</summary>
    public const string ControlName = "Control";

    /// <summary>Story 2: the engagement tool credits every checkout within 3 days; few come from the message.</summary>
    public static CampaignStory AbandonedCart(MusicFinderOptions options, IReadOnlyList<Listener> people)
    {
        var launchedAt = options.EndsAt - Duration.FromDays(20) + Duration.FromHours(2);
        return new CampaignStory(
            "Abandoned Cart Campaign",
            "Your cart is waiting",
            "{{${first_name} | default: 'Hi'}}, the tickets in your cart are still yours.",
            "musicfinder://cart",
            Names.Checkout,
            Duration.FromDays(3),
            Names.ViewCart,
            ControlPercent: 20,
            launchedAt,
            Treat(options, people, "abandoned cart", launchedAt, listener => listener.IsActiveAt(launchedAt) && new Chance(options.Seed, listener.Number, "cart").Happens(0.75), 0.20, (chance, opened) =>
            {
                var buysAtOnce = opened && chance.Happens(0.22);
                IReadOnlyList<string> session = opened ? buysAtOnce ? [Names.ViewCart, Names.Checkout] : [Names.ViewCart] : [];
                return (session, LaterCheckout: !buysAtOnce && chance.Happens(0.08));
            }));
    }

    /// <summary>Story 3: the link should open the prices, but most people land on the home page.</summary>
    public static CampaignStory EarlyBirdRenewal(MusicFinderOptions options, IReadOnlyList<Listener> people)
    {
        var launchedAt = options.EndsAt - Duration.FromDays(12) + Duration.FromHours(3);
        return new CampaignStory(
            "Early Bird Renewal",
            "Renew early, save 20 %",
            "{{${first_name} | default: 'Hi'}}, your early bird price ends on Sunday.",
            "musicfinder://pricing",
            Names.RenewPlan,
            Duration.FromDays(3),
            Names.ViewPricingPlan,
            ControlPercent: 10,
            launchedAt,
            Treat(options, people, "early bird", launchedAt, listener => listener.IsPaid && listener.IsActiveAt(launchedAt), 0.10, (chance, opened) =>
            {
                IReadOnlyList<string> session = !opened ? [] : chance.Next() switch
                {
                    < 0.71 => chance.Happens(0.15) ? [Names.ViewHomepage, Names.ViewPricingPlan] : [Names.ViewHomepage, Names.Search],
                    < 0.90 => chance.Happens(0.35) ? [Names.ViewPricingPlan, Names.RenewPlan] : [Names.ViewPricingPlan],
                    _ => [Names.PlaySong],
                };
                return (session, LaterCheckout: false);
            }));
    }

    private static Dictionary<int, Treatment> Treat(
        MusicFinderOptions options,
        IReadOnlyList<Listener> people,
        string purpose,
        Instant launchedAt,
        Func<Listener, bool> isMeant,
        double controlShare,
        Func<Chance, bool, (IReadOnlyList<string> Session, bool LaterCheckout)> react)
    {
        var treatments = new Dictionary<int, Treatment>();
        foreach (var listener in people.Where(listener => listener.PushToken is not null && listener.SignedUpAt < launchedAt - Duration.FromDays(1) && isMeant(listener)))
        {
            var chance = new Chance(options.Seed, listener.Number, purpose);
            var isControl = chance.Happens(controlShare);
            var isBounced = !isControl && listener.PushToken!.StartsWith("bounce-", StringComparison.Ordinal);
            var sentAt = launchedAt + Duration.FromMilliseconds(chance.Between(0, 300_000));
            Instant? openedAt = !isControl && !isBounced && chance.Happens(0.34) ? sentAt + Duration.FromSeconds(chance.Between(20, 4 * 3600)) : null;
            var (session, laterCheckout) = react(chance, openedAt is not null);
            Instant? laterCheckoutAt = laterCheckout ? sentAt + Duration.FromSeconds(chance.Between(6 * 3600, 66 * 3600)) : null;
            treatments.Add(listener.Number, new Treatment(isControl, sentAt, isBounced, openedAt, session, laterCheckoutAt));
        }

        return treatments;
    }
}
