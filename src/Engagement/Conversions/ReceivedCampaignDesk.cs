using System.Collections.Immutable;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Engagement.Conversions;

/// <summary>Asks the reports about campaigns of a real Braze and sets the answers beside each other.</summary>
internal sealed class ReceivedCampaignDesk(IReports reports, IProjects projects) : IReceivedCampaigns
{
    public async Task<Outcome<ReceivedCampaignList>> ListAsync(ProjectId project, DateRange range, CancellationToken cancellationToken)
    {
        var context = await projects.ContextAsync(project, cancellationToken);
        var problems = QueryProblems.Of(ReceivedCampaignQuestions.Names(ReceivedCampaignKind.Campaign, range), context);
        if (problems.Count > 0)
        {
            return Outcome<ReceivedCampaignList>.Refused(problems);
        }

        var window = range.Resolve(context.Calendar, context.Now);
        var unit = (window.End - window.Start).TotalDays <= QueryLimits.MaximumBuckets ? CalendarUnit.Day : CalendarUnit.Week;
        var campaigns = new List<ReceivedCampaign>();
        var hidden = 0;
        foreach (var kind in Enum.GetValues<ReceivedCampaignKind>())
        {
            var query = ReceivedCampaignQuestions.Campaigns(kind, range, unit);
            var answer = (await reports.InsightsAsync(project, query, cancellationToken)).Value!.Result;
            var names = NamesOf((await reports.InsightsAsync(project, ReceivedCampaignQuestions.Names(kind, range), cancellationToken)).Value!.Result);
            campaigns.AddRange(CampaignsOf(kind, query, answer, names));
            hidden += answer.FoldedSegments[0];
        }

        return Outcome<ReceivedCampaignList>.Accepted(new ReceivedCampaignList([.. campaigns.OrderByDescending(campaign => campaign.LastOn).ThenBy(campaign => campaign.Name, StringComparer.Ordinal)], hidden));
    }

    public async Task<Outcome<ReceivedCampaignResults>> ResultsAsync(ProjectId project, ReceivedCampaignKind kind, string id, ReceivedCampaignQuestion question, CancellationToken cancellationToken)
    {
        var questions = new ReceivedCampaignQuestions(kind, id, question);
        var context = await projects.ContextAsync(project, cancellationToken);
        var whole = questions.Whole();
        var problems = QueryProblems.Of(whole, context).Concat(question.Goal is null ? [] : QueryProblems.Of(questions.Reached(questions.Entered), context)).Select(Named).Distinct().ToList();
        if (problems.Count > 0)
        {
            return Outcome<ReceivedCampaignResults>.Refused(problems);
        }

        var answer = (await reports.InsightsAsync(project, whole, cancellationToken)).Value!;
        var totals = new MetricTotals(whole, answer.Result);
        var channels = ReceivedChannel.All.Where((_, index) => totals.Of(index + 1, Segment.Overall).Count > 0).ToImmutableArray();
        var (control, conversions, entered) = (totals.Of(whole.Metrics.Length - 3, Segment.Overall), totals.Of(whole.Metrics.Length - 2, Segment.Overall), totals.Of(whole.Metrics.Length - 1, Segment.Overall));
        var isByEntry = entered.Count > 0;
        var (arms, hidden) = (new List<ReceivedArm>(), 0);
        foreach (var channel in channels)
        {
            var (ofChannel, hiddenOfChannel) = await ArmsAsync(project, questions, channel, question.Goal is not null, cancellationToken);
            arms.AddRange(ofChannel);
            hidden += hiddenOfChannel;
        }

        var received = isByEntry ? entered : totals.Of(0, Segment.Overall);
        ImmutableArray<ReceivedChannel> acting = [.. channels.Where(channel => channel.Acts.Any())];
        var (landings, flow) = await LandingsAsync(project, questions, acting, cancellationToken);
        return Outcome<ReceivedCampaignResults>.Accepted(new ReceivedCampaignResults(
            NameOf(answer.Result) ?? id,
            received,
            control,
            conversions,
            arms,
            hidden,
            question.Goal is null ? null : await EffectsAsync(project, questions, isByEntry, received.Count, control.Count, acting, cancellationToken),
            landings,
            flow,
            answer.ComputedAt));
    }

    private async Task<(IReadOnlyList<ReceivedArm> Arms, int HiddenCount)> ArmsAsync(ProjectId project, ReceivedCampaignQuestions questions, ReceivedChannel channel, bool hasGoal, CancellationToken cancellationToken)
    {
        var followed = new[] { channel.Delivery, channel.Open, channel.Click, channel.Bounce, channel.Unsubscribe }.OfType<EventSelector>().ToList();
        var query = questions.Channel(channel, followed);
        var answer = (await reports.InsightsAsync(project, query, cancellationToken)).Value!.Result;
        var totals = new MetricTotals(query, answer);
        var bounced = channel is { Delivery: null, Bounce: not null } ? await FunnelAsync(project, questions.Bounced(channel), cancellationToken) : null;
        var reached = hasGoal ? await FunnelAsync(project, questions.Reached(channel.Receipt, byArm: true), cancellationToken) : null;
        var arms = answer.Series.Where(series => series.Metric == 0 && series.Segment.Kind is not (SegmentKind.Overall or SegmentKind.Other)).Select(series => series.Segment).Select(arm => new ReceivedArm(
            channel.Channel,
            arm,
            totals.Of(0, arm),
            totals.Of(1, arm).Count,
            Followed(channel.Delivery, arm) ?? bounced?.At(arm, FunnelOutcome.DroppedOff),
            Followed(channel.Open, arm),
            Followed(channel.Click, arm),
            Followed(channel.Bounce, arm),
            Followed(channel.Unsubscribe, arm),
            reached?.At(arm, FunnelOutcome.Converted)));
        return ([.. arms], answer.FoldedSegments[0]);

        PeopleCount? Followed(EventSelector? selector, Segment arm) => selector is null ? null : totals.Of(followed.IndexOf(selector) + 2, arm);
    }

