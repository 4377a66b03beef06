using NodaTime;
using Rondo.Model.Events;
using Rondo.MusicFinder;
using Rondo.MusicFinder.People;
using Rondo.MusicFinder.Stories;

namespace Rondo.Browser.Tests;

/// <summary>The numbers that the pages must show, counted from the generator's plan person by person.</summary>
internal sealed class Plan(Company company)
{
    private static readonly Duration Week = Duration.FromDays(7);

    /// <summary>Story 1: people of a source whose first song lies in a row old enough, and who did not play in the week asked for.</summary>
    public int NotBack(string source, int week, int rowCount)
    {
        var thisWeek = company.Options.EndsAt.InUtc().Date.With(DateAdjusters.PreviousOrSame(IsoDayOfWeek.Monday));
        var start = thisWeek.PlusWeeks(1 - rowCount).AtMidnight().InUtc().ToInstant();
        return company.People.Where(listener => listener.Source == source).Count(listener =>
        {
            var plays = Events(listener).Where(tracked => tracked.Name == Names.PlaySong).Select(tracked => tracked.Time).Order().ToList();
            var birth = plays[0];
            var row = birth.InUtc().Date.With(DateAdjusters.PreviousOrSame(IsoDayOfWeek.Monday)).AtMidnight().InUtc().ToInstant();
            var isComplete = row + (Week * (week + 2)) <= company.Options.EndsAt;
            return birth >= start && isComplete && !plays.Skip(1).Any(time => time - birth >= Week * week && time - birth < Week * (week + 1));
        });
    }

    /// <summary>Story 2: was sent it and reached the goal in the window, opened or not.</summary>
    public int Influenced(CampaignStory story) => Reached(story, treatment => !treatment.IsControl);

    /// <summary>The same of the control group.</summary>
    public int Control(CampaignStory story) => Reached(story, treatment => treatment.IsControl);

    /// <summary>Opened it, and reached the goal before half an hour of silence or midnight.</summary>
    public int Direct(CampaignStory story) => Opened(story).Count(opened =>
    {
        var last = opened.At;
        foreach (var tracked in After(opened))
        {
            if (tracked.Time - last > Duration.FromMinutes(30) || tracked.Time.InUtc().Date != last.InUtc().Date)
            {
                return false;
            }

            if (tracked.Name == story.Goal)
            {
                return true;
            }

            last = tracked.Time;
        }

        return false;
    });

    /// <summary>Story 3: how many opened, and how many of them did an event first.</summary>
    public (int Opened, int First) Landed(CampaignStory story, string name) =>
        (Opened(story).Count(), Opened(story).Count(opened => After(opened).First().Name == name));

    private IEnumerable<(Listener Listener, Instant At)> Opened(CampaignStory story) =>
        story.Treatments.Where(treatment => treatment.Value.OpenedAt is not null).Select(treatment => (company.People[treatment.Key], treatment.Value.OpenedAt!.Value));

    private IEnumerable<TrackedEvent> After((Listener Listener, Instant At) opened) =>
        Events(opened.Listener).Where(tracked => tracked.Time > opened.At && !WellKnownEvents.NotActivity.Contains(tracked.Name)).OrderBy(tracked => tracked.Time);

    private int Reached(CampaignStory story, Func<Treatment, bool> isMeant) => story.Treatments.Where(treatment => isMeant(treatment.Value)).Count(treatment =>
        Events(company.People[treatment.Key]).Any(tracked => tracked.Name == story.Goal && tracked.Time >= treatment.Value.SentAt && tracked.Time <= treatment.Value.SentAt + story.GoalWindow));

    private IReadOnlyList<TrackedEvent> Events(Listener listener) => company.HistoryOf(listener, "cart", "bird");
}
