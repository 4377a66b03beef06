using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Charts;
using Rondo.Web.Components;
using Rondo.Web.Components.Pickers;
using Rondo.Web.Components.Reports;
using DateRange = Rondo.Model.Time.DateRange;
using Segment = Rondo.Model.Queries.Segment;

namespace Rondo.Web.Features.Funnels;

/// <summary>How many get through.</summary>
public sealed partial class FunnelPage
{
    private const int BarsAtFirst = 6;

    private readonly HashSet<string> _toggled = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _steps = [];
    private IReadOnlyList<FunnelBars>? _bars;
    private IReadOnlyList<FunnelSegment> _drawnSegments = [];
    private BucketDrawing? _drawing;
    private ReportTableModel? _table;
    private string? _foldedNote;
    private IReadOnlyList<Segment> _controls = [];

    private string? Question => Query is null ? null : Phrases.Of(Query, Answer?.Words);

    protected override FunnelQuery DefaultQuery(IReadOnlyList<string> events) => new()
    {
        Steps = [new EventSelector(events[0]), new EventSelector(events[Math.Min(1, events.Count - 1)])],
        Range = DateRange.Last(30, CalendarUnit.Day),
    };

    protected override Task<Outcome<Answer<FunnelResult>>> AskAsync(FunnelQuery query, CancellationToken cancellationToken) =>
        Reports.FunnelAsync(Project.Id, query, cancellationToken);

    protected override void Show(FunnelQuery query, Answer<FunnelResult> answer)
    {
        var segments = answer.Result.Segments;
        var isBroken = query.Breakdowns.Length > 0;
        _controls = [.. segments.Skip(1).Select(segment => segment.Segment)];
        _foldedNote = answer.Result.FoldedSegments > 0 ? L["{0} further values are together in “All others”.", Figures.Count(answer.Result.FoldedSegments)].Value : null;
        _steps = query.Order == StepOrder.Any
            ? [.. Called(query).Steps.Select((step, index) => query.Anchored.Contains(index) ? EventTitle.Of(step, L) : L["{0} of the steps", index + 1].Value)]
            : [.. Called(query).Steps.Select(step => EventTitle.Of(step, L))];
        var colors = Palette.For(segments.Where(segment => segment.Segment.Kind != SegmentKind.Overall).Select(segment => TitleOf(segment.Segment)));
        string ColorOf(FunnelSegment segment) => segment.Segment.Kind == SegmentKind.Overall ? (isBroken ? Palette.Overall : "var(--data-1)") : colors[TitleOf(segment.Segment)];
        bool IsPlotted(FunnelSegment segment, int index) => (isBroken ? index is > 0 and <= BarsAtFirst : index == 0) != _toggled.Contains(KeyOf(segment));

        _bars = [.. segments.Where(IsPlotted).Select(segment => new FunnelBars(
            TitleOf(segment.Segment),
            ColorOf(segment),
            [.. segment.Steps.Select((step, index) => new FunnelBar(step, () => SelectionOf(query, segment, index, isDropOff: false), () => SelectionOf(query, segment, index, isDropOff: true)))]))];

        _drawnSegments = [.. segments.Where(IsPlotted)];
        _drawing = DrawingOf(query, answer.Result, ColorOf);
        var columns = new List<TableColumn> { new(L["Conversion"], L["People who reached the last step, of those who did the first."]) };
        if (isBroken)
        {
            columns.Add(new TableColumn(L["Confidence"], query.Control is null ? L["How sure it is that this segment converts differently from all together. 95% or more is a lot; few entries say nothing."] : L["How sure it is that this segment converts differently from the one chosen. 95% or more is a lot; few entries say nothing."]));
        }

        if (query.TimeToConvert is not null)
        {
            columns.Add(new TableColumn(L["Median time"], L["Half of those who got from the one step to the other took at most this long."]));
            columns.Add(new TableColumn(L["90% within"], L["Nine in ten took at most this long."]));
        }

        for (var index = 0; index < query.Steps.Length; index++)
        {
            columns.Add(new TableColumn($"{index + 1}. {_steps[index]}"));
            if (query.Sum is { } sum)
            {
                columns.Add(new TableColumn(L["sum of {0}", Names.Property(sum.Source, sum.Property)], L["Over the events that were this step."]));
            }

            if (index > 0)
            {
                columns.Add(new TableColumn(L["from previous"], L["People at this step, of those at the step before."]));
                columns.Add(new TableColumn(L["average time"], L["Mean time from the step before, of those who got here."]));
            }
        }

        _table = new ReportTableModel(
            isBroken ? TitleOf(query.Breakdowns) : L["Segment"],
            columns,
            [.. segments.Select((segment, number) => new TableRow(KeyOf(segment), TitleOf(segment.Segment), CellsOf(query, segment), ColorOf(segment), isBroken ? IsPlotted(segment, number) : null))]);
    }

    private static string KeyOf(FunnelSegment segment) => KeyOf(segment.Segment);

    private static string KeyOf(Segment segment) => $"{segment.Kind}/{segment.Label}";

    private Segment? ControlOf(ChangeEventArgs change) => _controls.Where(segment => KeyOf(segment) == change.Value?.ToString()).Select(segment => (Segment?)segment).FirstOrDefault();

