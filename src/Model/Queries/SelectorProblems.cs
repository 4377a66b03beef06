using Rondo.Model.Events;
using Rondo.Model.Predicates;

namespace Rondo.Model.Queries;

/// <summary>Says what is wrong with a selector of events. Without a context, names of the lexicon are not looked up.</summary>
public static class SelectorProblems
{
    /// <summary>All problems; none when it can be used.</summary>
    public static IEnumerable<Problem> Of(EventSelector? selector, string field, QueryContext? context) => Of(selector, field, context, depth: 0);

    internal static IEnumerable<Problem> Of(EventSelector? selector, string field, QueryContext? context, int depth)
    {
        if (selector is null)
        {
            return [new Problem(field, "is required")];
        }

        return OfNames(selector, field, context, depth).Concat(PredicateProblems.OfEventFilter(selector.Filter, $"{field}.filter", context, depth));
    }

    private static IEnumerable<Problem> OfNames(EventSelector selector, string field, QueryContext? context, int depth)
    {
        var given = (selector.Event is null ? 0 : 1) + (selector.Custom is null ? 0 : 1) + (selector.AnyOf.IsDefaultOrEmpty ? 0 : 1);
        if (given > 1)
        {
            yield return new Problem(field, "must name one of event, anyOf and custom");
        }

        if (selector.Event is { Length: 0 })
        {
            yield return new Problem($"{field}.event", "must not be empty; leave it out for any event");
        }

        if (selector.Custom is { } custom && context?.Lexicon.CustomEvents.ContainsKey(custom) == false)
        {
            yield return new Problem($"{field}.custom", $"there is no custom event '{custom}'");
        }

        if (selector.FirstTime && WellKnownEvents.IsSessionEdge(selector.Event))
        {
            yield return new Problem($"{field}.firstTime", "must be false for the start or end of a session");
        }

        foreach (var problem in OfMembers(selector, field, context, depth))
        {
            yield return problem;
        }
    }

    private static IEnumerable<Problem> OfMembers(EventSelector selector, string field, QueryContext? context, int depth)
    {
        if (selector.AnyOf.IsDefaultOrEmpty)
        {
            return [];
        }

        if (selector.AnyOf.Length > QueryLimits.MaximumJoinedEvents)
        {
            return [new Problem($"{field}.anyOf", $"must hold at most {QueryLimits.MaximumJoinedEvents} events")];
        }

        if (selector.AnyOf.Any(member => WellKnownEvents.IsSessionEdge(member?.Event)))
        {
            return [new Problem($"{field}.anyOf", "must hold stored events: the start or end of a session stands alone")];
        }

        return selector.AnyOf.SelectMany((member, index) => member switch
        {
            { AnyOf.IsDefaultOrEmpty: false } => [new Problem($"{field}.anyOf[{index}].anyOf", "must not stand inside another anyOf")],
            { FirstTime: true } => [new Problem($"{field}.anyOf[{index}].firstTime", "belongs to the selector as a whole")],
            _ => Of(member, $"{field}.anyOf[{index}]", context, depth + 1),
        });
    }
}
