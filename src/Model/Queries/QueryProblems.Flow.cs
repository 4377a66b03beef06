using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <content>Flows.</content>
public static partial class QueryProblems
{
    /// <summary>Problems of a flow query; none when it can be asked.</summary>
    public static IReadOnlyList<Problem> Of(FlowQuery query, QueryContext context)
    {
        var problems = new List<Problem>();
        problems.AddRange(SelectorProblems.Of(query.Anchor, "anchor", context));
        AddRange(problems, query.Range, context);
        AddBetween(problems, query.StepsBefore, 0, QueryLimits.MaximumFlowSteps, "stepsBefore");
        AddBetween(problems, query.StepsAfter, 0, QueryLimits.MaximumFlowSteps, "stepsAfter");
        AddBetween(problems, query.Top, 1, QueryLimits.MaximumFlowEvents, "top");
        AddBetween(problems, query.TopPaths, 0, QueryLimits.MaximumFlowPaths, "topPaths");
        AddThen(problems, query, context);
        AddWindow(problems, query.Window);
        problems.AddRange(SessionProblems.Of(query.Sessions, "sessions", context));
        if (query.Window is { IsSessions: true, Count: > 1 } && (query.Sessions ?? context.Sessions) is PropertySessions)
        {
            problems.Add(new Problem("window.count", "must be 1 where sessions go by a property: such sessions may overlap, so none follows another"));
        }

        AddDefined(problems, query.Counting, "counting", "uniques, totals or sessions");
        var anchorCount = 1 + (query.Then.IsDefault ? 0 : query.Then.Length);
        if (anchorCount == 1 && !query.Exclusions.IsDefaultOrEmpty)
        {
            problems.Add(new Problem("exclusions", "must be empty with one anchor: they count between two"));
        }
        else
        {
            AddExclusions(problems, query.Exclusions, anchorCount, context);
        }

        AddHeld(problems, query.HoldConstant, context);
        if (query.Hidden.IsDefault)
        {
            problems.Add(new Problem("hidden", "must be a list"));
        }

        AddExpansions(problems, query, context);
        AddCommon(problems, query.Filter, query.Breakdowns, query.Limit, context);
        return problems;
    }

    private static void AddThen(List<Problem> problems, FlowQuery query, QueryContext context)
    {
        if (query.Then.IsDefault || query.Then.Length + 1 > QueryLimits.MaximumFlowAnchors)
        {
            problems.Add(new Problem("then", $"must be a list of at most {QueryLimits.MaximumFlowAnchors - 1} anchors"));
            return;
        }

        for (var index = 0; index < query.Then.Length; index++)
        {
            if (query.Then[index] is not { } anchor)
            {
                problems.Add(new Problem($"then[{index}]", "must not be null"));
                continue;
            }

            problems.AddRange(SelectorProblems.Of(anchor.Event, $"then[{index}].event", context));
            AddBetween(problems, anchor.StepsBefore, 0, QueryLimits.MaximumFlowSteps, $"then[{index}].stepsBefore");
            AddBetween(problems, anchor.StepsAfter, 0, QueryLimits.MaximumFlowSteps, $"then[{index}].stepsAfter");
        }

        if (query.Then.IsEmpty && query.StepsBefore + query.StepsAfter == 0)
        {
            problems.Add(new Problem("stepsAfter", "must be at least 1 when there are no steps before and no further anchor"));
        }
    }

    private static void AddExpansions(List<Problem> problems, FlowQuery query, QueryContext context)
    {
        if (query.Expand.IsDefault || query.Expand.Length > QueryLimits.MaximumFlowExpansions
            || query.Expand.Any(expansion => expansion is null || string.IsNullOrEmpty(expansion.Event) || string.IsNullOrEmpty(expansion.Property)))
        {
            problems.Add(new Problem("expand", $"must be a list of at most {QueryLimits.MaximumFlowExpansions}, each with event and property"));
        }
        else if (query.Expand.DistinctBy(expansion => expansion.Event).Count() < query.Expand.Length)
        {
            problems.Add(new Problem("expand", "must name an event once: it can be a node per value of one property only"));
        }
        else
        {
            problems.AddRange(query.Expand.SelectMany((expansion, index) => PropertyProblems.Of(expansion.Source, expansion.Property, $"expand[{index}]", context, isOfPerson: false)));
        }

        if (query.CustomEvents.IsDefault || query.CustomEvents.Length > QueryLimits.MaximumFlowCustomEvents)
        {
            problems.Add(new Problem("customEvents", $"must be a list of at most {QueryLimits.MaximumFlowCustomEvents} custom events"));
            return;
        }

        problems.AddRange(query.CustomEvents
            .Select((name, index) => (name, index))
            .Where(custom => custom.name is null || !context.Lexicon.CustomEvents.ContainsKey(custom.name))
            .Select(custom => new Problem($"customEvents[{custom.index}]", $"there is no custom event '{custom.name}'")));
    }
}
