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

/// <summary>On how many hours or days people were active.</summary>
public sealed partial class FrequencyPage
{
    private BarDrawing? _drawing;
    private ReportTableModel? _table;
    private string? _foldedNote;

    private string? Question => Query is null ? null : Phrases.Of(Query, Answer?.Words);

    protected override FrequencyQuery DefaultQuery(IReadOnlyList<string> events) => new()
    {
        Event = new EventSelector(events[0]),
        Range = DateRange.Last(8, CalendarUnit.Week),
    };

    protected override Task<Outcome<Answer<FrequencyResult>>> AskAsync(FrequencyQuery query, CancellationToken cancellationToken) =>
        Reports.FrequencyAsync(Project.Id, query, cancellationToken);

    protected override void Show(FrequencyQuery query, Answer<FrequencyResult> answer)
    {
        var segments = answer.Result.Segments;
        var isBroken = query.Breakdowns.Length > 0;
        _foldedNote = answer.Result.FoldedSegments > 0 ? L["{0} further values are together in “All others”.", Figures.Count(answer.Result.FoldedSegments)].Value : null;
        var colors = Palette.For(segments.Where(segment => segment.Segment.Kind != SegmentKind.Overall).Select(segment => TitleOf(segment.Segment)));
        string ColorOf(FrequencySegment segment) => segment.Segment.Kind == SegmentKind.Overall ? (isBroken ? Palette.Overall : "#3B6FD4") : colors[TitleOf(segment.Segment)];
        string[] columns = [.. Enumerable.Range(1, segments[0].Average.Length).Select(count => ColumnTitle(query, count))];
        _drawing = new BarDrawing
        {
            Buckets = columns,
            Series = [.. segments.Where(segment => !isBroken || segment.Segment.Kind != SegmentKind.Overall).Select(segment => new DrawnSeries(KeyOf(segment), TitleOf(segment.Segment), ColorOf(segment), segment.Average))],
            FirstIncomplete = columns.Length,
            IncompleteNote = L["still going on"],
            IsPercent = true,
        };
        _table = new ReportTableModel(
            isBroken ? TitleOf(query.Breakdowns) : L["Period"],
            [new TableColumn(L["People"], L["People active in the period."]), .. columns.Select(column => new TableColumn(column))],
            [.. segments.SelectMany(segment => RowsOf(query, segment, ColorOf(segment), isBroken))]);
    }

    private static string KeyOf(FrequencySegment segment) => $"{segment.Segment.Kind}/{segment.Segment.Label}";

    private static string UnitsKey(FrequencyQuery query) => $"{query.Period}/{query.Within}";

    private void ChangeUnits(ChangeEventArgs change)
    {
        var units = change.Value!.ToString()!.Split('/');
        Change(Query! with { Period = Enum.Parse<CalendarUnit>(units[0]), Within = Enum.Parse<CalendarUnit>(units[1]) });
    }

    private string ColumnTitle(FrequencyQuery query, int count)
    {
        var number = count.ToString(CultureInfo.CurrentCulture) + (query.Comparison == CountComparison.AtLeast ? "+" : string.Empty);
        return query.Within == CalendarUnit.Hour ? L["{0} h", number] : L["{0} d", number];
    }

    private IEnumerable<TableRow> RowsOf(FrequencyQuery query, FrequencySegment segment, string color, bool isFolded)
    {
        var key = KeyOf(segment);
        var size = segment.Rows.Sum(row => row.Size);
        yield return new TableRow(
            key,
            isFolded ? TitleOf(segment.Segment) : L["Average"],
            [new TableCell(Figures.Count(size), size, Title: L["Sum of all rows; a person may be in several."]), .. segment.Average.Select(share => new TableCell(Figures.Percent(share), share, Heat: share))],
            isFolded ? color : null);
        for (var number = 0; number < segment.Rows.Length; number++)
        {
            var row = segment.Rows[number];
            var isIncomplete = number >= Answer!.Result.FirstIncompletePeriod;
            yield return new TableRow(
                $"{key}/{row.Start}",
                Figures.Bucket(row.Start, query.Period, Project.Calendar),
                [
                    new TableCell(Figures.Count(row.Size), row.Size),
                    .. row.Counts.Select((people, column) => new TableCell(
                        Figures.Percent(people, row.Size), row.Size == 0 ? null : (double)people / row.Size, people == 0 ? null : () => SelectionOf(query, segment, row, column),
                        row.Size == 0 ? null : (double)people / row.Size, isIncomplete, L["{0} of {1} people", Figures.Count(people), Figures.Count(row.Size)])),
                ],
                ParentKey: isFolded ? key : null);
        }
    }

    private PointSelection SelectionOf(FrequencyQuery query, FrequencySegment segment, FrequencyRow row, int column)
    {
        var of = segment.Segment.Kind == SegmentKind.Overall ? string.Empty : $"{TitleOf(segment.Segment)}, ";
        var title = $"{of}{EventTitle.Of(Called(query).Event, L)}, {ColumnTitle(query, column + 1)} · {Figures.Bucket(row.Start, query.Period, Project.Calendar)}";
        return new PointSelection(
            title,
            Figures.Count(row.Counts[column]),
            L["{0} of {1}", Figures.Percent(row.Counts[column], row.Size), Figures.Count(row.Size)],
            [new PointSide(string.Empty, new FrequencyPoint(query, row.Start, column + 1, segment.Segment), title)]);
    }
}
