using NodaTime;
using Rondo.Model.Events;
using Rondo.MusicFinder.People;
using Rondo.MusicFinder.Stories;

namespace Rondo.MusicFinder.History;

/// <summary>Everything one person did, from the first anonymous visit to the end of the history.</summary>
internal static class PersonHistory
{
    public static IReadOnlyList<TrackedEvent> Of(MusicFinderOptions options, Listener listener, IReadOnlyList<(CampaignStory Story, string CampaignId)> campaigns)
    {
        var writer = new EventWriter(listener);
        var chance = new Chance(options.Seed, listener.Number, "history");
        WriteArrival(writer, listener, chance);
        for (var week = 0; week < listener.ActiveWeeks.Count; week++)
        {
            if (listener.ActiveWeeks[week])
            {
                WriteWeek(options, writer, listener, week, chance);
            }
        }

        foreach (var (story, campaignId) in campaigns)
        {
            if (story.Treatments.TryGetValue(listener.Number, out var treatment))
            {
                WriteTreatment(options, writer, story, campaignId, treatment, new Chance(options.Seed, listener.Number, $"reaction {story.Name}"));
                WriteConversion(writer, story, campaignId, treatment);
            }
        }

        return writer.Events;
    }

    private static void WriteArrival(EventWriter writer, Listener listener, Chance chance)
    {
        writer.TrackAnonymous(Names.ViewHomepage, listener.SignedUpAt - Duration.FromSeconds(chance.Between(90, 600)));
        writer.Track(Names.SignUp, listener.SignedUpAt, chance);
        writer.Track(Names.PlaySong, listener.SignedUpAt + Duration.FromSeconds(chance.Between(30, 200)), chance);
    }

    private static void WriteWeek(MusicFinderOptions options, EventWriter writer, Listener listener, int week, Chance chance)
    {
        var sessions = chance.Between(1, 4);
        for (var session = 0; session < sessions; session++)
        {
            var time = listener.SignedUpAt + Duration.FromDays(7 * week) + Duration.FromSeconds(chance.Between(3600, 7 * 86_400 - 3600));
            var songs = chance.Between(2, 9);
            if (time + Duration.FromHours(1) < options.EndsAt)
            {
                WriteSession(writer, time, songs, chance);
            }
        }
    }

    private static void WriteSession(EventWriter writer, Instant time, int songs, Chance chance)
    {
        writer.Track(Names.ViewHomepage, time, chance);
        if (chance.Happens(0.5))
        {
            writer.Track(Names.Search, Later(ref time, chance), chance);
        }

        for (var song = 0; song < songs; song++)
        {
            writer.Track(Names.PlaySong, Later(ref time, chance), chance);
            if (chance.Happens(0.12))
            {
                writer.Track(Names.LikeSong, Later(ref time, chance), chance);
            }
        }

        if (chance.Happens(0.10))
        {
            writer.Track(Names.AddToCart, Later(ref time, chance), chance);
            if (chance.Happens(0.25))
            {
                writer.Track(Names.Checkout, Later(ref time, chance), chance);
            }
        }

        if (chance.Happens(0.04))
        {
            writer.Track(Names.ViewPricingPlan, Later(ref time, chance), chance);
        }
    }

    private static void WriteTreatment(MusicFinderOptions options, EventWriter writer, CampaignStory story, string campaignId, Treatment treatment, Chance chance)
    {
        var message = MessageProperties(story, campaignId, treatment);
        writer.Message(treatment.IsControl ? WellKnownEvents.EnrollInControl : WellKnownEvents.PushSend, treatment.SentAt, message);
        if (treatment.IsBounced)
        {
            writer.Message(WellKnownEvents.PushBounce, treatment.SentAt + Duration.FromSeconds(1), message);
        }

        if (treatment.OpenedAt is { } time)
        {
            writer.Message(WellKnownEvents.PushOpen, time, message);
            foreach (var name in treatment.SessionAfterOpen)
            {
                time += Duration.FromSeconds(chance.Between(8, 90));
                writer.Track(name, time, chance);
            }
        }

        if (treatment.LaterCheckoutAt is { } later && later + Duration.FromMinutes(10) < options.EndsAt)
        {
            writer.Track(Names.ViewHomepage, later - Duration.FromSeconds(120), chance);
            writer.Track(Names.ViewCart, later - Duration.FromSeconds(60), chance);
            writer.Track(Names.Checkout, later, chance);
        }
    }

    /// <summary>As the engagement tool counts: the first goal within the window after sending, opened or not, control group alike.</summary>
    private static void WriteConversion(EventWriter writer, CampaignStory story, string campaignId, Treatment treatment)
    {
        var reached = writer.Events
            .Where(tracked => tracked.Name == story.Goal && tracked.Time >= treatment.SentAt && tracked.Time <= treatment.SentAt + story.GoalWindow)
            .Select(tracked => (Instant?)tracked.Time)
            .Min();
        if (reached is { } time)
        {
            writer.Message(WellKnownEvents.CampaignConversion, time, MessageProperties(story, campaignId, treatment));
        }
    }

    private static Property[] MessageProperties(CampaignStory story, string campaignId, Treatment treatment) =>
    [
        new("campaign_id", PropertyValue.Of(campaignId)),
        new("campaign_name", PropertyValue.Of(story.Name)),
        new("message_variation_name", PropertyValue.Of(treatment.IsControl ? CampaignStory.ControlName : CampaignStory.VariantName)),
        new("channel", PropertyValue.Of("push")),
    ];

    private static Instant Later(ref Instant time, Chance chance) => time += Duration.FromSeconds(chance.Between(20, 260));
}
