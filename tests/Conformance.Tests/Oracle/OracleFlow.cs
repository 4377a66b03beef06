using System.Collections.Immutable;
using Rondo.Model.Events;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests.Oracle;

/// <content>Flows.</content>
internal sealed partial class OracleReports
{
    private sealed record Run((string Event, string? Value) Node, Happening First, Happening Last);

    public FlowResult Flow(FlowQuery query)
    {
        var funnel = new FunnelQuery
        {
            Steps = [query.Anchor, .. query.Then.Select(anchor => anchor.Event)],
            Range = query.Range,
            Window = query.Window,
            Counting = query.Counting,
            Exclusions = query.Exclusions,
            HoldConstant = query.HoldConstant,
            Sessions = query.Sessions,
            Filter = query.Filter,
            Breakdowns = query.Breakdowns,
        };
        var window = query.Range.Resolve(context.Calendar, context.Now);
        List<(OracleAttempt Attempt, List<FlowNodeKey> Path)> Paths(Func<Segment, bool>? isMeant) => Counted(funnel, window, isMeant).ConvertAll(attempt => (attempt, PathOf(query, attempt)));
        var overall = Paths(null);
        var named = overall.SelectMany(path => path.Path).Where(node => node.Kind == FlowNodeKind.Event).GroupBy(node => node.Column)
            .SelectMany(column => column.GroupBy(node => node).OrderByDescending(node => node.Count()).ThenBy(node => node.Key.Event, StringComparer.Ordinal).ThenBy(node => node.Key.Value, StringComparer.Ordinal).Take(query.Top).Select(node => node.Key))
            .ToHashSet();
        FlowNodeKey Shown(FlowNodeKey node) => node.Kind != FlowNodeKind.Event || named.Contains(node) ? node : new FlowNodeKey(node.Column, FlowNodeKind.Other, null);
        (ImmutableArray<FlowNode> Nodes, ImmutableArray<FlowLink> Links) Count(List<(OracleAttempt Attempt, List<FlowNodeKey> Path)> paths) => (
            [.. paths.SelectMany(path => path.Path).Select(Shown).GroupBy(node => node).Select(node => new FlowNode(node.Key, node.Count()))],
            [.. paths.SelectMany(path => path.Path.Zip(path.Path.Skip(1), (from, to) => (From: Shown(from), To: Shown(to)))).GroupBy(link => link).Select(link => new FlowLink(link.Key.From, link.Key.To, link.Count()))]);

        var segments = new List<FlowSegment>();
        var rest = new HashSet<Segment>();
        if (!query.Breakdowns.IsEmpty)
        {
            FlowSegment Of(Segment segment, Func<Segment, bool> isMeant)
            {
                var paths = Paths(isMeant);
                var (some, between) = Count(paths);
                return new FlowSegment(segment, paths.Count, some, between);
            }

            var ranked = RankedSegments(funnel, window);
            segments.AddRange(ranked.Take(query.Limit).Select(segment => Of(segment, its => its == segment)));
            rest = [.. ranked.Skip(query.Limit)];
            if (rest.Count > 0)
            {
                segments.Add(Of(Segment.Other, rest.Contains));
            }
        }

        static string Text(IEnumerable<FlowNodeKey> path) => string.Join('\n', path.Select(node => $"{node.Column} {(int)node.Kind} {node.Event} {node.Value}"));
        var (nodes, links) = Count(overall);
        return new FlowResult(overall.Count, nodes, links)
        {
            Completed = overall.Count(path => path.Attempt.Path[^1] is not null),
            Paths = [.. overall.GroupBy(path => Text(path.Path)).OrderByDescending(same => same.Count()).ThenBy(same => same.Key, StringComparer.Ordinal).Take(query.TopPaths).Select(same => new FlowPath([.. same.First().Path], same.Count()))],
            Segments = [.. segments],
            FoldedSegments = rest.Count,
        };
    }

