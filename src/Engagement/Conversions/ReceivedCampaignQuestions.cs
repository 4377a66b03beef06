using System.Collections.Immutable;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Engagement.Conversions;

/// <summary>
/// What is asked of the ordinary reports about a campaign or Canvas of a real Braze. Its events are told from Rondo's own by
/// the partner they came through.
/// </summary>
internal sealed class ReceivedCampaignQuestions(ReceivedCampaignKind kind, string id, ReceivedCampaignQuestion question)
{
    /// <summary>The first thing after a click that says nothing of where somebody landed: Braze's own account of sessions.</summary>
    private static readonly ImmutableArray<string> NoLanding = [.. new[] { "FirstSession", "SessionStart", "SessionEnd" }.Select(type => CurrentsCatalogue.EventNameOf($"users.behaviors.app.{type}"))];

    private static readonly Predicate IsFromBraze = Is("$partner_id", "braze");

    private readonly Predicate _isOurs = new AllPredicate([IsFromBraze, Is(kind == ReceivedCampaignKind.Campaign ? "campaign_id" : "canvas_id", id)]);

    /// <summary>Everything that was received, by any channel.</summary>
    public static EventSelector AnyReceipt { get; } = new(null) { AnyOf = [.. ReceivedChannel.All.Select(channel => channel.Receipt)] };

    private static EventSelector ControlEnrolment { get; } = new(WellKnownEvents.EnrollInControl);

    private static EventSelector CanvasEntry { get; } = new(CurrentsCatalogue.EventNameOf("users.canvas.Entry"));

    /// <summary>Which campaigns (Canvases) there are: who received anything, in all and by each channel.</summary>
    public static InsightsQuery Campaigns(ReceivedCampaignKind kind, DateRange range, CalendarUnit unit) => new()
    {
        Metrics = [new Metric(AnyReceipt), .. ReceivedChannel.All.Select(channel => new Metric(channel.Receipt))],
        Range = range,
        Unit = unit,
        Filter = new AllPredicate([IsFromBraze, new PropertyPredicate(PropertySource.Event, IdOf(kind), PropertyOperator.IsSet, [])]),
        Breakdowns = [new Breakdown(PropertySource.Event, IdOf(kind))],
        Limit = QueryLimits.MaximumInsightsSegments,
    };

    /// <summary>What they are called.</summary>
    public static InsightsQuery Names(ReceivedCampaignKind kind, DateRange range) => Campaigns(kind, range, CalendarUnit.Quarter) with
    {
        Metrics = [new Metric(AnyReceipt, Measure.Total)],
        Breakdowns = [new Breakdown(PropertySource.Event, IdOf(kind)), new Breakdown(PropertySource.Event, NameOf(kind))],
    };

    /// <summary>The whole of it, by name: everything received, by each channel, the control group, conversions as Braze reports them, entries.</summary>
    public InsightsQuery Whole() => new()
    {
        Metrics = [new Metric(AnyReceipt), .. ReceivedChannel.All.Select(channel => new Metric(channel.Receipt)), new Metric(Control), new Metric(BrazeConversion), new Metric(Entered)],
        Range = question.Range,
        Unit = CalendarUnit.Quarter,
        Filter = _isOurs,
        Breakdowns = [new Breakdown(PropertySource.Event, NameOf(kind))],
        Limit = QueryLimits.MaximumSegments,
    };

    /// <summary>One channel by arm: who received it, messages, then who did each of <paramref name="followed"/>.</summary>
    public InsightsQuery Channel(ReceivedChannel channel, IReadOnlyList<EventSelector> followed) => new()
    {
        Metrics = [new Metric(channel.Receipt), new Metric(channel.Receipt, Measure.Total), .. followed.Select(selector => new Metric(selector))],
        Range = question.Range,
        Unit = CalendarUnit.Quarter,
        Filter = _isOurs,
        Breakdowns = Arms,
        Limit = QueryLimits.MaximumSegments,
    };

