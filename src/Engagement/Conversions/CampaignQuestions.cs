using System.Collections.Immutable;
using NodaTime;
using Rondo.Engagement.Campaigns;
using Rondo.Engagement.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Engagement.Conversions;

/// <summary>
/// What is asked of the event store about one campaign. Each is a question that a person could ask on the report pages with
/// the same filter, so both give the same number.
/// </summary>
internal sealed class CampaignQuestions
{
    private const string VariationName = "message_variation_name";

    private readonly LaunchedCampaign _campaign;
    private readonly IEventStore _store;
    private readonly QueryContext _context;
    private readonly DateRange _range;
    private readonly PropertyPredicate _isOurs;

    public CampaignQuestions(LaunchedCampaign campaign, Instant launchedAt, IEventStore store, QueryContext context)
    {
        _campaign = campaign;
        _store = store;
        _context = context;
        var from = context.Calendar.DateOf(launchedAt);
        var to = context.Calendar.DateOf(context.Now);
        _range = DateRange.Between(from, to < from ? from : to);
        _isOurs = new PropertyPredicate(PropertySource.Event, "campaign_id", PropertyOperator.Equals, [PropertyValue.Of(campaign.ApiId)]);
    }

    private bool IsPush => _campaign.Plan.Channel == Channel.Push;

    /// <summary>Every arm's numbers: one Insights question broken down by variant, and the conversions.</summary>
    public async Task<IReadOnlyList<ArmResult>> ArmsAsync(CancellationToken cancellationToken)
    {
        var send = IsPush ? WellKnownEvents.PushSend : WellKnownEvents.EmailSend;
        Metric[] metrics =
        [
            Of(send, Measure.Uniques),
            Of(send, Measure.Total),
            Of(IsPush ? WellKnownEvents.PushBounce : WellKnownEvents.EmailBounce, Measure.Total),
            Of(IsPush ? WellKnownEvents.PushOpen : WellKnownEvents.EmailOpen, Measure.Uniques),
            Of(IsPush ? WellKnownEvents.PushOpen : WellKnownEvents.EmailClick, Measure.Uniques),
            Of(WellKnownEvents.EnrollInControl, Measure.Uniques),
        ];
        var answer = await _store.InsightsAsync(
            new InsightsQuery
            {
                Metrics = [.. metrics],
                Range = _range,
                Unit = CalendarUnit.Quarter,
                Filter = _isOurs,
                Breakdowns = [new Breakdown(PropertySource.Event, VariationName)],
                Limit = QueryLimits.MaximumSegments,
            },
            _context,
            cancellationToken);
        var totals = answer.Series.ToDictionary(series => (series.Metric, series.Segment), series => (int)series.Total!.Value);
        int Total(int metric, Segment segment) => totals.GetValueOrDefault((metric, segment));
        var conversions = await ConversionsAsync(send, cancellationToken);
        var arms = _campaign.Plan.Variants.Select(variant => Segment.Of(variant.Name)).Select(arm => new ArmResult(
            arm.Value!,
            IsControl: false,
            Total(0, arm),
            Total(1, arm),
            Total(1, arm) - Total(2, arm),
            Total(2, arm),
            Total(3, arm),
            IsPush ? 0 : Total(4, arm),
            conversions.GetValueOrDefault(arm)));
        if (_campaign.Plan.ControlPercent == 0)
        {
            return [.. arms];
        }

        var controlConversions = await ConversionsAsync(WellKnownEvents.EnrollInControl, cancellationToken);
        return [.. arms, new ArmResult(LaunchedCampaign.ControlName, true, Total(5, Segment.Overall), 0, 0, 0, 0, 0, controlConversions.GetValueOrDefault(Segment.Overall))];
    }

    /// <summary>
    /// Who reached the goal within its window after <paramref name="receipt"/>, opened or not, by variant: the funnel of two
    /// steps that tries every receipt. The same people as the Campaign Conversion events, and also those who converted
    /// before this server knew the campaign.
    /// </summary>
    private async Task<Dictionary<Segment, int>> ConversionsAsync(string receipt, CancellationToken cancellationToken)
    {
        if (_campaign.Plan.Goal is not { } goal)
        {
            return [];
        }

        var funnel = await _store.FunnelAsync(
            new FunnelQuery
            {
                Steps = [new EventSelector(receipt, _isOurs), goal.Event],
                Range = _range,
                Window = new ConversionWindow((int)goal.Window.TotalSeconds, WindowUnit.Second),
                ReEntry = ReEntry.Optimized,
                Breakdowns = [new Breakdown(PropertySource.Event, VariationName)],
                Limit = QueryLimits.MaximumSegments,
            },
            _context,
            cancellationToken);
        return funnel.Segments.ToDictionary(segment => segment.Segment, segment => (int)segment.Steps[1].Count);
    }

    /// <summary>People who opened or clicked and reached the goal in the same session: the funnel of two steps within one session.</summary>
    public async Task<int> DirectAsync(CancellationToken cancellationToken)
    {
        if (_campaign.Plan.Goal is not { } goal)
        {
            return 0;
        }

        var people = PersonSet.Empty;
        foreach (var act in Acts)
        {
            var funnel = new FunnelQuery
            {
                Steps = [new EventSelector(act, _isOurs), goal.Event],
                Range = _range,
                Window = new ConversionWindow(1, WindowUnit.Session),
                ReEntry = ReEntry.Optimized,
            };
            people = people.Or(await _store.PeopleAtAsync(new FunnelPoint(funnel, 1, FunnelOutcome.Converted, Segment.Overall), _context, cancellationToken));
        }

        return people.Count;
    }

    /// <summary>
    /// The first thing people did after the click, in the same session: one step of a flow.
    /// </summary>
    public async Task<LandingCheck?> LandingAsync(CancellationToken cancellationToken)
    {
        if (_campaign.Plan.LandingEvent is not { } expected)
        {
            return null;
        }

        var flow = await _store.FlowAsync(
            new FlowQuery
            {
                Anchor = new EventSelector(Acts[^1], _isOurs),
                Range = _range,
                StepsAfter = 1,
                Top = QueryLimits.MaximumFlowEvents,
                Window = new ConversionWindow(1, WindowUnit.Session),
            },
            _context,
            cancellationToken);
        var landings = flow.Nodes
            .Where(node => node.Key is { Column: 1, Kind: FlowNodeKind.Event or FlowNodeKind.Other })
            .Select(node => new Landing(node.Key.Event ?? "(other)", (int)node.Count))
            .OrderByDescending(landing => landing.People)
            .ToImmutableArray();
        var landedCount = landings.Sum(landing => landing.People);
        var hitCount = landings.Where(landing => landing.Event == expected).Sum(landing => landing.People);
        return new LandingCheck(expected, landedCount, landings, IsMissed: landedCount > 0 && hitCount * 2 < landedCount);
    }

    /// <summary>What a person does with a message: taps a push; loads or clicks an e-mail.</summary>
    private string[] Acts => IsPush ? [WellKnownEvents.PushOpen] : [WellKnownEvents.EmailOpen, WellKnownEvents.EmailClick];

    private static Metric Of(string name, Measure measure) => new(new EventSelector(name), measure);
}
