using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using Rondo.MusicFinder.History;
using Rondo.MusicFinder.People;
using Rondo.MusicFinder.Stories;

namespace Rondo.MusicFinder;

/// <summary>Music Finder, a streaming app that does not exist: its people, its past campaigns and everything that happened.</summary>
public sealed class Company
{
    /// <summary>Plans the company; nothing is written yet.</summary>
    public Company(MusicFinderOptions options)
    {
        Options = options;
        People = Population.Plan(options);
        AbandonedCart = CampaignStory.AbandonedCart(options, People);
        EarlyBirdRenewal = CampaignStory.EarlyBirdRenewal(options, People);
    }

    /// <summary>What it was planned from.</summary>
    public MusicFinderOptions Options { get; }

    /// <summary>Everybody, by number.</summary>
    public IReadOnlyList<Listener> People { get; }

    /// <summary>Story 2.</summary>
    public CampaignStory AbandonedCart { get; }

    /// <summary>Story 3.</summary>
    public CampaignStory EarlyBirdRenewal { get; }

    /// <summary>Everything one person did.</summary>
    /// <param name="listener">The person.</param>
    /// <param name="abandonedCartId">The id that the campaign got in the server.</param>
    /// <param name="earlyBirdRenewalId">Likewise.</param>
    public IReadOnlyList<TrackedEvent> HistoryOf(Listener listener, string abandonedCartId, string earlyBirdRenewalId) =>
        PersonHistory.Of(Options, listener, [(AbandonedCart, abandonedCartId), (EarlyBirdRenewal, earlyBirdRenewalId)]);

    /// <summary>The person's profile.</summary>
    public ProfileUpdate ProfileOf(Listener listener)
    {
        var properties = new List<Property>
        {
            new("$name", PropertyValue.Of(listener.Name)),
            new("$first_name", PropertyValue.Of(listener.FirstName)),
            new("$created", PropertyValue.Of(NodaTime.Text.InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss").Format(listener.SignedUpAt))),
            new("utm_source", PropertyValue.Of(listener.Source)),
            new("platform", PropertyValue.Of(listener.Platform)),
            new("$country_code", PropertyValue.Of(listener.Country)),
            new("favourite_genre", PropertyValue.Of(listener.Genre)),
            new("plan", PropertyValue.Of(listener.IsPaid ? "paid" : "free")),
        };
        if (listener.Email is { } email)
        {
            properties.Add(new Property("$email", PropertyValue.Of(email)));
            properties.Add(new Property("email_subscribe", PropertyValue.Of(listener.Number % 20 == 0 ? "unsubscribed" : "subscribed")));
        }

        if (listener.PushToken is { } token)
        {
            properties.Add(new Property("$android_devices", PropertyValue.Of([PropertyValue.Of(token)])));
        }

        return new ProfileUpdate
        {
            DistinctId = listener.UserId,
            Operator = ProfileOperator.Set,
            Properties = properties,
            Time = Options.EndsAt - Duration.FromHours(1),
        };
    }
}
