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
using Breakdown = Rondo.Model.Queries.Breakdown;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Features.Insights;

/// <summary>How many, over time.</summary>
public sealed partial class InsightsPage
{
    private readonly HashSet<string> _hidden = new(StringComparer.Ordinal);
    private readonly HashSet<string> _shownToo = new(StringComparer.Ordinal);
    private BucketDrawing? _drawing;
    private ReportTableModel? _table;
    private IReadOnlyList<InsightsSeries> _drawnSeries = [];
    private string? _foldedNote;

    /// <summary>Line (default) or bar.</summary>
    [SupplyParameterFromQuery(Name = "chart")]
    public string? ChartKind { get; set; }

    private IReadOnlyList<(string Value, string Text)> ChartKinds => [("line", L["Lines"]), ("bar", L["Bars"]), ("stacked", L["Stacked"])];

    private string? Question => Query is null ? null : QuestionWords.Of(Query, Answer?.Words, L);

    protected override InsightsQuery DefaultQuery(IReadOnlyList<string> events) => new()
    {
        Metrics = [new Metric(new EventSelector(events[0]))],
        Range = DateRange.Last(30, CalendarUnit.Day),
    };

    protected override Task<Outcome<Answer<InsightsResult>>> AskAsync(InsightsQuery query, CancellationToken cancellationToken) =>
        Reports.InsightsAsync(Project.Id, query, cancellationToken);

    protected override void Show(InsightsQuery query, Answer<InsightsResult> answer)
    {
        var result = answer.Result;
        var folded = result.FoldedSegments.Sum();
        _foldedNote = folded > 0 ? L["{0} further values are together in “All others”.", Figures.Count(folded)].Value : null;
        var colors = Palette.For(result.Series.Where(IsPlottedAtFirst).Select(NameOf).Concat(result.Series.Select(NameOf)));
        string ColorOf(InsightsSeries series) => series.Segment.Kind == SegmentKind.Overall && query.Breakdowns.Length > 0 ? Palette.Overall : colors[NameOf(series)];

        _drawnSeries = [.. result.Series.Where(IsPlotted)];
        var buckets = result.Buckets.Select(bucket => Figures.Bucket(bucket, query.Unit, Project.Calendar)).ToArray();
        var drawn = _drawnSeries.Select(series => new DrawnSeries(KeyOf(series), NameOf(series), ColorOf(series), [.. series.Values.Select(value => (double?)value)])).ToArray();
        var note = L["still going on"].Value;
        _drawing = (ChartKind ?? "line") == "line" && buckets.Length > 1
            ? new LineDrawing { Buckets = buckets, Series = drawn, FirstIncomplete = result.FirstIncompleteBucket, IncompleteNote = note }
            : new BarDrawing { Buckets = buckets, Series = drawn, FirstIncomplete = result.FirstIncompleteBucket, IncompleteNote = note, IsStacked = ChartKind == "stacked" };

        _table = new ReportTableModel(
            query.Breakdowns.FirstOrDefault()?.Property ?? L["Event"],
            [new TableColumn(L["Whole range"], L["For unique users: distinct people over the whole range, so days do not add up to it."]), .. buckets.Select(bucket => new TableColumn(bucket))],
            [.. result.Series.Select(series => new TableRow(
                KeyOf(series),
                NameOf(series),
                [
                    new TableCell(Figures.Count(series.Total), series.Total, () => SelectionOf(query, series, null)),
                    .. series.Values.Select((value, index) => new TableCell(Figures.Count(value), value, () => SelectionOf(query, series, index), IsIncomplete: index >= result.FirstIncompleteBucket)),
                ],
                ColorOf(series),
                IsPlotted(series)))]);
    }

