namespace Rondo.Engine.Catalog;

/// <summary>Gives every event name a number once, from 0 on. Written under the store's gate.</summary>
internal sealed class EventNames
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private EventNameSnapshot? _snapshot;

    /// <param name="names">What the catalogue holds, by number.</param>
    public EventNames(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            NumberOf(name);
        }
    }

    public int NumberOf(string name)
    {
        if (!_numbers.TryGetValue(name, out var number))
        {
            number = _names.Count;
            _names.Add(name);
            _numbers.Add(name, number);
            _snapshot = null;
        }

        return number;
    }

    /// <summary>A view that does not change; shared until there is a new name.</summary>
    public EventNameSnapshot Snapshot() => _snapshot ??= new EventNameSnapshot([.. _names], new Dictionary<string, int>(_numbers, StringComparer.Ordinal));
}

/// <summary>The event names at one moment.</summary>
/// <param name="Names">By number.</param>
/// <param name="Numbers">By name.</param>
internal sealed record EventNameSnapshot(string[] Names, Dictionary<string, int> Numbers);
