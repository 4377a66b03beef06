using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync;

/// <summary>What a member is called at the other side, or why it has no name there.</summary>
/// <param name="Person">Who.</param>
/// <param name="Kind">What kind of identifier it is.</param>
/// <param name="Identifier">Empty when there is none.</param>
/// <param name="Missing">Why there is none; null when there is one.</param>
internal readonly record struct Identified(PersonNumber Person, IdentifierKind Kind, string Identifier, AuditReason? Missing);

/// <summary>Names people as a mapping says.</summary>
internal static class Identification
{
    private const int MaximumPropertyLength = 255;

    public static IEnumerable<Problem> Problems(IdentityMapping? mapping)
    {
        if (mapping is null)
        {
            yield return new Problem("mapping", "is required");
            yield break;
        }

        if (!Enum.IsDefined(mapping.Kind))
        {
            yield return new Problem("mapping.kind", "must be externalId, alias or deviceId");
        }

        if (mapping.Property is { } property && (string.IsNullOrWhiteSpace(property) || property.Length > MaximumPropertyLength))
        {
            yield return new Problem("mapping.property", $"must be the name of a profile property, 1 to {MaximumPropertyLength} characters");
        }

        if ((mapping.Kind == IdentifierKind.Alias) != !string.IsNullOrWhiteSpace(mapping.AliasLabel))
        {
            yield return new Problem("mapping.aliasLabel", "is required with aliases and with nothing else");
        }

        if (mapping.IncludesDevices && (mapping.Kind != IdentifierKind.ExternalId || mapping.Property is not null))
        {
            yield return new Problem("mapping.includesDevices", "goes only with external ids from the distinct id");
        }
    }

    /// <summary>Names each of these, in their order.</summary>
    public static IEnumerable<Identified> Of(IEventStore store, IReadOnlyList<PersonNumber> people, IdentityMapping mapping) =>
        people.Zip(store.DistinctIdsOf(people)).Select(pair => mapping.Property is { } property
            ? ByProperty(pair.First, mapping.Kind, store.FindProfile(pair.Second)?.GetValueOrDefault(property) ?? PropertyValue.Null)
            : ByDistinctId(pair.First, mapping, pair.Second));

    /// <summary>Those among these people who have an identifier.</summary>
    public static async Task<PersonSet> MatchedAsync(IEventStore store, PersonSet people, IdentityMapping mapping, QueryContext context, CancellationToken cancellationToken)
    {
        // One look at a column leaves few to be named one by one.
        var likely = mapping.Property is { } property
            ? people.And(await store.PeopleWhereAsync(new PropertyPredicate(PropertySource.User, property, PropertyOperator.IsSet, []), context, cancellationToken))
            : people;
        return PersonSet.Of(Of(store, [.. likely], mapping).Where(identified => identified.Missing is null).Select(identified => identified.Person));
    }

    private static Identified ByProperty(PersonNumber person, IdentifierKind kind, PropertyValue value) =>
        value.Kind is PropertyKind.String or PropertyKind.Number && value.ToText() is { } text && !string.IsNullOrWhiteSpace(text)
            ? new Identified(person, kind, text, null)
            : new Identified(person, kind, string.Empty, AuditReason.NoIdentifier);

    private static Identified ByDistinctId(PersonNumber person, IdentityMapping mapping, string distinctId)
    {
        if (distinctId.Length == 0)
        {
            return new Identified(person, mapping.Kind, string.Empty, AuditReason.NoIdentifier);
        }

        return (DeviceIds.IsDevice(distinctId), mapping.Kind == IdentifierKind.DeviceId) switch
        {
            (true, true) => Device(person, distinctId),
            (true, false) when mapping.IncludesDevices => Device(person, distinctId),
            (true, false) => new Identified(person, mapping.Kind, string.Empty, AuditReason.Anonymous),
            (false, true) => new Identified(person, mapping.Kind, string.Empty, AuditReason.NoIdentifier),
            (false, false) => new Identified(person, mapping.Kind, distinctId, null),
        };
    }

    private static Identified Device(PersonNumber person, string distinctId) => new(person, IdentifierKind.DeviceId, distinctId[DeviceIds.Prefix.Length..], null);
}
