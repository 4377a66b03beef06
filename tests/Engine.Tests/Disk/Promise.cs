namespace Rondo.Engine.Tests.Disk;

/// <summary>What a store has promised by its answers.</summary>
internal sealed class Promise
{
    /// <summary>Persons by insert id.</summary>
    public Dictionary<string, string> Acknowledged { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Sent or erased without an answer: there or not. Persons by insert id.</summary>
    public Dictionary<string, string> Open { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Of each person, what the profile says since the last acknowledged update, or might say; NaN for nothing.</summary>
    public Dictionary<string, HashSet<double>> Profiles { get; private init; } = new(StringComparer.Ordinal);

    public Promise Copy() => new() { Acknowledged = new(Acknowledged), Open = new(Open), Profiles = Profiles.ToDictionary(person => person.Key, person => person.Value.ToHashSet()) };

    /// <summary>What of it a store does not keep; empty when all is well.</summary>
    /// <param name="stored">Insert ids and persons.</param>
    /// <param name="profileOf">What the profile of a person says.</param>
    public string BrokenBy(IReadOnlyList<(string InsertId, string Person)> stored, Func<string, double> profileOf)
    {
        var ids = stored.Select(one => one.InsertId).ToList();
        var problems = ids.GroupBy(id => id).Where(same => same.Count() > 1).Select(same => $"twice {same.Key}")
            .Concat(Acknowledged.Keys.Except(ids).Except(Open.Keys).Select(id => $"missing {id}"))
            .Concat(ids.Except(Acknowledged.Keys).Except(Open.Keys).Select(id => $"unknown {id}"))
            .Concat(stored.Where(one => !IsOf(one.InsertId, one.Person)).Select(one => $"{one.InsertId} is {one.Person}'s"))
            .Concat(Profiles.Where(one => !one.Value.Contains(profileOf(one.Key))).Select(one => $"{one.Key} has {profileOf(one.Key)} where {string.Join(" or ", one.Value)} was set"));
        return string.Join("; ", problems);
    }

    /// <summary>Whose erasure has failed is forgotten at once, and the events are nobody's until it is done.</summary>
    private bool IsOf(string insertId, string person) => Open.TryGetValue(insertId, out var owner)
        ? person == owner || person.Length == 0
        : !Acknowledged.TryGetValue(insertId, out owner) || person == owner;
}
