using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Charts;
using Rondo.Web.Components;
using Rondo.Web.Components.Pickers;
using Rondo.Web.Components.Reports;
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

    /// <summary>"overall" shows each segment as its difference from all together; null (default) shows it as it is.</summary>
    [SupplyParameterFromQuery(Name = "versus")]
    public string? Versus { get; set; }

    private bool IsVersusOverall => Versus == "overall" && AnsweredQuery!.Breakdowns.Length > 0;

    private IReadOnlyList<(string Value, string Text)> ChartKinds => [("line", L["Lines"]), ("bar", L["Bars"]), ("stacked", L["Stacked"])];

    private IReadOnlyList<Cohort> _cohorts = [];

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    private string? EventName => Query!.Metrics.Select(metric => metric.Event?.Event).OfType<string>().FirstOrDefault();

    private string? Question => Query is null ? null : Phrases.Of(Query, Answer?.Words);

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        _cohorts = await Cohorts.ListAsync(Project.Id, includeArchived: false, CancellationToken.None);
    }

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
        var drawn = _drawnSeries.Select(series => new DrawnSeries(KeyOf(series), NameOf(series), ColorOf(series), [.. series.Values.Select((_, bucket) => FigureOf(result, series, bucket))]))
            .Concat(IsVersusOverall ? [] : PastOf(result)).ToArray();
        var note = L["still going on"].Value;
        _drawing = (ChartKind ?? "line") == "line" && buckets.Length > 1
            ? new LineDrawing { Buckets = buckets, Series = drawn, FirstIncomplete = result.FirstIncompleteBucket, IncompleteNote = note, IsPercent = IsVersusOverall }
            : new BarDrawing { Buckets = buckets, Series = drawn, FirstIncomplete = result.FirstIncompleteBucket, IncompleteNote = note, IsStacked = ChartKind == "stacked", IsPercent = IsVersusOverall };

        _table = new ReportTableModel(
            query.Breakdowns.Length == 0 ? L["Event"] : TitleOf(query.Breakdowns),
            [new TableColumn(L["Whole range"], L["For unique users: distinct people over the whole range, so days do not add up to it."]), .. buckets.Select(bucket => new TableColumn(bucket))],
            [.. result.Series.Select(series => new TableRow(
                KeyOf(series),
                NameOf(series),
                [
                    CellOf(query, result, series, null),
                    .. series.Values.Select((_, index) => CellOf(query, result, series, index)),
                ],
                ColorOf(series),
                IsPlotted(series)))]);
    }

    /// <summary>The earlier stretch of every line that is drawn, paler and bucket by bucket beside it.</summary>
    private IEnumerable<DrawnSeries> PastOf(InsightsResult result) => result.Past
        .Where(IsPlotted)
        .Select(series => new DrawnSeries($"past/{KeyOf(series)}", L["{0}, before", NameOf(series)], Palette.Overall, [.. Enumerable.Range(0, result.Buckets.Length).Select(bucket => bucket < series.Values.Length ? series.Values[bucket] : null)], result.Buckets.Length));

    private TableCell CellOf(InsightsQuery query, InsightsResult result, InsightsSeries series, int? bucket)
    {
        var figure = FigureOf(result, series, bucket);
        var isDifference = IsVersusOverall && series.Segment.Kind != SegmentKind.Overall;
        var value = ValueOf(series, bucket);
        return new TableCell(
            isDifference ? $"{(figure > 0 ? "+" : string.Empty)}{Figures.Percent(figure)}" : Figures.Number(figure),
            figure,
            SelectionFor(query, series, bucket),
            IsIncomplete: bucket >= result.FirstIncompleteBucket,
            Title: isDifference ? Figures.Number(value) : PastTitle(result, series, bucket));
    }

    /// <summary>What is shown: the value, or by how much it differs from that of all together.</summary>
    private double? FigureOf(InsightsResult result, InsightsSeries series, int? bucket)
    {
        var value = ValueOf(series, bucket);
        if (!IsVersusOverall || series.Segment.Kind == SegmentKind.Overall)
        {
            return value;
        }

        var whole = ValueOf(result.Series.First(other => other.Metric == series.Metric && other.Segment.Kind == SegmentKind.Overall), bucket);
        return whole is null or 0 ? null : (value / whole) - 1;
    }

    private static double? ValueOf(InsightsSeries series, int? bucket) => bucket is { } at ? series.Values[at] : series.Total;

    private void ChangeVersus(string? versus)
    {
        Versus = string.IsNullOrEmpty(versus) ? null : versus;
        if (Answer is not null)
        {
            Show(AnsweredQuery!, Answer);
        }

        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("versus", Versus), replace: true);
    }

    private string? PastTitle(InsightsResult result, InsightsSeries series, int? bucket)
    {
        var place = result.Series.IndexOf(series);
        if (result.Past.IsEmpty || place < 0)
        {
            return null;
        }

        var past = bucket is not { } at ? result.Past[place].Total : at < result.Past[place].Values.Length ? result.Past[place].Values[at] : null;
        var now = bucket is { } of ? series.Values[of] : series.Total;
        return L["Before: {0} ({1})", Figures.Number(past), Figures.Percent(past is > 0 && now is not null ? (now / past) - 1 : null)];
    }

    /// <summary>A formula's number has no people behind it.</summary>
    private Func<PointSelection>? SelectionFor(InsightsQuery query, InsightsSeries series, int? bucket) =>
        query.Metrics[series.Metric].IsFormula ? null : () => SelectionOf(query, series, bucket);

    private static string KeyOf(InsightsSeries series) => $"{series.Metric}/{series.Segment.Kind}/{series.Segment.Label}";

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
        var metrics = Called(query).Metrics;
        var name = Phrases.OfCalled(metrics[series.Metric]);
        if (metrics.Count(other => Phrases.OfCalled(other) == name) > 1)
        {
            name = $"{Formula.LetterOf(series.Metric)}. {name}";
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
        var called = Called(query).Metrics[series.Metric];
        var title = called.Event is null ? Phrases.OfCalled(called) : EventTitle.Of(called.Event, L);
        var cohortName = series.Segment.Kind == SegmentKind.Overall ? $"{title}, {at}" : $"{title}, {TitleOf(series.Segment)}, {at}";
        return new PointSelection(
            $"{NameOf(series)} · {at}",
            Figures.Number(value),
            series.Segment.Kind == SegmentKind.Overall || metric.Measure is not (Measure.Uniques or Measure.Total) ? null : L["{0} of {1}", Figures.Percent(whole is > 0 ? value / whole : null), Figures.Number(whole)].Value,
            [new PointSide(string.Empty, new InsightsPoint(query, series.Metric, series.Segment, bucket is { } start ? result.Buckets[start] : null), cohortName)]);
    }

    private Task ClickedAsync(ChartClick click) =>
        click.Series < _drawnSeries.Count && !AnsweredQuery!.Metrics[_drawnSeries[click.Series].Metric].IsFormula ? SelectAsync((SelectionOf(AnsweredQuery!, _drawnSeries[click.Series], click.Index), click.X, click.Y)) : Task.CompletedTask;

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

    private void AddFormula() => Change(Query! with { Metrics = Query!.Metrics.Add(new Metric((EventSelector?)null) { Formula = Query!.Metrics.Length > 1 ? "A / B" : "A" }) });

    private void AddPeople() => Change(Query! with { Metrics = Query!.Metrics.Add(new Metric((EventSelector?)null) { People = new AllPredicate([]) }) });

    private void AddCohort(string? number)
    {
        if (int.TryParse(number, System.Globalization.CultureInfo.InvariantCulture, out var cohort))
        {
            Change(Query! with { Metrics = Query!.Metrics.Add(new Metric((EventSelector?)null) { Cohort = new CohortId(cohort) }) });
        }
    }

    private async Task AddMetric()
    {
        var events = await Vocabulary.EventsAsync(Project.Id);
        var next = events.Where(one => EventTitle.GroupOf(one.Name) == EventGroup.Product && Query!.Metrics.All(metric => metric.Event?.Event != one.Name)).MaxBy(one => one.RowCount);
        Change(Query! with { Metrics = Query!.Metrics.Add(new Metric(new EventSelector(next?.Name))) });
    }

    private EventCallback RemoverOf(int index) => Query!.Metrics.Length > 1
        ? EventCallback.Factory.Create(this, () => Change(Query! with { Metrics = Query!.Metrics.RemoveAt(index) }))
        : default;
}
