using System.Collections.Frozen;

namespace Rondo.Engine.Parts;

/// <summary>What is left out when parts are written anew.</summary>
/// <param name="Numbers">Numbers of persons, with those of their devices.</param>
/// <param name="Earliest">Milliseconds since 1970; what is earlier is left out.</param>
internal sealed record Removal(FrozenSet<int> Numbers, long Earliest)
{
    /// <summary>Everything stays.</summary>
    public static Removal Nothing { get; } = new(FrozenSet<int>.Empty, long.MinValue);

    /// <summary>Whether a part has rows that are to go.</summary>
    /// <exception cref="Model.Stores.StoreDamagedException">Its timeline cannot be read.</exception>
    public bool Concerns(Part part) =>
        (part.Timeline is { } entry && entry.First < Earliest)
        || (Numbers.Count > 0 && part.Open(null) is { } timeline && Numbers.Any(number => timeline.RowsOf(number) is var (start, end) && end > start));
}
