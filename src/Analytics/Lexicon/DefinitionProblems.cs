using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Lexicon;

/// <summary>Says what is wrong with something that a project wants to name.</summary>
internal static class DefinitionProblems
{
    private const int MaximumNameLength = 200;
    private const int MaximumDescriptionLength = 2000;

    public static IEnumerable<Problem> Of(CustomEvent customEvent, QueryContext context)
    {
        if (customEvent.AnyOf.IsDefaultOrEmpty || customEvent.AnyOf.Length > QueryLimits.MaximumJoinedEvents)
        {
            return OfText(customEvent.Name, customEvent.Description).Append(new Problem("anyOf", $"must hold 1 to {QueryLimits.MaximumJoinedEvents} events"));
        }

        return OfText(customEvent.Name, customEvent.Description).Concat(customEvent.AnyOf.SelectMany((member, index) => OfMember(member, $"anyOf[{index}]", context)));
    }

    public static IEnumerable<Problem> Of(CustomProperty customProperty, QueryContext context) =>
        OfText(customProperty.Name, customProperty.Description)
            .Concat(BreakdownProblems.Of([new Breakdown(PropertySource.Expression, customProperty.Expression)], context).Select(problem => problem with { Field = "expression" }));

    public static IEnumerable<Problem> Of(LexiconEntry entry)
    {
        foreach (var problem in OfText(entry.Name, entry.Description))
        {
            yield return problem;
        }

        if (!Enum.IsDefined(entry.Kind))
        {
            yield return new Problem("kind", "must be event, eventProperty or userProperty");
        }

        if (entry.DisplayName is null || entry.DisplayName.Length > MaximumNameLength)
        {
            yield return new Problem("displayName", $"must be at most {MaximumNameLength} characters");
        }

        if (!Enum.IsDefined(entry.Status))
        {
            yield return new Problem("status", "must be visible, hidden or dropped");
        }
        else if (entry is { Kind: LexiconKind.Event, Status: LexiconStatus.Dropped } && WellKnownEvents.IsWrittenByRondo(entry.Name))
        {
            yield return new Problem("status", "must be visible or hidden: campaigns write this event themselves and count by it");
        }
    }

    public static IEnumerable<Problem> OfText(string? name, string? description)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaximumNameLength)
        {
            yield return new Problem("name", $"must be 1 to {MaximumNameLength} characters");
        }

        if (description is null || description.Length > MaximumDescriptionLength)
        {
            yield return new Problem("description", $"must be at most {MaximumDescriptionLength} characters");
        }
    }

    private static IEnumerable<Problem> OfMember(EventSelector? member, string field, QueryContext context) => member switch
    {
        { Custom: not null } => [new Problem($"{field}.custom", "must not be a custom event itself")],
        { AnyOf.IsDefaultOrEmpty: false } => [new Problem($"{field}.anyOf", "must not stand inside a custom event")],
        { Event: WellKnownEvents.SessionStart or WellKnownEvents.SessionEnd } => [new Problem($"{field}.event", "must be a stored event: the start or end of a session stands alone")],
        { FirstTime: true } => [new Problem($"{field}.firstTime", "belongs to the question, not to the custom event")],
        _ => SelectorProblems.Of(member, field, context),
    };
}
