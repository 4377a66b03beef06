namespace Rondo.MusicFinder;

/// <summary>Seeded chance of one person and purpose, so that adding one draw does not change anybody else's history.</summary>
internal sealed class Chance(int seed, int person, string purpose)
{
    private ulong _state = Mix((ulong)(uint)seed << 32 | (uint)person) ^ Mix(Fnv(purpose));

    /// <summary>From 0 up to, not including, 1.</summary>
    public double Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return (Mix(_state) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>From <paramref name="minimum"/> up to, not including, <paramref name="end"/>.</summary>
    public int Between(int minimum, int end) => minimum + (int)(Next() * (end - minimum));

    public bool Happens(double probability) => Next() < probability;

    public T Pick<T>(IReadOnlyList<T> among) => among[Between(0, among.Count)];

    /// <summary>Picks by weight; the weights add up to 1.</summary>
    public T Pick<T>(IReadOnlyList<(T Value, double Weight)> among)
    {
        var draw = Next();
        foreach (var (value, weight) in among)
        {
            if ((draw -= weight) < 0)
            {
                return value;
            }
        }

        return among[^1].Value;
    }

    /// <summary>The finaliser of SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static ulong Fnv(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in text)
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        return hash;
    }
}
