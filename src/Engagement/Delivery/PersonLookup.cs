using Rondo.Model.Stores;

namespace Rondo.Engagement.Delivery;

/// <summary>Finds who an id stands for now.</summary>
internal static class PersonLookup
{
    /// <summary>The canonical id behind any id; an id that the store never saw stands for itself.</summary>
    public static string CanonicalId(this IEventStore store, string distinctId) =>
        store.FindPerson(distinctId) is { } person && store.DistinctIdsOf([person]) is [{ Length: > 0 } canonical] ? canonical : distinctId;
}