    private void PickSum(object picked)
    {
        if (picked is PickedProperty property)
        {
            Change(Query! with { Sum = new PropertyName(property.Source, property.Name) });
        }
    }

    private List<TableCell> CellsOf(FunnelQuery query, FunnelSegment segment)
    {
        var last = segment.Steps[^1];
        var cells = new List<TableCell> { new(Figures.Percent(last.ConversionFromFirst), last.ConversionFromFirst, () => SelectionOf(query, segment, segment.Steps.Length - 1, isDropOff: false)) };
        if (query.Breakdowns.Length > 0)
        {
            cells.Add(new TableCell(Figures.Percent(segment.Confidence), segment.Confidence));
        }

        if (query.TimeToConvert is not null)
        {
            cells.Add(new TableCell(Figures.Length(segment.Times?.Median), segment.Times?.Median));
            cells.Add(new TableCell(Figures.Length(segment.Times?.P90), segment.Times?.P90));
        }

        for (var number = 0; number < segment.Steps.Length; number++)
        {
            var index = number;
            var step = segment.Steps[index];
            cells.Add(new TableCell(Figures.Count(step.Count), step.Count, () => SelectionOf(query, segment, index, isDropOff: false)));
            if (query.Sum is not null)
            {
                cells.Add(new TableCell(Figures.Number(step.Sum), step.Sum));
            }

            if (index > 0)
            {
                cells.Add(new TableCell(Figures.Percent(step.ConversionFromPrevious), step.ConversionFromPrevious));
                cells.Add(new TableCell(Figures.Length(step.AverageSecondsFromPrevious), step.AverageSecondsFromPrevious));
            }
        }

        return cells;
    }

    private PointSelection SelectionOf(FunnelQuery query, FunnelSegment segment, int index, bool isDropOff)
    {
        var step = segment.Steps[index];
        var name = _steps[index];
        var of = segment.Segment.Kind == SegmentKind.Overall ? string.Empty : $", {TitleOf(segment.Segment)}";
        var reached = new PointSide(L["Reached"], new FunnelPoint(query, index, FunnelOutcome.Converted, segment.Segment), L["Reached {0} of {1}{2}", name, EventTitle.Of(Called(query).Steps[0], L), of]);
        if (index == 0)
        {
            return new PointSelection($"1. {name}{of}", Figures.Count(step.Count), null, [reached]);
        }

        var previous = index - 1;
        while (query.Optional.Contains(previous))
        {
            previous--;
        }

        var before = segment.Steps[previous].Count;
        var dropped = new PointSide(L["Dropped off"], new FunnelPoint(query, index, FunnelOutcome.DroppedOff, segment.Segment), L["Stopped before {0}{1}", name, of]);
        return isDropOff
            ? new PointSelection(L["Dropped off before {0}. {1}", index + 1, name] + of, Figures.Count(before - step.Count), L["{0} of the step before", Figures.Percent(before - step.Count, before)], [dropped, reached])
            : new PointSelection($"{index + 1}. {name}{of}", Figures.Count(step.Count), L["{0} of the first step", Figures.Percent(step.ConversionFromFirst)], [reached, dropped]);
    }

    private void TogglePlot(string key)
    {
        if (!_toggled.Remove(key))
        {
            _toggled.Add(key);
        }

        Show(AnsweredQuery!, Answer!);
    }

    private void Swap(int index)
    {
        var steps = Query!.Steps;
        Change(Query with { Steps = steps.SetItem(index, steps[index - 1]).SetItem(index - 1, steps[index]), Optional = [], Anchored = [] });
    }

    private async Task AddStepAsync()
    {
        var events = await Vocabulary.EventsAsync(Project.Id);
        var next = events.Where(one => EventTitle.GroupOf(one.Name) == EventGroup.Product && Query!.Steps.All(step => step.Event != one.Name)).MaxBy(one => one.RowCount);
        Change(Query! with { Steps = Query!.Steps.Add(new EventSelector(next?.Name)) });
    }

    private EventCallback RemoverOf(int index) => Query!.Steps.Length > QueryLimits.MinimumSteps
        ? EventCallback.Factory.Create(this, () => Change(Without(Query!, index)))
        : default;

    /// <summary>What names a step by its number goes with the step, or moves up with those behind it.</summary>
    private static FunnelQuery Without(FunnelQuery query, int index)
    {
        ImmutableArray<int> Moved(ImmutableArray<int> numbers) => [.. numbers.Where(number => number != index).Select(number => number > index ? number - 1 : number)];
        var last = query.Steps.Length - 2;
        return query with
        {
            Steps = query.Steps.RemoveAt(index),
            Anchored = Moved(query.Anchored),
            Optional = [.. Moved(query.Optional).Where(step => step > 0 && step < last)],
            Exclusions = [.. query.Exclusions.Select(exclusion => exclusion with { From = Math.Min(exclusion.From, last - 1), To = null })],
            AttributedStep = Math.Min(query.AttributedStep, last),
            TimeToConvert = query.TimeToConvert is null ? null : new StepPair(),
        };
    }
}
