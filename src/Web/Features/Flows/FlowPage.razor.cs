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

namespace Rondo.Web.Features.Flows;

/// <summary>What people do next, and what they did before.</summary>
public sealed partial class FlowPage
{
    private SankeyDrawing? _drawing;
    private ReportTableModel? _table;
    private IReadOnlyList<PickerItem> _hideable = [];
    private string? _chosenEvent;
    private int _columns;
    private int _height = 420;

    private string? Question => Query is null ? null : QuestionWords.Of(Query, Answer?.Words, L);

    protected override FlowQuery DefaultQuery(IReadOnlyList<string> events) => new()
    {
        Anchor = new EventSelector(events[0]),
        Range = DateRange.Last(30, CalendarUnit.Day),
    };

    protected override Task<Outcome<Answer<FlowResult>>> AskAsync(FlowQuery query, CancellationToken cancellationToken) =>
        Reports.FlowAsync(Project.Id, query, cancellationToken);

    protected override void Show(FlowQuery query, Answer<FlowResult> answer)
    {
        var result = answer.Result;
        var nodes = result.Nodes;
        var first = nodes.Select(node => node.Key.Column).DefaultIfEmpty(0).Min();
        _columns = nodes.Select(node => node.Key.Column).Distinct().Count();
        _height = Math.Clamp(nodes.GroupBy(node => node.Key.Column).Select(column => column.Count()).DefaultIfEmpty(1).Max() * 84, 360, 1200);
        var colors = Palette.For(nodes.OrderByDescending(node => node.Count).Select(node => node.Key.Event).OfType<string>());
        _drawing = new SankeyDrawing
        {
            Whole = Math.Max(1, result.Entered),
            Nodes = [.. nodes.Select(node => new DrawnNode(NameOf(node.Key), TitleOf(node.Key, query), node.Key.Column - first, node.Count, KindOf(node.Key.Kind), node.Key.Event is { } name ? colors[name] : Palette.Of(TitleOf(node.Key, query))))],
            Links = [.. result.Links.Select(link => new DrawnLink(NameOf(link.From), NameOf(link.To), link.Count, TitleOf(link.From, query), TitleOf(link.To, query)))],
        };

        _table = new ReportTableModel(
            L["Step"],
            [new TableColumn(L["People"]), new TableColumn(L["of all"], L["Of the people who did the anchor event."]), new TableColumn(L["of the step"], L["Of the people counted in this step."])],
            [.. nodes.Select(node =>
            {
                var step = nodes.Where(other => other.Key.Column == node.Key.Column).Sum(other => other.Count);
                return new TableRow(
                    NameOf(node.Key),
                    $"{ColumnTitle(node.Key.Column)} · {TitleOf(node.Key, query)}",
                    [
                        new TableCell(Figures.Count(node.Count), node.Count, () => SelectionOf(query, node)),
                        new TableCell(Figures.Percent(node.Count, result.Entered), (double)node.Count / Math.Max(1, result.Entered)),
                        new TableCell(Figures.Percent(node.Count, step), (double)node.Count / Math.Max(1, step)),
                    ],
                    node.Key.Kind switch { FlowNodeKind.DropOff => "var(--border-strong)", FlowNodeKind.Other => "var(--border)", _ => node.Key.Event is { } name ? colors[name] : null });
            })]);
    }

    private static string NameOf(FlowNodeKey key) => $"{key.Column}/{key.Kind}/{key.Event}";

    private static string KindOf(FlowNodeKind kind) => kind switch
    {
        FlowNodeKind.Anchor => "anchor",
        FlowNodeKind.Other => "other",
        FlowNodeKind.DropOff => "dropOff",
        _ => "event",
    };

    private string ColumnTitle(int column) => column switch
    {
        0 => L["Start"],
        > 0 => L["Step {0}", column],
        _ => L["Step −{0}", -column],
    };

    private string TitleOf(FlowNodeKey key, FlowQuery query) => key.Kind switch
    {
        FlowNodeKind.Anchor => EventTitle.Of(query.Anchor.Event, L),
        FlowNodeKind.Other => L["Other events"],
        FlowNodeKind.DropOff => key.Column < 0 ? L["Nothing before"] : L["Drop-off"],
        _ => key.Event!,
    };

    private PointSelection SelectionOf(FlowQuery query, FlowNode node) => new(
        $"{ColumnTitle(node.Key.Column)} · {TitleOf(node.Key, query)}",
        Figures.Count(node.Count),
        L["{0} of {1}", Figures.Percent(node.Count, Answer!.Result.Entered), Figures.Count(Answer.Result.Entered)],
        [new PointSide(string.Empty, new FlowPoint(query, node.Key, null), $"{EventTitle.Of(query.Anchor.Event, L)} → {TitleOf(node.Key, query)} ({ColumnTitle(node.Key.Column)})")]);

    private PointSelection SelectionOf(FlowQuery query, FlowLink link) => new(
        $"{TitleOf(link.From, query)} → {TitleOf(link.To, query)}",
        Figures.Count(link.Count),
        L["{0} of {1}", Figures.Percent(link.Count, Answer!.Result.Entered), Figures.Count(Answer.Result.Entered)],
        [new PointSide(string.Empty, new FlowPoint(query, link.From, link.To), $"{TitleOf(link.From, query)} → {TitleOf(link.To, query)}")]);

    private Task ClickedAsync(ChartClick click)
    {
        var (query, result) = (AnsweredQuery!, Answer!.Result);
        if (click.Series == 1)
        {
            _chosenEvent = null;
            return click.Index < result.Links.Length ? SelectAsync((SelectionOf(query, result.Links[click.Index]), click.X, click.Y)) : Task.CompletedTask;
        }

        if (click.Index >= result.Nodes.Length)
        {
            return Task.CompletedTask;
        }

        var node = result.Nodes[click.Index];
        _chosenEvent = node.Key.Kind == FlowNodeKind.Event ? node.Key.Event : null;
        return SelectAsync((SelectionOf(query, node), click.X, click.Y));
    }

    private async Task ReadHideableAsync()
    {
        var events = await Vocabulary.EventsAsync(Project.Id);
        _hideable = [.. events
            .Where(one => one.Name != Query!.Anchor.Event && !Query.Hidden.Contains(one.Name))
            .Select(one => new PickerItem(one.Name, one.Name, null, EventTitle.IconOf(one.Name), Figures.Count(one.RowCount)))];
    }

    private void Hide(string name) => Change(Query! with { Hidden = Query!.Hidden.Add(name) });

    private void ChangeNumber(ChangeEventArgs change, Func<int, FlowQuery> with)
    {
        if (int.TryParse(change.Value?.ToString(), CultureInfo.InvariantCulture, out var number))
        {
            Change(with(number));
        }
    }
}
