using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Text;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Delivery;
using Rondo.Engagement.Personalisation;
using Rondo.Engagement.Segments;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Campaigns;

internal sealed partial class CampaignDirectory
{
    public async Task<Outcome<LaunchReview>> ReviewAsync(ProjectId project, CampaignPlan plan, CancellationToken cancellationToken)
    {
        var all = await cohorts.AllAsync(project, cancellationToken);
        var found = ProblemsOf(plan, all);
        if (found.Count > 0)
        {
            return Outcome<LaunchReview>.Refused(found);
        }

        var (store, _, audience) = await enrolment.ReachAsync(project, plan.Audience, plan.Channel, cancellationToken);
        var salt = StickySplit.SaltOf(project, plan.Name);
        var control = store.DistinctIdsOf(audience.Reachable).Count(person => StickySplit.ArmOf(plan, salt, person) == StickySplit.Control);
        var messaged = audience.Reachable.Count - control;
        var reach = await segments.CountAsync(project, plan.Audience, cancellationToken);
        return Outcome<LaunchReview>.Accepted(new LaunchReview(reach, control, messaged, Words(plan, audience, control, messaged, all)));
    }

    public async Task<Outcome<MessagePreview>> PreviewAsync(ProjectId project, Message message, string? distinctId, CancellationToken cancellationToken)
    {
        var found = problems.Of(message, "message").ToList();
        if (found.Count > 0)
        {
            return Outcome<MessagePreview>.Refused(found);
        }

        var store = await stores.OpenAsync(project, cancellationToken);
        var person = distinctId is null ? store.DistinctIdsOf((await store.EveryoneAsync(cancellationToken)).Take(1)).FirstOrDefault(string.Empty) : store.CanonicalId(distinctId);
        var scope = new MessageScope(
            person,
            store.FindProfile(person) ?? new Dictionary<string, PropertyValue>(),
            new Dictionary<string, PropertyValue>(),
            new Dictionary<string, string>(),
            UnsubscribeUrl: "#unsubscribe");
        var (preview, refusal, detail) = await renderer.PreviewAsync(message, scope);
        return Outcome<MessagePreview>.Accepted(new MessagePreview(preview, refusal is null ? null : detail ?? refusal.ToString()));
    }

    public async Task<Outcome<Campaign>> LaunchAsync(ProjectId project, int campaign, CancellationToken cancellationToken)
    {
        if (await FindAsync(project, campaign, cancellationToken) is not { } draft)
        {
            return Outcome<Campaign>.Refused("id", "names no campaign");
        }

        if (draft.State != CampaignState.Draft)
        {
            // A double click, a repeated request: the campaign is launched, once.
            return Outcome<Campaign>.Accepted(draft);
        }

        var found = ProblemsOf(draft.Plan, await cohorts.AllAsync(project, cancellationToken));
        var settings = await channels.GetAsync(project, cancellationToken);
        if ((draft.Plan.Channel == Channel.Push ? settings.Push : settings.Email) == Provider.None)
        {
            found.Add(new Problem("channel", "has no provider yet: choose one in the channel settings"));
        }

        if (draft.Plan.Delivery is SendAt at && at.At < Now)
        {
            found.Add(new Problem("delivery.at", "must be in the future"));
        }

        if (found.Count > 0)
        {
            return Outcome<Campaign>.Refused(found);
        }

        var position = (await stores.OpenAsync(project, cancellationToken)).Position;
        var now = Now;
        Instant? dueAt = draft.Plan.Delivery switch
        {
            SendNow => now,
            SendAt scheduled => scheduled.At,
            _ => null,
        };
        var state = draft.Plan.Delivery is SendAt ? CampaignState.Scheduled : CampaignState.Active;
        await database.ChangeAsync(
            data => data.Campaigns.Where(row => row.Project == project.Value && row.Id == campaign && row.State == CampaignState.Draft)
                .ExecuteUpdateAsync(
                    update => update.SetProperty(row => row.State, state).SetProperty(row => row.LaunchedAt, now).SetProperty(row => row.DueAt, dueAt).SetProperty(row => row.LaunchPosition, position.Value),
                    cancellationToken),
            cancellationToken);
        watch.Invalidate();
        signals.Campaigns.Raise();
        return Outcome<Campaign>.Accepted((await FindAsync(project, campaign, cancellationToken))!);
    }

