using System.Collections.Immutable;
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
    private IReadOnlyList<PickerItem> _customEvents = [];
    private string? _chosenEvent;
    private IReadOnlyList<(string Key, string Title)> _segmentChoices = [];
    private string _segmentKey = string.Empty;
    private Segment _segment;
    private long _entered;
    private ImmutableArray<FlowNode> _nodes = [];
    private ImmutableArray<FlowLink> _links = [];
    private string? _foldedNote;
    private string? _completion;
    private int _columns;
    private int _height = 420;

    private string? Question => Query is null ? null : Phrases.Of(Query, Answer?.Words);

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
        _segmentChoices = result.Segments.IsEmpty ? [] : [(string.Empty, L["Overall"]), .. result.Segments.Select(segment => (KeyOf(segment.Segment), TitleOf(segment.Segment)))];
        var chosen = result.Segments.FirstOrDefault(segment => KeyOf(segment.Segment) == _segmentKey);
        _segmentKey = chosen is null ? string.Empty : _segmentKey;
        _segment = chosen?.Segment ?? Segment.Overall;
        (_entered, _nodes, _links) = chosen is null ? (result.Entered, result.Nodes, result.Links) : (chosen.Entered, chosen.Nodes, chosen.Links);
        _foldedNote = result.FoldedSegments > 0 ? L["{0} further values are together in “All others”.", Figures.Count(result.FoldedSegments)].Value : null;
        _completion = query.Then.IsEmpty ? null : L["{0} of {1} reached every anchor ({2}).", Figures.Count(result.Completed), Figures.Count(result.Entered), Figures.Percent(result.Completed, result.Entered)].Value;
        var columns = _nodes.Select(node => node.Key.Column).Distinct().Order().ToList();
        _columns = columns.Count;
        _height = Math.Clamp(_nodes.GroupBy(node => node.Key.Column).Select(column => column.Count()).DefaultIfEmpty(1).Max() * 84, 360, 1200);
        var colors = Palette.For(_nodes.OrderByDescending(node => node.Count).Where(node => node.Key.Kind == FlowNodeKind.Event).Select(node => TitleOf(node.Key, query)).Distinct());
        _drawing = new SankeyDrawing
        {
            Whole = Math.Max(1, _entered),
            Nodes = [.. _nodes.Select(node => new DrawnNode(NameOf(node.Key), TitleOf(node.Key, query), columns.IndexOf(node.Key.Column), node.Count, KindOf(node.Key.Kind), node.Key.Kind == FlowNodeKind.Event ? colors[TitleOf(node.Key, query)] : Palette.Of(TitleOf(node.Key, query))))],
            Links = [.. _links.Select(link => new DrawnLink(NameOf(link.From), NameOf(link.To), link.Count, TitleOf(link.From, query), TitleOf(link.To, query)))],
        };
        _table = query.TopPaths > 0 ? PathTable(query, result) : NodeTable(query, node => node.Kind switch
        {
            FlowNodeKind.DropOff => "var(--border-strong)",
            FlowNodeKind.Other => "var(--border)",
            FlowNodeKind.Event => colors[TitleOf(node, query)],
            _ => null,
        });
    }

    private ReportTableModel NodeTable(FlowQuery query, Func<FlowNodeKey, string?> colorOf) => new(
        L["Step"],
        [new TableColumn(CountTitle(query)), new TableColumn(L["of all"], L["Of those with the first event."]), new TableColumn(L["of the step"], L["Of those counted in this step."])],
        [.. _nodes.Select(node =>
        {
            var step = _nodes.Where(other => other.Key.Column == node.Key.Column).Sum(other => other.Count);
            return new TableRow(
                NameOf(node.Key),
                $"{ColumnTitle(query, node.Key.Column)} · {TitleOf(node.Key, query)}",
                [
                    new TableCell(Figures.Count(node.Count), node.Count, () => SelectionOf(query, node)),
                    new TableCell(Figures.Percent(node.Count, _entered), (double)node.Count / Math.Max(1, _entered)),
                    new TableCell(Figures.Percent(node.Count, step), (double)node.Count / Math.Max(1, step)),
                ],
                colorOf(node.Key));
        })]);

    private ReportTableModel PathTable(FlowQuery query, FlowResult result) => new(
        L["Path"],
        [new TableColumn(CountTitle(query)), new TableColumn(L["of all"], L["Of those with the first event."])],
        [.. result.Paths.Select((path, number) =>
        {
            var title = string.Join(" → ", path.Nodes.Select(node => TitleOf(node, query)));
            return new TableRow(
                number.ToString(CultureInfo.InvariantCulture),
                title,
                [
                    new TableCell(Figures.Count(path.Count), path.Count, () => new PointSelection(title, Figures.Count(path.Count), L["{0} of {1}", Figures.Percent(path.Count, result.Entered), Figures.Count(result.Entered)], [new PointSide(string.Empty, new FlowPathPoint(query, path.Nodes), title)])),
                    new TableCell(Figures.Percent(path.Count, result.Entered), (double)path.Count / Math.Max(1, result.Entered)),
                ]);
        })]);

    private string CountTitle(FlowQuery query) => query.Counting switch
    {
        FunnelCounting.Totals => L["Paths"],
        FunnelCounting.Sessions => L["Sessions"],
        _ => L["People"],
    };

    private static string KeyOf(Segment segment) => $"{segment.Kind}/{segment.Label}";

    private void ShowSegment(string? key)
    {
        _segmentKey = key ?? string.Empty;
        Show(AnsweredQuery!, Answer!);
    }

    private static string NameOf(FlowNodeKey key) => $"{key.Column}/{key.Kind}/{key.Event}/{key.Value}";

    private static string KindOf(FlowNodeKind kind) => kind switch
    {
        FlowNodeKind.Anchor => "anchor",
        FlowNodeKind.Other => "other",
        FlowNodeKind.DropOff => "dropOff",
        _ => "event",
    };

    private string ColumnTitle(FlowQuery query, int column)
    {
        var anchors = query.AnchorColumns();
        if (anchors.IndexOf(column) is >= 0 and var own)
        {
            return own == 0 ? L["Start"] : ((char)('A' + own)).ToString();
        }

        if (column < 0)
        {
            return L["Step −{0}", -column];
        }

        var anchor = anchors.Count(its => its < column) - 1;
        var stepsAfter = anchor == 0 ? query.StepsAfter : query.Then[anchor - 1].StepsAfter;
        var step = column - anchors[anchor];
        return step <= stepsAfter
            ? anchor == 0 ? L["Step {0}", step] : $"{(char)('A' + anchor)} + {step}"
            : $"{(char)('A' + anchor + 1)} − {anchors[anchor + 1] - column}";
    }

    private string TitleOf(FlowNodeKey key, FlowQuery query) => key.Kind switch
    {
        FlowNodeKind.Anchor => EventTitle.Of(query.AnchorColumns().IndexOf(key.Column) is > 0 and var later ? Called(query).Then[later - 1].Event : Called(query).Anchor, L),
        FlowNodeKind.Other => L["Other events"],
        FlowNodeKind.DropOff => key.Column < 0 ? L["Nothing before"] : L["Drop-off"],
        _ when key.Value is not null => $"{Names.Event(key.Event!)}: {key.Value}",
        _ => Names.Event(key.Event!),
    };

    private PointSelection SelectionOf(FlowQuery query, FlowNode node) => new(
        $"{ColumnTitle(query, node.Key.Column)} · {TitleOf(node.Key, query)}",
        Figures.Count(node.Count),
        L["{0} of {1}", Figures.Percent(node.Count, _entered), Figures.Count(_entered)],
        [new PointSide(string.Empty, new FlowPoint(query, node.Key, null) { Segment = _segment }, $"{EventTitle.Of(Called(query).Anchor, L)} → {TitleOf(node.Key, query)} ({ColumnTitle(query, node.Key.Column)})")]);

    private PointSelection SelectionOf(FlowQuery query, FlowLink link) => new(
        $"{TitleOf(link.From, query)} → {TitleOf(link.To, query)}",
        Figures.Count(link.Count),
        L["{0} of {1}", Figures.Percent(link.Count, _entered), Figures.Count(_entered)],
        [new PointSide(string.Empty, new FlowPoint(query, link.From, link.To) { Segment = _segment }, $"{TitleOf(link.From, query)} → {TitleOf(link.To, query)}")]);

    private Task ClickedAsync(ChartClick click)
    {
        var query = AnsweredQuery!;
        if (click.Series == 1)
        {
            _chosenEvent = null;
            return click.Index < _links.Length ? SelectAsync((SelectionOf(query, _links[click.Index]), click.X, click.Y)) : Task.CompletedTask;
        }

        if (click.Index >= _nodes.Length)
        {
            return Task.CompletedTask;
        }

        var node = _nodes[click.Index];
        _chosenEvent = node.Key.Kind == FlowNodeKind.Event ? node.Key.Event : null;
        return SelectAsync((SelectionOf(query, node), click.X, click.Y));
    }

    private async Task ReadHideableAsync()
    {
        var events = await Vocabulary.EventsAsync(Project.Id);
        _hideable = [.. events
            .Where(one => one.Name != Query!.Anchor.Event && !Query.Hidden.Contains(one.Name))
            .Select(one => new PickerItem(one.Name, Names.Event(one.Name), null, EventTitle.IconOf(one.Name), Figures.Count(one.RowCount)))];
    }

    protected override Task OnInitializedAsync() => ReadCustomAsync();

    private async Task ReadCustomAsync() =>
        _customEvents = [.. (await Vocabulary.DefinitionsAsync(Project.Id)).Events.Select(custom => new PickerItem(custom.Name, custom.Name, null, MudBlazor.Icons.Material.Outlined.JoinFull))];

    private IReadOnlyList<(bool Value, string Text)> Views => [(false, L["Steps"]), (true, L["Top paths"])];

    private async Task AddAnchorAsync()
    {
        var events = await Vocabulary.EventsAsync(Project.Id);
        var next = events.Where(one => EventTitle.GroupOf(one.Name) == EventGroup.Product && one.Name != Query!.Anchor.Event).MaxBy(one => one.RowCount);
        Change(Query! with { StepsAfter = Math.Min(Query!.StepsAfter, 2), Then = Query.Then.Add(new FlowAnchor(new EventSelector(next?.Name), 1, 0)) });
    }

    private static FlowQuery With(FlowQuery query, int index, FlowAnchor anchor) => query with { Then = query.Then.SetItem(index, anchor) };

    private void ReplaceAnchor(int index, FlowAnchor anchor) => Change(With(Query!, index, anchor));

    private void RemoveAnchor(int index) => Change(Query! with { Then = Query!.Then.RemoveAt(index), Exclusions = [] });

    private async Task ExpandAsync(string name)
    {
        var properties = await Vocabulary.PropertiesAsync(Project.Id, PropertySource.Event, name);
        Change(Query! with { Expand = [.. Query!.Expand.Where(other => other.Event != name), new FlowExpansion(name, properties.Count > 0 ? properties[0].Name : "name")] });
    }

    private void ChangeExpansion(FlowExpansion expansion, object picked)
    {
        if (picked is PickedProperty property)
        {
            Change(Query! with { Expand = Query!.Expand.Replace(expansion, expansion with { Property = property.Name, Source = property.Source }) });
        }
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
