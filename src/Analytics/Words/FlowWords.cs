using Rondo.Model.Cohorts;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Words;

/// <summary>A flow, and the people at a place of one, in words.</summary>
internal static class FlowWords
{
    public static string Of(FlowQuery query, Func<CohortId, string?> cohortName)
    {
        var anchors = new List<string> { Around(query.StepsBefore, query.StepsAfter, PredicateWords.Of(query.Anchor, cohortName)) };
        anchors.AddRange(query.Then.Select(anchor => Around(anchor.StepsBefore, anchor.StepsAfter, PredicateWords.Of(anchor.Event, cohortName))));
        var what = query.Counting switch
        {
            FunnelCounting.Totals => "What happens",
            FunnelCounting.Sessions => "What people do, session by session,",
            _ => "What people do",
        };
        var hidden = query.Hidden.Length == 0 ? string.Empty : $", without {PlainWords.Joined([.. query.Hidden.Select(PlainWords.Quoted)], "and")}";
        var expanded = query.Expand.Length == 0 ? string.Empty : $", {PlainWords.Joined([.. query.Expand.Select(expansion => $"{PlainWords.Quoted(expansion.Event)} by {PlainWords.Quoted(expansion.Property)}")], "and")}";
        var custom = query.CustomEvents.Length == 0 ? string.Empty : $", {PlainWords.Joined([.. query.CustomEvents.Select(PlainWords.Quoted)], "and")} in place of the events in {(query.CustomEvents.Length == 1 ? "it" : "them")}";
        var window = query.Counting == FunnelCounting.Sessions ? "within 1 session" : PlainWords.Of(query.Window);
        return $"{what} {string.Join(", then ", anchors)} {window}{FunnelWords.Sessions(query.Sessions, cohortName)}{FunnelWords.Between(query.Exclusions, query.HoldConstant, cohortName)}"
            + $"{QueryWords.Where(query.Filter, cohortName)}{hidden}{expanded}{custom}{QueryWords.By(query.Breakdowns, cohortName)}, {PlainWords.Of(query.Range)}";
    }

    public static string Of(FlowPoint point, Func<CohortId, string?> cohortName)
    {
        var query = point.Query;
        var path = point.To is { } to ? $"{Node(query, point.Node, cohortName)}, then {Node(query, to, cohortName)}" : Node(query, point.Node, cohortName);
        var anchor = Anchor(query, cohortName);
        return (point.Node.Column == 0 && point.To is null ? anchor : $"{anchor}, with {path}") + QueryWords.Where(query.Filter, cohortName) + BreakdownWords.In(point.Segment, query.Breakdowns, cohortName);
    }

    public static string Of(FlowPathPoint point, Func<CohortId, string?> cohortName) =>
        $"{Anchor(point.Query, cohortName)}, with just the path {string.Join(" → ", point.Nodes.Select(node => What(point.Query, node, cohortName)))}" + QueryWords.Where(point.Query.Filter, cohortName);

    private static string Anchor(FlowQuery query, Func<CohortId, string?> cohortName) => $"People who did {PredicateWords.Of(query.Anchor, cohortName)} {PlainWords.During(query.Range)}";

    private static string Around(int before, int after, string anchor)
    {
        var sides = new List<string>();
        if (before > 0)
        {
            sides.Add($"{PlainWords.Plural(before, "step")} before");
        }

        if (after > 0)
        {
            sides.Add($"{PlainWords.Plural(after, "step")} after");
        }

        return sides.Count == 0 ? $"at {anchor}" : $"in the {PlainWords.Joined(sides, "and")} {anchor}";
    }

    private static string Node(FlowQuery query, FlowNodeKey node, Func<CohortId, string?> cohortName)
    {
        var what = What(query, node, cohortName);
        var anchors = query.AnchorColumns();
        if (anchors.Contains(node.Column))
        {
            return what;
        }

        if (node.Column < 0)
        {
            return $"{what} as step {-node.Column} before";
        }

        var anchor = anchors.Count(column => column < node.Column) - 1;
        var after = node.Column - anchors[anchor];
        var stepsAfter = anchor == 0 ? query.StepsAfter : query.Then[anchor - 1].StepsAfter;
        return after <= stepsAfter
            ? $"{what} as step {after} after" + (anchor == 0 ? string.Empty : $" {PredicateWords.Of(query.Then[anchor - 1].Event, cohortName)}")
            : $"{what} as step {anchors[anchor + 1] - node.Column} before {PredicateWords.Of(query.Then[anchor].Event, cohortName)}";
    }

    private static string What(FlowQuery query, FlowNodeKey node, Func<CohortId, string?> cohortName) => node.Kind switch
    {
        FlowNodeKind.Event => PlainWords.Quoted(node.Value is { } value ? $"{node.Event}: {value}" : node.Event!),
        FlowNodeKind.Other => "another event",
        FlowNodeKind.DropOff when node.Column > 0 && query.AnchorColumns().IndexOf(node.Column) is > 0 and var anchor => $"no {PredicateWords.Of(query.Then[anchor - 1].Event, cohortName)}",
        FlowNodeKind.DropOff => "no further event",
        _ when node.Column > 0 && query.AnchorColumns().IndexOf(node.Column) is > 0 and var anchor => PredicateWords.Of(query.Then[anchor - 1].Event, cohortName),
        _ => "the event itself",
    };
}
