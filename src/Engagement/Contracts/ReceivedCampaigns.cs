using NodaTime;
using Rondo.Model;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Engagement.Contracts;

/// <summary>What sent a message at Braze.</summary>
public enum ReceivedCampaignKind
{
    /// <summary>A campaign.</summary>
    Campaign = 1,

    /// <summary>A Canvas.</summary>
    Canvas = 2,
}

/// <summary>What a message of Braze's travels by.</summary>
public enum BrazeChannel
{
    /// <summary>A push notification.</summary>
    Push = 1,

    /// <summary>An e-mail.</summary>
    Email = 2,

    /// <summary>An SMS or MMS.</summary>
    Sms = 3,

    /// <summary>A message on WhatsApp.</summary>
    WhatsApp = 4,

    /// <summary>An RCS message.</summary>
    Rcs = 5,

    /// <summary>A message on LINE.</summary>
    Line = 6,

    /// <summary>A message inside the app; received when it was shown.</summary>
    InAppMessage = 7,

    /// <summary>A card inside the app; received when it was shown.</summary>
    ContentCard = 8,

    /// <summary>A banner inside the app; received when it was shown.</summary>
    Banner = 9,

    /// <summary>A call to another server.</summary>
    Webhook = 10,

    /// <summary>A feature flag; received when it was shown.</summary>
    FeatureFlag = 11,
}

/// <summary>How many people, and who: the point of an ordinary report that counts just them.</summary>
/// <param name="Count">Distinct people.</param>
/// <param name="Point">Opens them.</param>
public sealed record PeopleCount(int Count, ReportPoint Point);

/// <summary>A campaign or Canvas of a real Braze, known from the events that it streams in.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Id">Its id at Braze.</param>
/// <param name="Name">Its most frequent name among the events; the id when none has one.</param>
/// <param name="Channels">What it was received by.</param>
/// <param name="Received">Who received it.</param>
/// <param name="LastOn">Start of the day (of ranges beyond 1,500 days: the week) it was last received on.</param>
public sealed record ReceivedCampaign(ReceivedCampaignKind Kind, string Id, string Name, IReadOnlyList<BrazeChannel> Channels, PeopleCount Received, Instant LastOn);

/// <summary>The campaigns of a stretch of days.</summary>
/// <param name="Campaigns">The one received last first.</param>
/// <param name="HiddenCount">How many more there are, beyond what a report can show.</param>
public sealed record ReceivedCampaignList(IReadOnlyList<ReceivedCampaign> Campaigns, int HiddenCount);

/// <summary>What is asked of one of them.</summary>
/// <param name="Range">The days in which it was received.</param>
/// <param name="Goal">What counts as a conversion; null to count none.</param>
/// <param name="Window">How long after receipt it counts when nobody asks whether the message was opened. Null means three days.</param>
public sealed record ReceivedCampaignQuestion(DateRange Range, EventSelector? Goal = null, ConversionWindow? Window = null)
{
    /// <summary>The window in effect.</summary>
    public ConversionWindow WindowOrUsual => Window ?? new ConversionWindow(3, WindowUnit.Day);
}

/// <summary>One channel and variation, of a Canvas also step.</summary>
/// <param name="Channel">What it travels by.</param>
/// <param name="Arm">The variation; of a Canvas the variation and the step.</param>
/// <param name="Received">Who was sent it; in the app: who was shown it.</param>
/// <param name="Messages">How many messages that were.</param>
/// <param name="Delivered">Who it reached; where Braze does not report deliveries, who was sent it and never bounced. Null for what is not delivered.</param>
/// <param name="Opened">Who opened it, not counting what machines opened. Null where a message cannot be opened.</param>
/// <param name="Clicked">Who clicked, not counting clicks that Braze suspects to be a robot's. Null likewise.</param>
/// <param name="Bounced">Who it did not reach. Null likewise.</param>
/// <param name="Unsubscribed">Who unsubscribed by it. Null likewise.</param>
/// <param name="Converted">Who reached the goal in the window after receipt, opened or not; null without a goal.</param>
public sealed record ReceivedArm(
    BrazeChannel Channel,
    Segment Arm,
    PeopleCount Received,
    int Messages,
    PeopleCount? Delivered,
    PeopleCount? Opened,
    PeopleCount? Clicked,
    PeopleCount? Bounced,
    PeopleCount? Unsubscribed,
    PeopleCount? Converted);

/// <summary>What people did first after an open or a click, in the same session.</summary>
/// <param name="Event">The event's name; null for all that are not named.</param>
/// <param name="People">Who.</param>
public sealed record ReceivedLanding(string? Event, PeopleCount People);

/// <summary>What conversions came of it, counted in three ways.</summary>
/// <param name="Influenced">Received it and reached the goal in the window, opened or not: as Braze counts.</param>
/// <param name="Direct">Opened or clicked and reached the goal in the same session; null when nothing of it can be opened.</param>
/// <param name="Control">Of the control group, who reached the goal in the window; null without one.</param>
/// <param name="Incremental">Against the control group; null without one.</param>
/// <param name="Funnel">The report behind <paramref name="Direct"/>.</param>
public sealed record ReceivedEffects(PeopleCount Influenced, PeopleCount? Direct, PeopleCount? Control, IncrementalEffect? Incremental, FunnelQuery? Funnel);

/// <summary>What a campaign of a real Braze did.</summary>
/// <param name="Name">As in <see cref="ReceivedCampaign"/>.</param>
/// <param name="Received">Who received it by any channel; with a control group in a Canvas, who entered it to be messaged.</param>
/// <param name="Control">Who is in its control group.</param>
/// <param name="ConvertedAtBraze">For whom Braze itself reported a conversion.</param>
/// <param name="Arms">By channel, then by people; empty when it was not received in these days.</param>
/// <param name="HiddenArmCount">How many more arms there are, beyond what a report can show.</param>
/// <param name="Effects">Null without a goal.</param>
/// <param name="Landings">Most people first.</param>
/// <param name="Flow">The report behind <paramref name="Landings"/>; null when nothing of it can be opened.</param>
/// <param name="ComputedAt">When.</param>
public sealed record ReceivedCampaignResults(
    string Name,
    PeopleCount Received,
    PeopleCount Control,
    PeopleCount ConvertedAtBraze,
    IReadOnlyList<ReceivedArm> Arms,
    int HiddenArmCount,
    ReceivedEffects? Effects,
    IReadOnlyList<ReceivedLanding> Landings,
    FlowQuery? Flow,
    Instant ComputedAt);

/// <summary>Campaigns and Canvases of a real Braze, whose events came through Currents. Every number is one of an ordinary report.</summary>
public interface IReceivedCampaigns
{
    /// <summary>Those that were received in some days. Refused when a report over these days is.</summary>
    Task<Outcome<ReceivedCampaignList>> ListAsync(ProjectId project, DateRange range, CancellationToken cancellationToken);

    /// <summary>What one of them did. Refused with the field and rule when the question is; one that was not received has no arms.</summary>
    Task<Outcome<ReceivedCampaignResults>> ResultsAsync(ProjectId project, ReceivedCampaignKind kind, string id, ReceivedCampaignQuestion question, CancellationToken cancellationToken);
}
