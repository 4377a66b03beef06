using System.Collections.Immutable;
using Rondo.Model.Predicates;
using Rondo.Model.Time;

namespace Rondo.Model.Queries;

/// <content>Funnels.</content>
public static partial class QueryProblems
{
    /// <summary>Problems of a funnel query; none when it can be asked.</summary>
    public static IReadOnlyList<Problem> Of(FunnelQuery query, QueryContext context)
    {
        var problems = new List<Problem>();
        var stepCount = query.Steps.IsDefault ? 0 : query.Steps.Length;
        if (stepCount is < QueryLimits.MinimumSteps or > QueryLimits.MaximumSteps)
        {
            problems.Add(new Problem("steps", $"must hold {QueryLimits.MinimumSteps} to {QueryLimits.MaximumSteps} steps"));
        }

        for (var index = 0; index < stepCount; index++)
        {
            problems.AddRange(SelectorProblems.Of(query.Steps[index], $"steps[{index}]", context));
        }

        AddWindow(problems, query.Window);
        problems.AddRange(SessionProblems.Of(query.Sessions, "sessions", context));
        if (query.Window is { IsSessions: true, Count: > 1 } && (query.Sessions ?? context.Sessions) is PropertySessions)
        {
            problems.Add(new Problem("window.count", "must be 1 where sessions go by a property: such sessions may overlap, so none follows another"));
        }

        AddDefined(problems, query.Order, "order", "specific or any");
        AddDefined(problems, query.Counting, "counting", "uniques, totals or sessions");
        AddDefined(problems, query.ReEntry, "reEntry", "firstEntry or optimized");
        AddAnchored(problems, query, stepCount);
        AddOptional(problems, query, stepCount);
        AddExclusions(problems, query.Exclusions, stepCount, context);
        AddHeld(problems, query.HoldConstant, context);
        AddAttribution(problems, query, stepCount);
        if (query.TimeToConvert is { } pair)
        {
            AddPair(problems, pair.From, pair.To, stepCount, "timeToConvert");
        }

        if (query.Sum is { } sum)
        {
            problems.AddRange(PropertyProblems.Of(sum.Source, sum.Property, "sum", context, isOfPerson: false));
        }

        if (query is { Control: not null, Breakdowns.IsDefaultOrEmpty: true })
        {
            problems.Add(new Problem("control", "must be left out without a breakdown: there are no segments to compare"));
        }

        AddTrend(problems, query, AddRange(problems, query.Range, context));
        AddCommon(problems, query.Filter, query.Breakdowns, query.Limit, context);
        return problems;
    }

    private static void AddAnchored(List<Problem> problems, FunnelQuery query, int stepCount)
    {
        if (query.Anchored.IsDefault || query.Anchored.Any(step => step < 0 || step >= stepCount))
        {
            problems.Add(new Problem("anchored", $"must be a list of step numbers, 0 to {stepCount - 1}"));
        }
        else if (query.Order == StepOrder.Specific && !query.Anchored.IsEmpty)
        {
            problems.Add(new Problem("anchored", "must be empty when the order is specific: every step keeps its place then"));
        }
    }

    private static void AddOptional(List<Problem> problems, FunnelQuery query, int stepCount)
    {
        if (query.Optional.IsDefault || query.Optional.Any(step => step < 1 || step >= stepCount - 1))
        {
            problems.Add(new Problem("optional", $"must be a list of step numbers, 1 to {stepCount - 2}: the first and the last step cannot be skipped"));
        }
        else if (query.Order == StepOrder.Any && !query.Optional.IsEmpty)
        {
            problems.Add(new Problem("optional", "must be empty when steps come in any order"));
        }
    }

    private static void AddExclusions(List<Problem> problems, ImmutableArray<FunnelExclusion> exclusions, int stepCount, QueryContext context)
    {
        if (exclusions.IsDefault || exclusions.Length > QueryLimits.MaximumExclusions)
        {
            problems.Add(new Problem("exclusions", $"must be a list of at most {QueryLimits.MaximumExclusions}"));
            return;
        }

        for (var index = 0; index < exclusions.Length; index++)
        {
            if (exclusions[index] is not { } exclusion)
            {
                problems.Add(new Problem($"exclusions[{index}]", "must not be null"));
                continue;
            }

            problems.AddRange(SelectorProblems.Of(exclusion.Event, $"exclusions[{index}].event", context));
            AddPair(problems, exclusion.From, exclusion.To, stepCount, $"exclusions[{index}]");
        }
    }

    private static void AddPair(List<Problem> problems, int from, int? to, int stepCount, string field)
    {
        if (from < 0 || from >= stepCount - 1)
        {
            problems.Add(new Problem($"{field}.from", $"must be 0 to {stepCount - 2}"));
        }
        else if (to is { } end && (end <= from || end >= stepCount))
        {
            problems.Add(new Problem($"{field}.to", $"must be {from + 1} to {stepCount - 1}"));
        }
    }

    private static void AddHeld(List<Problem> problems, ImmutableArray<PropertyName> properties, QueryContext context)
    {
        if (properties.IsDefault || properties.Length > QueryLimits.MaximumHeldProperties || properties.Any(property => property is null))
        {
            problems.Add(new Problem("holdConstant", $"must be a list of at most {QueryLimits.MaximumHeldProperties} properties"));
            return;
        }

        problems.AddRange(properties.SelectMany((property, index) => PropertyProblems.Of(property.Source, property.Property, $"holdConstant[{index}]", context, isOfPerson: false)));
    }

    private static void AddAttribution(List<Problem> problems, FunnelQuery query, int stepCount)
    {
        AddDefined(problems, query.Attribution, "attribution", "atStep, firstDefined or lastDefined");
        AddBetween(problems, query.AttributedStep, 0, Math.Max(0, stepCount - 1), "attributedStep");
    }

    private static void AddTrend(List<Problem> problems, FunnelQuery query, TimeWindow? range)
    {
        if (query.TrendUnit is not { } unit)
        {
            return;
        }

        if (!Enum.IsDefined(unit))
        {
            problems.Add(new Problem("trendUnit", "must be hour, day, week, month or quarter"));
        }
        else if (range is { } window && BucketCount(window, unit) > QueryLimits.MaximumBuckets)
        {
            problems.Add(new Problem("trendUnit", $"gives more than {QueryLimits.MaximumBuckets} intervals: choose a shorter range or a longer unit"));
        }
    }
}
