using System.Globalization;
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

namespace Rondo.Web.Features.Retention;

/// <summary>Who comes back.</summary>
public sealed partial class RetentionPage
{
    private readonly HashSet<string> _toggled = new(StringComparer.Ordinal);
    private LineDrawing? _drawing;
    private ReportTableModel? _table;
    private IReadOnlyList<RetentionSegment> _drawnSegments = [];
    private string? _foldedNote;

    /// <summary>What is shown of every cell; the share who came back when null.</summary>
    [SupplyParameterFromQuery(Name = "show")]
    public string? Shown { get; set; }

    /// <summary>The period shown over time; null for the curve.</summary>
    [SupplyParameterFromQuery(Name = "trend")]
    public int? TrendBucket { get; set; }

    private string? Question => Query is null ? null : Phrases.Of(Query, Answer?.Words);

    protected override RetentionQuery DefaultQuery(IReadOnlyList<string> events) => new()
    {
        Birth = new EventSelector(events[0]),
        Return = new EventSelector(events[0]),
        Range = DateRange.Last(3, CalendarUnit.Month),
    };

    protected override Task<Outcome<Answer<RetentionResult>>> AskAsync(RetentionQuery query, CancellationToken cancellationToken) =>
        Reports.RetentionAsync(Project.Id, query, cancellationToken);

    protected override void Show(RetentionQuery query, Answer<RetentionResult> answer)
    {
        var segments = answer.Result.Segments;
        var isBroken = query.Breakdowns.Length > 0;
        _foldedNote = answer.Result.FoldedSegments > 0 ? L["{0} further values are together in “All others”.", Figures.Count(answer.Result.FoldedSegments)].Value : null;
        var colors = Palette.For(segments.Where(segment => segment.Segment.Kind != SegmentKind.Overall).Select(segment => TitleOf(segment.Segment)));
        string ColorOf(RetentionSegment segment) => segment.Segment.Kind == SegmentKind.Overall ? (isBroken ? Palette.Overall : "#3B6FD4") : colors[TitleOf(segment.Segment)];
        bool IsPlotted(RetentionSegment segment) => (!isBroken || segment.Segment.Kind != SegmentKind.Overall) != _toggled.Contains(KeyOf(segment));

        _drawnSegments = [.. segments.Where(IsPlotted)];
        _drawing = DrawingOf(query, ColorOf);
        _table = new ReportTableModel(
            isBroken ? TitleOf(query.Breakdowns) : L["Segment"],
            [new TableColumn(L["People"], L["People who did the first event."]), .. Enumerable.Range(0, query.BucketCount()).Select(bucket => new TableColumn(BucketTitle(query, bucket)))],
            [.. segments.SelectMany(segment => RowsOf(query, segment, ColorOf(segment), isBroken ? IsPlotted(segment) : null, isBroken))]);
    }

    private static string KeyOf(RetentionSegment segment) => $"{segment.Segment.Kind}/{segment.Segment.Label}";

    private IEnumerable<TableRow> RowsOf(RetentionQuery query, RetentionSegment segment, string color, bool? isPlotted, bool isFolded)
    {
        var key = KeyOf(segment);
        var shown = AverageOf(segment);
        var top = shown.Where(figure => figure is not null).DefaultIfEmpty(0).Max() ?? 0;
        var size = segment.Rows.Sum(row => row.Size);
        var averages = new List<TableCell> { new(Figures.Count(size), size, Title: L["Sum of all rows; a person may be in several."]) };
        averages.AddRange(shown.Select((figure, bucket) => new TableCell(TextOf(figure), figure, figure is null ? null : () => SelectionOf(query, segment, null, bucket), top > 0 ? figure / top : null)));
        yield return new TableRow(key, isFolded ? TitleOf(segment.Segment) : L["Average"], averages, isFolded ? color : null, isPlotted);

        foreach (var row in segment.Rows)
        {
            var figures = row.Retained.Select((_, bucket) => FigureOf(row, bucket)).ToList();
            var highest = figures.Max() ?? 0;
            var cells = new List<TableCell> { new(Figures.Count(row.Size), row.Size, row.Size == 0 ? null : () => BornOf(query, segment, row)) };
            cells.AddRange(row.Retained.Select((retained, bucket) =>
            {
                // A period that has not begun for anybody is empty, not zero.
                var isUntouched = bucket >= row.CompleteBuckets && retained == 0;
                return row.Size == 0 || isUntouched
                    ? new TableCell(string.Empty, null, IsIncomplete: row.Size > 0)
                    : new TableCell(TextOf(figures[bucket]), figures[bucket], () => SelectionOf(query, segment, row, bucket), highest == 0 ? null : figures[bucket] / highest, bucket >= row.CompleteBuckets, L["{0} of {1} people", Figures.Count(retained), Figures.Count(row.Size)]);
            }));
            yield return new TableRow($"{key}/{row.Start}", Figures.Bucket(row.Start, query.Unit, Project.Calendar), cells, ParentKey: isFolded ? key : null);
        }
    }

    private string Of(RetentionSegment segment) => segment.Segment.Kind == SegmentKind.Overall ? string.Empty : TitleOf(segment.Segment) + ", ";

    private PointSelection BornOf(RetentionQuery query, RetentionSegment segment, RetentionRow row)
    {
        var name = EventTitle.Of(Called(query).Birth, L);
        var start = Figures.Bucket(row.Start, query.Unit, Project.Calendar);
        return new PointSelection(
            $"{Of(segment)}{name} · {start}",
            Figures.Count(row.Size),
            null,
            [new PointSide(string.Empty, new RetentionPoint(query, row.Start, 0, RetentionOutcome.Born, segment.Segment), $"{Of(segment)}{name}, {start}")]);
    }

    private PointSelection SelectionOf(RetentionQuery query, RetentionSegment segment, RetentionRow? row, int bucket)
    {
        var period = BucketTitle(query, bucket);
        var place = Of(segment) + (row is null ? L["on average"].Value : Figures.Bucket(row.Start, query.Unit, Project.Calendar));
        var rate = row is null ? segment.Average[bucket] : row.Size == 0 ? null : (double)row.Retained[bucket] / row.Size;
        var subject = segment.Segment.Kind == SegmentKind.Overall ? string.Empty : $"{TitleOf(segment.Segment)}: ";
        PointSide Side(RetentionOutcome outcome, string label, string cohortName) => new(label, new RetentionPoint(query, row?.Start, bucket, outcome, segment.Segment), cohortName);
        return new PointSelection(
            $"{place} · {period}",
            Figures.Percent(rate),
            row is null ? L["came back then"] : L["{0} of {1} came back", Figures.Count(row.Retained[bucket]), Figures.Count(row.Size)],
            [
                Side(RetentionOutcome.NotRetained, L["Did not come back"], subject + L["not back in {0}", period]),
                Side(RetentionOutcome.Retained, L["Came back"], subject + L["back in {0}", period]),
            ]);
    }

    private void TogglePlot(string key)
    {
        if (!_toggled.Remove(key))
        {
            _toggled.Add(key);
        }

        Show(AnsweredQuery!, Answer!);
    }

    private void ChangeBuckets(ChangeEventArgs change)
    {
        if (int.TryParse(change.Value?.ToString(), CultureInfo.InvariantCulture, out var buckets))
        {
            Change(Query! with { Buckets = buckets });
        }
    }

}
