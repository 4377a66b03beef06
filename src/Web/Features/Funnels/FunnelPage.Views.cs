using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Charts;
using Rondo.Web.Components;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Features.Funnels;

/// <content>The three ways to look at a funnel, and the smaller controls.</content>
public sealed partial class FunnelPage
{
    private enum View
    {
        Steps,
        Trend,
        Time,
    }

    private IReadOnlyList<(View Value, string Text)> Views => [(View.Steps, L["Steps"]), (View.Trend, L["Over time"]), (View.Time, L["Time to convert"])];

    private static View ViewOf(FunnelQuery query) => query.TimeToConvert is not null ? View.Time : query.TrendUnit is not null ? View.Trend : View.Steps;

    private void ChangeView(View view) => Change(Query! with
    {
        TrendUnit = view == View.Trend ? CalendarUnit.Day : null,
        TimeToConvert = view == View.Time ? new StepPair() : null,
    });

    private void ChangePair(int from, int? to) => Change(Query! with { TimeToConvert = new StepPair(from, to == Query!.Steps.Length - 1 ? null : to) });

    private static string AttributionKey(FunnelQuery query) => query.Attribution switch
    {
        StepAttribution.FirstDefined => "first",
        StepAttribution.LastDefined => "last",
        _ => query.AttributedStep.ToString(CultureInfo.InvariantCulture),
    };

    private void ChangeAttribution(ChangeEventArgs change) => Change(change.Value?.ToString() switch
    {
        "first" => Query! with { Attribution = StepAttribution.FirstDefined },
        "last" => Query! with { Attribution = StepAttribution.LastDefined },
        _ => Query! with { Attribution = StepAttribution.AtStep, AttributedStep = Number(change) },
    });

    private static int Number(ChangeEventArgs change) => int.Parse(change.Value!.ToString()!, CultureInfo.InvariantCulture);

    private static ImmutableArray<int> Toggled(ImmutableArray<int> numbers, int number, ChangeEventArgs change) =>
        change.Value is true ? numbers.Add(number) : numbers.Remove(number);

    private static string BadgeOf(FunnelQuery query, int index) =>
        query.Order == StepOrder.Any && !query.Anchored.Contains(index) ? "*" : (index + 1).ToString(CultureInfo.InvariantCulture);

    private string EnteredTitle(FunnelQuery query) => query.Counting switch
    {
        FunnelCounting.Totals => L["attempts began"],
        FunnelCounting.Sessions => L["sessions began"],
        _ => L["people entered"],
    };

    /// <summary>Lines over time or bars of the time to convert; null where the steps themselves are drawn.</summary>
    private BucketDrawing? DrawingOf(FunnelQuery query, FunnelResult result, Func<FunnelSegment, string> colorOf) => ViewOf(query) switch
    {
        View.Trend => new LineDrawing
        {
            Buckets = [.. result.Intervals.Select(start => Figures.Bucket(start, query.TrendUnit!.Value, Project.Calendar))],
            Series = [.. _drawnSegments.Select(segment => new DrawnSeries(KeyOf(segment), TitleOf(segment.Segment), colorOf(segment), [.. segment.Trend.Select(RateOf)], IsStrong: segment.Segment.Kind == SegmentKind.Overall))],
            FirstIncomplete = result.FirstIncompleteInterval,
            IncompleteNote = L["may still convert"],
            IsPercent = true,
        },
        View.Time => new BarDrawing
        {
            Buckets = [.. ShownBars().Select(bar => Figures.Length(TimeToConvertBuckets.Edges[bar]) + (bar + 1 < TimeToConvertBuckets.Edges.Length ? " – " + Figures.Length(TimeToConvertBuckets.Edges[bar + 1]) : "+"))],
            Series = [.. _drawnSegments.Select(segment => new DrawnSeries(KeyOf(segment), TitleOf(segment.Segment), colorOf(segment), [.. ShownBars().Select(bar => (double?)segment.Times!.Buckets[bar])]))],
            FirstIncomplete = TimeToConvertBuckets.Edges.Length,
            IncompleteNote = L["may still convert"],
        },
        _ => null,
    };

    /// <summary>The bars up to the longest time anybody took.</summary>
    private IEnumerable<int> ShownBars() =>
        Enumerable.Range(0, Math.Max(1, 1 + _drawnSegments.Select(segment => Array.FindLastIndex([.. segment.Times!.Buckets], count => count > 0)).DefaultIfEmpty(-1).Max()));

    private static double? RateOf(ImmutableArray<long> steps) => steps[0] == 0 ? null : (double)steps[^1] / steps[0];

    private Task ClickedAsync(ChartClick click)
    {
        var (query, result) = (AnsweredQuery!, Answer!.Result);
        if (click.Series >= _drawnSegments.Count)
        {
            return Task.CompletedTask;
        }

        var segment = _drawnSegments[click.Series];
        var of = segment.Segment.Kind == SegmentKind.Overall ? string.Empty : $", {TitleOf(segment.Segment)}";
        var last = query.Steps.Length - 1;
        if (ViewOf(query) == View.Time)
        {
            var count = segment.Times!.Buckets[click.Index];
            var title = $"{_drawing!.Buckets[click.Index]}{of}";
            var point = new FunnelPoint(query, last, FunnelOutcome.Converted, segment.Segment) { TimeBucket = click.Index };
            return SelectAsync((new PointSelection(title, Figures.Count(count), L["{0} of {1}", Figures.Percent(count, segment.Times.Count), Figures.Count(segment.Times.Count)], [new PointSide(string.Empty, point, title)]), click.X, click.Y));
        }

        var steps = segment.Trend[click.Index];
        var at = Figures.Bucket(result.Intervals[click.Index], query.TrendUnit!.Value, Project.Calendar);
        PointSide Side(string label, FunnelOutcome outcome, string name) => new(label, new FunnelPoint(query, last, outcome, segment.Segment) { Interval = result.Intervals[click.Index] }, name);
        return SelectAsync((
            new PointSelection(
                $"{at}{of}",
                Figures.Percent(RateOf(steps)),
                L["{0} of {1}", Figures.Count(steps[last]), Figures.Count(steps[0])],
                [Side(L["Reached"], FunnelOutcome.Converted, L["Reached {0} of {1}{2}", _steps[last], _steps[0], $", {at}{of}"]), Side(L["Dropped off"], FunnelOutcome.DroppedOff, L["Stopped before {0}{1}", _steps[last], $", {at}{of}"])]),
            click.X,
            click.Y));
    }
}