    public async Task<Outcome<Campaign>> StopAsync(ProjectId project, int campaign, CancellationToken cancellationToken)
    {
        if (await FindAsync(project, campaign, cancellationToken) is not { } found)
        {
            return Outcome<Campaign>.Refused("id", "names no campaign");
        }

        if (found.State is CampaignState.Draft)
        {
            return Outcome<Campaign>.Refused("state", "must be scheduled or active: a draft sends nothing");
        }

        var now = Now;
        await database.WriteAsync(
            connection =>
            {
                using var stop = connection.CreateCommand();
                stop.CommandText = "UPDATE campaigns SET State = 5, FinishedAt = $now WHERE Id = $id AND State IN (2, 3)";
                stop.Parameters.AddWithValue("$now", now.ToUnixTimeMilliseconds());
                stop.Parameters.AddWithValue("$id", campaign);
                if (stop.ExecuteNonQuery() == 1)
                {
                    Ledger.Stop(connection, campaign, now);
                }

                return true;
            },
            cancellationToken);
        watch.Invalidate();
        return Outcome<Campaign>.Accepted((await FindAsync(project, campaign, cancellationToken))!);
    }

    /// <summary>The whole as one paragraph, every subtraction named.</summary>
    private static string Words(CampaignPlan plan, AudienceReach reach, int control, int messaged, IReadOnlyList<Cohort> cohorts)
    {
        var words = new StringBuilder();
        words.Append(plan.Channel == Channel.Push ? "Sends a push notification" : "Sends an e-mail").Append(' ').Append(plan.Delivery switch
        {
            SendNow => "as soon as it is launched",
            SendAt at => $"at {InstantPattern.General.Format(at.At)}",
            SendOnEvent trigger => $"whenever a person does {Wording.Of(trigger.Event, id => cohorts.FirstOrDefault(cohort => cohort.Id == id)?.Name)}"
                + (trigger.Delay > Duration.Zero ? $", {Length(trigger.Delay)} later" : string.Empty)
                + (trigger.ReEligibleAfter is { } after ? $", each person again after {Length(after)}" : ", each person once"),
            _ => string.Empty,
        });
        var who = Wording.Of(new FilterCohort(plan.Audience), id => cohorts.FirstOrDefault(cohort => cohort.Id == id)?.Name);
        words.Append(CultureInfo.InvariantCulture, $". The audience is {People(reach.Audience.Count)} now: {char.ToLowerInvariant(who[0])}{who[1..]}.");
        foreach (var (reason, people) in reach.Unreachable.Where(pair => pair.Value.Count > 0))
        {
            words.Append(CultureInfo.InvariantCulture, $" {People(people.Count)} cannot be reached: {reason switch
            {
                UnreachableReason.NoAddress => plan.Channel == Channel.Push ? "no registered device" : "no e-mail address",
                UnreachableReason.Unsubscribed => "unsubscribed",
                _ => "the address bounced",
            }}.");
        }

        if (plan.ControlPercent > 0)
        {
            words.Append(CultureInfo.InvariantCulture, $" {People(control)} are held out as the control group ({plan.ControlPercent} %).");
        }

        return words.Append(CultureInfo.InvariantCulture, $" {People(messaged)} are messaged.").ToString();
    }

    private static string People(int count) => count == 1 ? "1 person" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} people");

    private static string Length(Duration duration) => duration switch
    {
        _ when duration == Duration.Zero => "no wait",
        _ when duration.TotalDays >= 1 && duration.TotalDays % 1 == 0 => Units(duration.TotalDays, "day"),
        _ when duration.TotalHours >= 1 && duration.TotalHours % 1 == 0 => Units(duration.TotalHours, "hour"),
        _ when duration.TotalMinutes >= 1 && duration.TotalMinutes % 1 == 0 => Units(duration.TotalMinutes, "minute"),
        _ => Units(duration.TotalSeconds, "second"),
    };

    private static string Units(double count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{count:0.##} {unit}{(count == 1 ? string.Empty : "s")}");
}
