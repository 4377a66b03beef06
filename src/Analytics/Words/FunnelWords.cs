using Rondo.Model.Cohorts;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Analytics.Words;

/// <summary>A funnel, and the people at a place of one, in words.</summary>
internal static class FunnelWords
{
    public static string Of(FunnelQuery query, Func<CohortId, string?> cohortName)
    {
        var steps = Steps(query, cohortName);
        var question = query.Order == StepOrder.Any
            ? $"How many {What(query.Counting)} hold {PlainWords.Joined(steps, "and")} in any order{Anchors(query)}"
            : $"Of {What(query.Counting)} with {steps[0]}, how many go on to {string.Join(", then ", steps.Skip(1))}";
        if (query is { Order: StepOrder.Specific, Counting: FunnelCounting.Uniques })
        {
            question = $"Of people who did {steps[0]}, how many did {string.Join(", then ", steps.Skip(1))}";
        }

        var sum = query.Sum is { } summed ? $", with the sum of {PlainWords.Quoted(summed.Property)} at each step" : string.Empty;
        var control = query.Control is { } segment ? $", compared with {PlainWords.Quoted(segment.Label)}" : string.Empty;
        return question + Conditions(query, cohortName) + sum + control + QueryWords.Where(query.Filter, cohortName) + QueryWords.By(query.Breakdowns, cohortName) + Attribution(query) + $", {PlainWords.Of(query.Range)}";
    }

    public static string Of(FunnelPoint point, Func<CohortId, string?> cohortName)
    {
        var query = point.Query;
        var steps = Steps(query, cohortName);
        var reached = point.Outcome == FunnelOutcome.Converted ? point.Step : point.Step - 1;
        var done = query.Order == StepOrder.Any
            ? $"{reached + 1} of {PlainWords.Joined(steps, "and")} in any order{Anchors(query)}"
            : string.Join(", then ", steps.Take(reached + 1));
        var dropped = point.Outcome == FunnelOutcome.DroppedOff ? query.Order == StepOrder.Any ? ", and no more" : $", and did not go on to {steps[point.Step]}" : string.Empty;
        if (point.TimeBucket is { } bucket)
        {
            var pair = query.TimeToConvert!;
            (done, dropped) = ($"{steps[pair.From]}, then {steps[pair.To ?? steps.Count - 1]} {Length(bucket)}", string.Empty);
            reached = pair.To ?? steps.Count - 1;
        }

        var conditions = reached > 0 || dropped.Length > 0 ? Conditions(query, cohortName) : string.Empty;
        var when = point.Interval is { } interval ? PointWords.InBucket(query.TrendUnit!.Value, interval) : PlainWords.During(query.Range);
        return $"People who did {done}{dropped}{conditions}, entering {when}"
            + QueryWords.Where(query.Filter, cohortName) + BreakdownWords.In(point.Segment, query.Breakdowns, cohortName);
    }

    /// <summary>How a session is cut, when a question says so itself.</summary>
    public static string Sessions(SessionDefinition? sessions, Func<CohortId, string?> cohortName) => sessions switch
    {
        TimeoutSessions timeout => $" (a session ends after {PlainWords.Plural(timeout.TimeoutSeconds / 60, "minute")} of silence)",
        EventSessions events => $" (a session runs from {PredicateWords.Of(events.Start, cohortName)} to {PredicateWords.Of(events.End, cohortName)})",
        PropertySessions property => $" (a session has one value of {PlainWords.Quoted(property.Property)})",
        _ => string.Empty,
    };

    /// <summary>Exclusions and held properties, as flows have them too.</summary>
    public static string Between(IReadOnlyList<FunnelExclusion> exclusions, IReadOnlyList<PropertyName> held, Func<CohortId, string?> cohortName) =>
        (exclusions.Count == 0 ? string.Empty : $", without {PlainWords.Joined([.. exclusions.Select(exclusion => PredicateWords.Of(exclusion.Event, cohortName))], "or")} between")
        + (held.Count == 0 ? string.Empty : $", with the same {PlainWords.Joined([.. held.Select(property => PlainWords.Quoted(property.Property))], "and")}");

    private static List<string> Steps(FunnelQuery query, Func<CohortId, string?> cohortName) =>
        [.. query.Steps.Select((step, number) => PredicateWords.Of(step, cohortName) + (query.Optional.Contains(number) ? " (or not)" : string.Empty))];

    private static string What(FunnelCounting counting) => counting switch
    {
        FunnelCounting.Totals => "attempts",
        FunnelCounting.Sessions => "sessions",
        _ => "people",
    };

    private static string Anchors(FunnelQuery query) =>
        query.Anchored.IsEmpty ? string.Empty : $" (step {PlainWords.Joined([.. query.Anchored.Order().Select(step => $"{step + 1}")], "and")} in place)";

    private static string Conditions(FunnelQuery query, Func<CohortId, string?> cohortName)
    {
        var window = query.Counting == FunnelCounting.Sessions ? " within 1 session" : $" {PlainWords.Of(query.Window)}";
        return window + Sessions(query.Sessions, cohortName) + (query.ReEntry == ReEntry.Optimized ? " (best attempt)" : string.Empty) + Between(query.Exclusions, query.HoldConstant, cohortName);
    }

    private static string Attribution(FunnelQuery query) => query.Breakdowns.IsEmpty && query.Filter is null ? string.Empty : query.Attribution switch
    {
        StepAttribution.FirstDefined => " (first value on the way)",
        StepAttribution.LastDefined => " (last value on the way)",
        _ => query.AttributedStep == 0 ? string.Empty : $" (as at step {query.AttributedStep + 1})",
    };

    private static string Length(int bucket)
    {
        var edges = TimeToConvertBuckets.Edges;
        return bucket + 1 < edges.Length ? $"after {Length(edges[bucket], "0 seconds")} to {Length(edges[bucket + 1], "0 seconds")}" : $"after {Length(edges[bucket], "0 seconds")} or more";
    }

    private static string Length(int seconds, string nothing) => seconds switch
    {
        0 => nothing,
        < 60 => PlainWords.Plural(seconds, "second"),
        < 3600 => PlainWords.Plural(seconds / 60, "minute"),
        < 86_400 => PlainWords.Plural(seconds / 3600, "hour"),
        _ => PlainWords.Plural(seconds / 86_400, "day"),
    };
}