    /// <summary>Who was sent it and for whom it bounced, by arm; the others are those it reached where Braze does not tell.</summary>
    public FunnelQuery Bounced(ReceivedChannel channel) => new()
    {
        Steps = [Ours(channel.Receipt), Ours(channel.Bounce!)],
        Range = question.Range,
        Window = new ConversionWindow(30, WindowUnit.Day),
        ReEntry = ReEntry.Optimized,
        Breakdowns = Arms,
        Limit = QueryLimits.MaximumSegments,
    };

    /// <summary>Who reached the goal in the window after an event of this campaign, whatever they did with the message.</summary>
    public FunnelQuery Reached(EventSelector from, bool byArm = false) => new()
    {
        Steps = [Ours(from), question.Goal!],
        Range = question.Range,
        Window = question.WindowOrUsual,
        ReEntry = ReEntry.Optimized,
        Breakdowns = byArm ? Arms : [],
        Limit = QueryLimits.MaximumSegments,
    };

    /// <summary>Who reached the goal in the session of an open or click.</summary>
    public FunnelQuery Direct(ImmutableArray<ReceivedChannel> channels) => new()
    {
        Steps = [Act(channels), question.Goal!],
        Range = question.Range,
        Window = new ConversionWindow(1, WindowUnit.Session),
        ReEntry = ReEntry.Optimized,
    };

    /// <summary>What people did first after an open or click, in its session.</summary>
    public FlowQuery Landing(ImmutableArray<ReceivedChannel> channels) => new()
    {
        Anchor = Act(channels),
        Range = question.Range,
        StepsAfter = 1,
        Top = QueryLimits.MaximumFlowEvents,
        Window = new ConversionWindow(1, WindowUnit.Session),
        Hidden = NoLanding,
    };

    /// <summary>Who would have been messaged and was held out.</summary>
    public EventSelector Control => kind == ReceivedCampaignKind.Campaign ? ControlEnrolment : CanvasEntry with { Filter = Is("in_control_group", "true", true) };

    /// <summary>Who entered a Canvas to be messaged; of a campaign, who received it.</summary>
    public EventSelector Entered => kind == ReceivedCampaignKind.Campaign ? AnyReceipt : CanvasEntry with { Filter = new NotPredicate(Is("in_control_group", "true", true)) };

    private EventSelector BrazeConversion => new(CurrentsCatalogue.EventNameOf(kind == ReceivedCampaignKind.Campaign ? "users.campaigns.Conversion" : "users.canvas.Conversion"));

    private ImmutableArray<Breakdown> Arms => kind == ReceivedCampaignKind.Campaign
        ? [new Breakdown(PropertySource.Event, "message_variation_name")]
        : [new Breakdown(PropertySource.Event, "canvas_variation_name"), new Breakdown(PropertySource.Event, "canvas_step_name")];

    private static string IdOf(ReceivedCampaignKind kind) => kind == ReceivedCampaignKind.Campaign ? "campaign_id" : "canvas_id";

    private static string NameOf(ReceivedCampaignKind kind) => kind == ReceivedCampaignKind.Campaign ? "campaign_name" : "canvas_name";

    private EventSelector Act(ImmutableArray<ReceivedChannel> channels) => channels.SelectMany(channel => channel.Acts).ToList() is [var only]
        ? Ours(only)
        : new EventSelector(null, _isOurs) { AnyOf = [.. channels.SelectMany(channel => channel.Acts)] };

    private EventSelector Ours(EventSelector selector) => selector with { Filter = selector.Filter is null ? _isOurs : new AllPredicate([selector.Filter, _isOurs]) };

    private static PropertyPredicate Is(string property, string text, bool? orFlag = null) =>
        new(PropertySource.Event, property, PropertyOperator.Equals, orFlag is { } flag ? [PropertyValue.Of(text), PropertyValue.Of(flag)] : [PropertyValue.Of(text)]);
}
