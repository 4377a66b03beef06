using System.Collections.Immutable;
using System.Text.Json.Serialization;
using NodaTime;
using Rondo.Model;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Contracts;

/// <summary>What is sent; every text is a Liquid template.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(PushMessage), "push")]
[JsonDerivedType(typeof(EmailMessage), "email")]
public abstract record Message;

/// <summary>A push notification.</summary>
/// <param name="Title">Headline.</param>
/// <param name="Body">Text.</param>
/// <param name="Link">Deep link or address opened on tap; may be empty.</param>
/// <param name="ImageUrl">Picture; may be null.</param>
public sealed record PushMessage(string Title, string Body, string Link, string? ImageUrl = null) : Message;

/// <summary>An e-mail. Links are signed and counted, an open pixel and one-click unsubscribe are added.</summary>
/// <param name="Subject">Subject line.</param>
/// <param name="Html">Body as HTML.</param>
/// <param name="Text">Body as plain text; null derives it from the HTML.</param>
/// <param name="Preheader">Preview text; may be null.</param>
public sealed record EmailMessage(string Subject, string Html, string? Text = null, string? Preheader = null) : Message;

/// <summary>One version of a campaign's message.</summary>
/// <param name="Name">Shown in results; unique within the campaign.</param>
/// <param name="Percent">Share of the audience; all variants and the control group make 100.</param>
/// <param name="Message">What is sent.</param>
public sealed record Variant(string Name, int Percent, Message Message);

/// <summary>When a campaign sends.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(SendNow), "now")]
[JsonDerivedType(typeof(SendAt), "at")]
[JsonDerivedType(typeof(SendOnEvent), "trigger")]
public abstract record Delivery;

/// <summary>Once, when launched.</summary>
public sealed record SendNow : Delivery;

/// <summary>Once, at an instant.</summary>
public sealed record SendAt(Instant At) : Delivery;

/// <summary>
/// Whenever a person of the audience does an event, after a delay (0 to 30 days); each person again only after
/// <paramref name="ReEligibleAfter"/> (0 to 720 days; null: never again). In JSON both are seconds.
/// </summary>
public sealed record SendOnEvent(
    EventSelector Event,
    [property: JsonConverter(typeof(DurationSecondsJsonConverter))] Duration Delay,
    [property: JsonConverter(typeof(DurationSecondsJsonConverter))] Duration? ReEligibleAfter) : Delivery;

/// <summary>The goal of a campaign.</summary>
/// <param name="Event">What counts as a conversion.</param>
/// <param name="Window">How long after receipt; 5 minutes to 30 days. In JSON seconds.</param>
public sealed record ConversionGoal(EventSelector Event, [property: JsonConverter(typeof(DurationSecondsJsonConverter))] Duration Window);

/// <summary>All that a marketer decides about a campaign.</summary>
/// <param name="Name">Unique within the project.</param>
/// <param name="Channel">How it travels; every variant's message is of this channel.</param>
/// <param name="Variants">1 to 8.</param>
/// <param name="ControlPercent">Share held out, 0 to 50.</param>
/// <param name="Delivery">When.</param>
/// <param name="Audience">To whom: a filter on persons (cohorts, profile, behaviour).</param>
/// <param name="Goal">The conversion event; null for none.</param>
/// <param name="LandingEvent">The event that a click should lead to (for example "View Pricing Plan"); null for no landing check.</param>
public sealed record CampaignPlan(
    string Name,
    Channel Channel,
    ImmutableArray<Variant> Variants,
    int ControlPercent,
    Delivery Delivery,
    Predicate Audience,
    ConversionGoal? Goal,
    string? LandingEvent);

/// <summary>Where a campaign is in its life.</summary>
/// <remarks>The numbers are stored; they may be added to, never changed.</remarks>
public enum CampaignState
{
    /// <summary>Can be edited; sends nothing.</summary>
    Draft = 1,

    /// <summary>Waits for its time.</summary>
    Scheduled = 2,

    /// <summary>Is sending, or waits for its trigger.</summary>
    Active = 3,

    /// <summary>Has sent everything.</summary>
    Finished = 4,

    /// <summary>Was stopped; nothing more is sent.</summary>
    Stopped = 5,
}

/// <summary>A campaign.</summary>
public sealed record Campaign(int Id, CampaignPlan Plan, CampaignState State, string AudienceWords, Instant CreatedAt, Instant? LaunchedAt, Instant? FinishedAt, bool IsArchived);

/// <summary>What a launch would do now, shown before it is confirmed.</summary>
/// <param name="Reach">Audience and channel reach.</param>
/// <param name="Control">People who would be held out.</param>
/// <param name="Messaged">People who would be messaged.</param>
/// <param name="Words">The whole as one paragraph (English).</param>
public sealed record LaunchReview(Reach Reach, int Control, int Messaged, string Words);

/// <summary>How a message looks for one person.</summary>
/// <param name="Message">With every template filled in.</param>
/// <param name="AbortReason">Why it would not be sent to this person; null when it would.</param>
public sealed record MessagePreview(Message Message, string? AbortReason);