    private static string LetterOf(int index) => index < 26 ? ((char)('A' + index)).ToString() : (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string KeyOf(InsightsSeries series) => $"{series.Metric}/{series.Segment.Kind}/{series.Segment.Value}";

    // Hours make sense for some days, months for some years; the finest unit that stays readable is proposed.
    private static CalendarUnit UnitFor(DateRange range, CalendarUnit present) => range switch
    {
        LastRange { Unit: CalendarUnit.Day, Count: 1 } or LastRange { Unit: CalendarUnit.Hour } => CalendarUnit.Hour,
        LastRange { Unit: CalendarUnit.Month, Count: >= 12 } => present is CalendarUnit.Hour or CalendarUnit.Day ? CalendarUnit.Week : present,
        _ => present == CalendarUnit.Hour ? CalendarUnit.Day : present,
    };

    private bool IsPlottedAtFirst(InsightsSeries series) => AnsweredQuery!.Breakdowns.Length == 0 || series.Segment.Kind != SegmentKind.Overall;

    private bool IsPlotted(InsightsSeries series) => IsPlottedAtFirst(series) ? !_hidden.Contains(KeyOf(series)) : _shownToo.Contains(KeyOf(series));

    private string NameOf(InsightsSeries series)
    {
        var query = AnsweredQuery!;
        var metric = query.Metrics[series.Metric];
        var name = EventTitle.Of(metric.Event.Event, L) + (metric.Measure == Measure.Total ? $" ({L["total"]})" : string.Empty);
        if (query.Metrics.Count(other => other.Event.Event == metric.Event.Event && other.Measure == metric.Measure) > 1)
        {
            name = $"{LetterOf(series.Metric)}. {name}";
        }

        return query.Breakdowns.Length == 0 ? name : query.Metrics.Length == 1 ? TitleOf(series.Segment) : $"{name} · {TitleOf(series.Segment)}";
    }

    private PointSelection SelectionOf(InsightsQuery query, InsightsSeries series, int? bucket)
    {
        var result = Answer!.Result;
        var at = bucket is { } index ? Figures.Bucket(result.Buckets[index], query.Unit, Project.Calendar) : L["the whole range"].Value;
        var metric = query.Metrics[series.Metric];
        var value = bucket is { } chosen ? series.Values[chosen] : series.Total;
        var overall = result.Series.First(other => other.Metric == series.Metric && other.Segment.Kind == SegmentKind.Overall);
        var whole = bucket is { } of ? overall.Values[of] : overall.Total;
        var cohortName = series.Segment.Kind == SegmentKind.Overall ? $"{EventTitle.Of(metric.Event.Event, L)}, {at}" : $"{EventTitle.Of(metric.Event.Event, L)}, {TitleOf(series.Segment)}, {at}";
        return new PointSelection(
            $"{NameOf(series)} · {at}",
            Figures.Count(value),
            series.Segment.Kind == SegmentKind.Overall ? null : L["{0} of {1}", Figures.Percent(value, whole), Figures.Count(whole)].Value,
            [new PointSide(string.Empty, new InsightsPoint(query, series.Metric, series.Segment, bucket is { } start ? result.Buckets[start] : null), cohortName)]);
    }

    private Task ClickedAsync(ChartClick click) =>
        click.Series < _drawnSeries.Count ? SelectAsync((SelectionOf(AnsweredQuery!, _drawnSeries[click.Series], click.Index), click.X, click.Y)) : Task.CompletedTask;

    private void TogglePlot(string key)
    {
        var series = Answer!.Result.Series.First(candidate => KeyOf(candidate) == key);
        var set = IsPlottedAtFirst(series) ? _hidden : _shownToo;
        if (!set.Remove(key))
        {
            set.Add(key);
        }

        Show(AnsweredQuery!, Answer);
    }

    private void ChangeChart(string kind)
    {
        ChartKind = kind;
        if (Answer is not null)
        {
            Show(AnsweredQuery!, Answer);
        }

        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("chart", kind == "line" ? null : kind), replace: true);
    }

    private void ChangeMetric(int index, Metric metric) => Change(Query! with { Metrics = Query!.Metrics.SetItem(index, metric) });

    private void ChangeBreakdown(Breakdown? breakdown) => Change(Query! with { Breakdowns = breakdown is null ? [] : [breakdown] });

    private async Task AddMetric()
    {
        var events = await Vocabulary.EventsAsync(Project.Id);
        var next = events.Where(one => EventTitle.GroupOf(one.Name) == EventGroup.Product && Query!.Metrics.All(metric => metric.Event.Event != one.Name)).MaxBy(one => one.RowCount);
        Change(Query! with { Metrics = Query!.Metrics.Add(new Metric(new EventSelector(next?.Name))) });
    }

    private EventCallback RemoverOf(int index) => Query!.Metrics.Length > 1
        ? EventCallback.Factory.Create(this, () => Change(Query! with { Metrics = Query!.Metrics.RemoveAt(index) }))
        : default;
}
