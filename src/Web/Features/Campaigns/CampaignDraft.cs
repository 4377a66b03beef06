using System.Collections.Immutable;
using NodaTime;
using NodaTime.Extensions;
using Rondo.Engagement.Contracts;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Web.Features.Campaigns;

/// <summary>When a campaign sends, as chosen in the composer.</summary>
public enum DeliveryChoice
{
    Now = 1,
    At = 2,
    Trigger = 3,
}

/// <summary>One variant while it is written. Push and e-mail texts are both kept, so that changing the channel loses nothing.</summary>
public sealed class VariantDraft
{
    public string Name { get; set; } = string.Empty;

    public int Percent { get; set; } = 100;

    public string Title { get; set; } = string.Empty;

    public string Body { get; set; } = string.Empty;

    public string Link { get; set; } = string.Empty;

    public string ImageUrl { get; set; } = string.Empty;

    public string Subject { get; set; } = string.Empty;

    public string Preheader { get; set; } = string.Empty;

    public string Html { get; set; } = string.Empty;

    /// <summary>The message as it would be sent on a channel.</summary>
    public Message ToMessage(Channel channel) => channel == Channel.Push
        ? new PushMessage(Title.Trim(), Body.Trim(), Link.Trim(), ImageUrl.Trim() is { Length: > 0 } image ? image : null)
        : new EmailMessage(Subject.Trim(), Html, null, Preheader.Trim() is { Length: > 0 } preheader ? preheader : null);
}

/// <summary>A campaign while it is written: a plan whose every field can be half done.</summary>
public sealed class CampaignDraft
{
    public string Name { get; set; } = string.Empty;

    public Channel Channel { get; set; } = Channel.Push;

    public List<VariantDraft> Variants { get; } = [];

    public int ControlPercent { get; set; }

    public DeliveryChoice Delivery { get; set; } = DeliveryChoice.Now;

    /// <summary>In the project's time zone.</summary>
    public DateTime At { get; set; }

    public EventSelector Trigger { get; set; } = new(null);

    public int DelayMinutes { get; set; }

    /// <summary>Days until a person may get it again; null for never.</summary>
    public int? ReEligibleDays { get; set; }

    /// <summary>Null for everyone.</summary>
    public Predicate? Audience { get; set; }

    /// <summary>Null for no goal.</summary>
    public EventSelector? Goal { get; set; }

    public int GoalHours { get; set; } = 72;

    public string? LandingEvent { get; set; }

    /// <summary>A new draft, to be sent at the next full hour if it is ever scheduled.</summary>
    public static CampaignDraft New(ProjectCalendar calendar, Instant now)
    {
        var local = (now + Duration.FromHours(1)).InZone(calendar.Zone).LocalDateTime;
        var draft = new CampaignDraft { At = local.Date.At(new LocalTime(local.Hour, 0)).ToDateTimeUnspecified() };
        draft.Variants.Add(new VariantDraft { Name = "Variant A" });
        return draft;
    }

    /// <summary>The draft of a stored plan.</summary>
    public static CampaignDraft Of(CampaignPlan plan, ProjectCalendar calendar, Instant now)
    {
        var draft = New(calendar, now);
        draft.Variants.Clear();
        (draft.Name, draft.Channel, draft.ControlPercent, draft.LandingEvent) = (plan.Name, plan.Channel, plan.ControlPercent, plan.LandingEvent);
        draft.Audience = plan.Audience is AllPredicate { Of.Length: 0 } ? null : plan.Audience;
        foreach (var variant in plan.Variants)
        {
            draft.Variants.Add(variant.Message switch
            {
                PushMessage push => new VariantDraft { Name = variant.Name, Percent = variant.Percent, Title = push.Title, Body = push.Body, Link = push.Link, ImageUrl = push.ImageUrl ?? string.Empty },
                EmailMessage email => new VariantDraft { Name = variant.Name, Percent = variant.Percent, Subject = email.Subject, Html = email.Html, Preheader = email.Preheader ?? string.Empty },
                _ => new VariantDraft { Name = variant.Name, Percent = variant.Percent },
            });
        }

        switch (plan.Delivery)
        {
            case SendAt at:
                (draft.Delivery, draft.At) = (DeliveryChoice.At, at.At.InZone(calendar.Zone).LocalDateTime.ToDateTimeUnspecified());
                break;
            case SendOnEvent trigger:
                (draft.Delivery, draft.Trigger) = (DeliveryChoice.Trigger, trigger.Event);
                draft.DelayMinutes = (int)trigger.Delay.TotalMinutes;
                draft.ReEligibleDays = trigger.ReEligibleAfter is { } after ? (int)after.TotalDays : null;
                break;
        }

        if (plan.Goal is { } goal)
        {
            (draft.Goal, draft.GoalHours) = (goal.Event, (int)Math.Round(goal.Window.TotalHours));
        }

        return draft;
    }

    /// <summary>Shares the audience evenly between the variants; what does not divide goes to the first ones.</summary>
    public void ShareEvenly()
    {
        var rest = 100 - ControlPercent;
        for (var index = 0; index < Variants.Count; index++)
        {
            Variants[index].Percent = (rest / Variants.Count) + (index < rest % Variants.Count ? 1 : 0);
        }
    }

    /// <summary>The plan as it stands.</summary>
    public CampaignPlan ToPlan(ProjectCalendar calendar) => new(
        Name.Trim(),
        Channel,
        [.. Variants.Select(variant => new Variant(variant.Name.Trim(), variant.Percent, variant.ToMessage(Channel)))],
        ControlPercent,
        Delivery switch
        {
            DeliveryChoice.At => new SendAt(calendar.Zone.AtLeniently(At.ToLocalDateTime()).ToInstant()),
            DeliveryChoice.Trigger => new SendOnEvent(Trigger, Duration.FromMinutes(DelayMinutes), ReEligibleDays is { } days ? Duration.FromDays(days) : null),
            _ => new SendNow(),
        },
        Audience ?? new AllPredicate(ImmutableArray<Predicate>.Empty),
        Goal is null ? null : new ConversionGoal(Goal, Duration.FromHours(GoalHours)),
        string.IsNullOrEmpty(LandingEvent) ? null : LandingEvent);
}