/// <summary>What one arm of a campaign did.</summary>
/// <param name="Name">The variant's name; "Control" for the control group.</param>
/// <param name="IsControl">Whether it is the control group.</param>
/// <param name="People">Distinct people enrolled.</param>
/// <param name="Sends">Messages handed to the provider.</param>
/// <param name="Deliveries">Sends less bounces.</param>
/// <param name="Bounces">Refused for good.</param>
/// <param name="Opens">Distinct people who opened.</param>
/// <param name="Clicks">Distinct people who clicked.</param>
/// <param name="Conversions">Distinct people who converted within the window, opened or not.</param>
public sealed record ArmResult(string Name, bool IsControl, int People, int Sends, int Deliveries, int Bounces, int Opens, int Clicks, int Conversions);

/// <summary>Extra conversions that the message caused, against the control group, with a 95 % interval.</summary>
/// <param name="TreatedRate">Share of treated people who converted.</param>
/// <param name="ControlRate">Share of control people who converted.</param>
/// <param name="Difference">Treated less control, in conversions per person.</param>
/// <param name="Low">Lower end of the interval of the difference (Newcombe's hybrid score interval).</param>
/// <param name="High">Upper end.</param>
/// <param name="People">Difference times treated people: conversions that would not have happened.</param>
public sealed record IncrementalEffect(double TreatedRate, double ControlRate, double Difference, double Low, double High, double People);

/// <summary>Where people landed after a click.</summary>
/// <param name="Expected">The event the campaign means them to land on.</param>
/// <param name="Clicks">People with an open or click and an activity event within the same session after it.</param>
/// <param name="Landings">First activity events after the click, most people first.</param>
/// <param name="IsMissed">Whether most people landed elsewhere.</param>
public sealed record LandingCheck(string Expected, int Clicks, IReadOnlyList<Landing> Landings, bool IsMissed);

/// <summary>One place people landed.</summary>
public sealed record Landing(string Event, int People);

/// <summary>The results of a campaign.</summary>
/// <param name="Arms">Variants in order, the control group last.</param>
/// <param name="NotSent">People of the audience who were not messaged, by reason (unreachable, aborted, failed …).</param>
/// <param name="Influenced">People who received it and converted in the window, whether or not they opened it.</param>
/// <param name="Direct">People who opened or clicked and converted in the same session after it.</param>
/// <param name="Incremental">Against the control group; null without one, without a goal, or with an empty arm.</param>
/// <param name="Landing">Null without a landing event.</param>
/// <param name="ComputedAt">When.</param>
public sealed record CampaignResults(
    IReadOnlyList<ArmResult> Arms,
    IReadOnlyDictionary<string, int> NotSent,
    int Influenced,
    int Direct,
    IncrementalEffect? Incremental,
    LandingCheck? Landing,
    Instant ComputedAt);

/// <summary>What the ledger says of one message to one person.</summary>
public sealed record LedgerEntry(int Campaign, string CampaignName, string Variant, string State, string? Reason, Instant At);

/// <summary>Campaigns: made, launched, stopped, read.</summary>
public interface ICampaigns
{
    /// <summary>All campaigns, newest first.</summary>
    Task<IReadOnlyList<Campaign>> ListAsync(ProjectId project, bool includeArchived, CancellationToken cancellationToken);

    /// <summary>One campaign; null when there is none.</summary>
    Task<Campaign?> FindAsync(ProjectId project, int campaign, CancellationToken cancellationToken);

    /// <summary>Makes a draft.</summary>
    Task<Outcome<Campaign>> CreateAsync(ProjectId project, CampaignPlan plan, CancellationToken cancellationToken);

    /// <summary>Changes a draft; a launched campaign is refused.</summary>
    Task<Outcome<Campaign>> ChangeAsync(ProjectId project, int campaign, CampaignPlan plan, CancellationToken cancellationToken);

    /// <summary>Archives or restores; an active campaign is refused.</summary>
    Task<Outcome<Campaign>> ArchiveAsync(ProjectId project, int campaign, bool isArchived, CancellationToken cancellationToken);

    /// <summary>What a launch would do now.</summary>
    Task<Outcome<LaunchReview>> ReviewAsync(ProjectId project, CampaignPlan plan, CancellationToken cancellationToken);

    /// <summary>The message as one person would get it (null: a person of the audience).</summary>
    Task<Outcome<MessagePreview>> PreviewAsync(ProjectId project, Message message, string? distinctId, CancellationToken cancellationToken);

    /// <summary>Launches a draft. Launching twice is one launch.</summary>
    Task<Outcome<Campaign>> LaunchAsync(ProjectId project, int campaign, CancellationToken cancellationToken);

    /// <summary>Stops a campaign; what the provider already has is out.</summary>
    Task<Outcome<Campaign>> StopAsync(ProjectId project, int campaign, CancellationToken cancellationToken);

    /// <summary>The results so far; null when there is no such campaign.</summary>
    Task<CampaignResults?> ResultsAsync(ProjectId project, int campaign, CancellationToken cancellationToken);

    /// <summary>Why a person did or did not get messages, newest first.</summary>
    Task<IReadOnlyList<LedgerEntry>> LedgerOfAsync(ProjectId project, string distinctId, CancellationToken cancellationToken);
}