    private async Task<ReceivedEffects> EffectsAsync(
        ProjectId project, ReceivedCampaignQuestions questions, bool isByEntry, int receivedCount, int controlCount, ImmutableArray<ReceivedChannel> acting, CancellationToken cancellationToken)
    {
        var influenced = (await FunnelAsync(project, questions.Reached(isByEntry ? questions.Entered : ReceivedCampaignQuestions.AnyReceipt), cancellationToken)).At(Segment.Overall, FunnelOutcome.Converted);
        var direct = acting.IsEmpty ? null : questions.Direct(acting);
        var control = controlCount == 0 ? null : (await FunnelAsync(project, questions.Reached(questions.Control), cancellationToken)).At(Segment.Overall, FunnelOutcome.Converted);
        return new ReceivedEffects(
            influenced,
            direct is null ? null : (await FunnelAsync(project, direct, cancellationToken)).At(Segment.Overall, FunnelOutcome.Converted),
            control,
            control is null || receivedCount == 0 ? null : Newcombe.EffectOf(influenced.Count, receivedCount, control.Count, controlCount),
            direct);
    }

    private async Task<(IReadOnlyList<ReceivedLanding> Landings, FlowQuery? Flow)> LandingsAsync(ProjectId project, ReceivedCampaignQuestions questions, ImmutableArray<ReceivedChannel> acting, CancellationToken cancellationToken)
    {
        if (acting.IsEmpty)
        {
            return ([], null);
        }

        var query = questions.Landing(acting);
        var flow = (await reports.FlowAsync(project, query, cancellationToken)).Value!.Result;
        return (
            [.. flow.Nodes.Where(node => node.Key is { Column: 1, Kind: FlowNodeKind.Event or FlowNodeKind.Other }).OrderByDescending(node => node.Count).Select(node => new ReceivedLanding(node.Key.Event, new PeopleCount((int)node.Count, new FlowPoint(query, node.Key, null))))],
            query);
    }

    private async Task<FunnelCounts> FunnelAsync(ProjectId project, FunnelQuery query, CancellationToken cancellationToken) =>
        new(query, (await reports.FunnelAsync(project, query, cancellationToken)).Value!.Result);

    private static IEnumerable<ReceivedCampaign> CampaignsOf(ReceivedCampaignKind kind, InsightsQuery query, InsightsResult answer, IReadOnlyDictionary<string, string> names)
    {
        var totals = new MetricTotals(query, answer);
        return answer.Series.Where(series => series is { Metric: 0, Segment.Kind: SegmentKind.Value }).Select(series => new ReceivedCampaign(
            kind,
            series.Segment.Value!,
            names.GetValueOrDefault(series.Segment.Value!, series.Segment.Value!),
            [.. ReceivedChannel.All.Where((_, index) => totals.Of(index + 1, series.Segment).Count > 0).Select(channel => channel.Channel)],
            totals.Of(0, series.Segment),
            answer.Buckets[series.Values.ToList().FindLastIndex(value => value > 0)]));
    }

    /// <summary>The name that most messages of each campaign carry: it may have been changed.</summary>
    private static Dictionary<string, string> NamesOf(InsightsResult answer) => answer.Series
        .Where(series => series.Segment is { Kind: SegmentKind.Combination, Parts: [{ Kind: SegmentKind.Value }, { Kind: SegmentKind.Value }] })
        .GroupBy(series => series.Segment.Parts[0].Value!)
        .ToDictionary(group => group.Key, group => group.MaxBy(series => series.Total)!.Segment.Parts[1].Value!, StringComparer.Ordinal);

    private static string? NameOf(InsightsResult answer) => answer.Series.Where(series => series.Segment.Kind == SegmentKind.Value).MaxBy(series => series.Total)?.Segment.Value;

    /// <summary>Problems by the field of the question that they come from.</summary>
    private static Problem Named(Problem problem) => problem with { Field = problem.Field.Replace("steps[1]", "goal", StringComparison.Ordinal) };

    /// <summary>The totals of an Insights answer with the people behind them.</summary>
    private sealed class MetricTotals(InsightsQuery query, InsightsResult answer)
    {
        private readonly Dictionary<(int Metric, Segment Segment), int> _totals = answer.Series.ToDictionary(series => (series.Metric, series.Segment), series => (int)(series.Total ?? 0));

        public PeopleCount Of(int metric, Segment segment) => new(_totals.GetValueOrDefault((metric, segment)), new InsightsPoint(query, metric, segment, null));
    }

    /// <summary>The two sides of a funnel's second step with the people behind them.</summary>
    private sealed class FunnelCounts(FunnelQuery query, FunnelResult answer)
    {
        private readonly Dictionary<Segment, ImmutableArray<FunnelStep>> _steps = answer.Segments.ToDictionary(segment => segment.Segment, segment => segment.Steps);

        public PeopleCount At(Segment segment, FunnelOutcome outcome)
        {
            var count = _steps.TryGetValue(segment, out var steps) ? outcome == FunnelOutcome.Converted ? steps[1].Count : steps[0].Count - steps[1].Count : 0;
            return new PeopleCount((int)count, new FunnelPoint(query, 1, outcome, segment));
        }
    }
}
