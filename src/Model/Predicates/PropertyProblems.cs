using Rondo.Model.Expressions;
using Rondo.Model.Queries;

namespace Rondo.Model.Predicates;

/// <summary>Says what is wrong with a property that a question names. Without a context, names of the lexicon are not looked up.</summary>
internal static class PropertyProblems
{
    public static IEnumerable<Problem> Of(PropertySource source, string? property, string field, QueryContext? context, bool isOfPerson)
    {
        if (string.IsNullOrEmpty(property))
        {
            yield return new Problem($"{field}.property", "must not be empty");
        }

        if (!Enum.IsDefined(source))
        {
            yield return new Problem($"{field}.source", "must be event, user, expression or custom");
        }
        else if (isOfPerson && source == PropertySource.Event)
        {
            yield return new Problem($"{field}.source", "must be user, expression or custom: a person has no event properties");
        }
        else if (!string.IsNullOrEmpty(property) && source is PropertySource.Expression or PropertySource.Custom)
        {
            foreach (var problem in OfComputed(source, property!, $"{field}.property", context, isOfPerson))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<Problem> OfComputed(PropertySource source, string property, string field, QueryContext? context, bool isOfPerson)
    {
        if (source == PropertySource.Custom)
        {
            if (context is null)
            {
                yield break;
            }

            if (!context.Lexicon.CustomProperties.TryGetValue(property, out var text))
            {
                yield return new Problem(field, $"there is no custom property '{property}'");
                yield break;
            }

            property = text;
        }

        var parsed = Expression.Parse(property);
        if (!parsed.IsAccepted)
        {
            yield return new Problem(field, parsed.Problems[0].Rule);
        }
        else if (isOfPerson && parsed.Value.UsesEvent)
        {
            yield return new Problem(field, "must use user[\"…\"] only: a person has no event properties");
        }
        else if (context is not null && parsed.Value.Tables.FirstOrDefault(table => !table.IsIn(context.Lexicon)) is { } missing)
        {
            yield return new Problem(field, $"there is no lookup table '{missing.Table}' with a column '{missing.Column}'");
        }
    }
}