    /// <summary>The nodes of an attempt in the order of the columns, none folded.</summary>
    private List<FlowNodeKey> PathOf(FlowQuery query, OracleAttempt attempt)
    {
        var person = _all.Where(happening => happening.Person == attempt.Person).ToList();
        var definition = query.Sessions ?? context.Sessions;
        var sessions = new OracleSessions(person, definition, context.Calendar, context.Lexicon, (happening, selector) => Match(happening, selector, null));
        var sessionCount = query.Counting == FunnelCounting.Sessions ? 1 : query.Window.IsSessions ? query.Window.Count : 0;
        var anchors = attempt.Path.TakeWhile(anchor => anchor is not null).OfType<Happening>().ToList();
        var columns = query.AnchorColumns();
        var after = query.Then.Select(anchor => anchor.StepsAfter).Prepend(query.StepsAfter).ToList();
        var path = new SortedDictionary<int, FlowNodeKey>();

        (string Event, string? Value) NodeOf(Happening happening) => query.CustomEvents.FirstOrDefault(name => Match(happening, new Model.Predicates.EventSelector(null) { Custom = name }, null)) is { } custom
            ? (custom, null)
            : query.Expand.FirstOrDefault(expansion => expansion.Event == happening.Name) is { } expansion
            ? (happening.Name, Segment.Of(events.ValueOf(happening, expansion.Source, expansion.Property, context).ToText()).Label)
            : (happening.Name, null);
        int IndexOf(Happening anchor) => person.IndexOf(anchor.Of ?? anchor);
        bool IsAfter(Happening anchor, Happening happening) => anchor.Edge == "$session_start" ? person.IndexOf(happening) >= IndexOf(anchor) : person.IndexOf(happening) > IndexOf(anchor);
        bool IsBefore(Happening anchor, Happening happening) => anchor.Edge == "$session_end" ? person.IndexOf(happening) <= IndexOf(anchor) : person.IndexOf(happening) < IndexOf(anchor);
        bool IsWithin(Happening anchor, Happening happening, bool isAfter)
        {
            if (sessionCount == 0)
            {
                return (isAfter ? happening.Time - anchor.Time : anchor.Time - happening.Time) <= query.Window.Length;
            }

            var (its, own) = (sessions.Of(happening), Session(sessions, anchor));
            var distance = isAfter ? its - own : own - its;
            return own >= 0 && distance >= 0 && distance < sessionCount;
        }

        List<Run> Runs(IEnumerable<Happening> some, Happening? before, Happening? behind)
        {
            var runs = new List<Run>();
            foreach (var happening in some)
            {
                if (query.CollapseRepeats && runs.Count > 0 && runs[^1].Node == NodeOf(happening))
                {
                    runs[^1] = runs[^1] with { Last = happening };
                }
                else
                {
                    runs.Add(new Run(NodeOf(happening), happening, happening));
                }
            }

            if (query.CollapseRepeats && before is { Edge: null } && runs.Count > 0 && runs[0].Node == NodeOf(before))
            {
                runs.RemoveAt(0);
            }

            if (query.CollapseRepeats && behind is { Edge: null } && runs.Count > 0 && runs[^1].Node == NodeOf(behind))
            {
                runs.RemoveAt(runs.Count - 1);
            }

            return runs;
        }

        var visible = person.Where(happening => context.Lexicon.IsActivity(happening.Name) && !query.Hidden.Contains(happening.Name)
            && (sessionCount == 0 || (sessions.Of(happening) >= 0 && (definition is not PropertySessions || sessions.Of(happening) == Session(sessions, anchors[0]))))).ToList();
        void Put(int column, FlowNodeKind kind, (string? Event, string? Value) node) => path[column] = new FlowNodeKey(column, kind, node.Event, node.Value);

        for (var number = 0; number < anchors.Count; number++)
        {
            Put(columns[number], FlowNodeKind.Anchor, (number == 0 ? query.Anchor.Event : query.Then[number - 1].Event.Event, null));
        }

        var towards = Runs(visible.Where(happening => IsBefore(anchors[0], happening)), null, anchors[0]).AsEnumerable().Reverse().TakeWhile(run => IsWithin(anchors[0], run.Last, false)).Take(query.StepsBefore).ToList();
        for (var step = 1; step <= towards.Count; step++)
        {
            Put(-step, FlowNodeKind.Event, towards[step - 1].Node);
        }

        if (towards.Count < query.StepsBefore)
        {
            Put(-towards.Count - 1, FlowNodeKind.DropOff, (null, null));
        }

        for (var number = 0; number < anchors.Count; number++)
        {
            var anchor = anchors[number];
            var next = number + 1 < anchors.Count ? anchors[number + 1] : null;
            var runs = Runs(visible.Where(happening => IsAfter(anchor, happening) && (next is null || IsBefore(next, happening))), anchor, next);
            var taken = runs.TakeWhile(run => IsWithin(anchor, run.First, true)).Take(after[number]).ToList();
            for (var step = 1; step <= taken.Count; step++)
            {
                Put(columns[number] + step, FlowNodeKind.Event, taken[step - 1].Node);
            }

            if (next is not null)
            {
                var back = runs.Skip(taken.Count).Reverse().TakeWhile(run => IsWithin(next, run.Last, false)).Take(query.Then[number].StepsBefore).ToList();
                for (var step = 1; step <= back.Count; step++)
                {
                    Put(columns[number + 1] - step, FlowNodeKind.Event, back[step - 1].Node);
                }
            }
            else if (taken.Count < after[number])
            {
                Put(columns[number] + taken.Count + 1, FlowNodeKind.DropOff, (null, null));
            }
            else if (number + 1 < columns.Length)
            {
                Put(columns[number + 1], FlowNodeKind.DropOff, (null, null));
            }
        }

        return [.. path.Values];
    }
}
